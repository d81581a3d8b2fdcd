//! Names of SQL dialects. What a dialect *means* is data of the `sql` and `transpiler` crates.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A SQL dialect that a statement can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// PostgreSQL 15 and later.
    Postgres,
    /// Amazon Redshift.
    Redshift,
    /// Snowflake.
    Snowflake,
    /// Google BigQuery (GoogleSQL).
    BigQuery,
    /// Spark SQL 4 and Databricks.
    Spark,
    /// MySQL 8.
    MySql,
    /// Transact-SQL: SQL Server, Azure Synapse, Microsoft Fabric.
    TSql,
    /// Oracle Database.
    Oracle,
    /// Teradata.
    Teradata,
    /// Trino and Presto.
    Trino,
    /// `ClickHouse`.
    ClickHouse,
    /// DuckDB 1.5.
    DuckDb,
    /// Apache DataFusion 54.
    DataFusion,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 13] = [
        Self::Postgres,
        Self::Redshift,
        Self::Snowflake,
        Self::BigQuery,
        Self::Spark,
        Self::MySql,
        Self::TSql,
        Self::Oracle,
        Self::Teradata,
        Self::Trino,
        Self::ClickHouse,
        Self::DuckDb,
        Self::DataFusion,
    ];

    /// The name used in files and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redshift => "redshift",
            Self::Snowflake => "snowflake",
            Self::BigQuery => "bigquery",
            Self::Spark => "spark",
            Self::MySql => "mysql",
            Self::TSql => "tsql",
            Self::Oracle => "oracle",
            Self::Teradata => "teradata",
            Self::Trino => "trino",
            Self::ClickHouse => "clickhouse",
            Self::DuckDb => "duckdb",
            Self::DataFusion => "datafusion",
        }
    }

    /// The name as its makers write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Redshift => "Redshift",
            Self::Snowflake => "Snowflake",
            Self::BigQuery => "BigQuery",
            Self::Spark => "Spark SQL",
            Self::MySql => "MySQL",
            Self::TSql => "T-SQL",
            Self::Oracle => "Oracle",
            Self::Teradata => "Teradata",
            Self::Trino => "Trino",
            Self::ClickHouse => "ClickHouse",
            Self::DuckDb => "DuckDB",
            Self::DataFusion => "DataFusion",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name is of no dialect that Gnomon knows.
#[derive(Debug, thiserror::Error)]
#[error("unknown dialect `{0}`; known are {known}", known = known())]
pub struct UnknownDialect(pub String);

fn known() -> String {
    let names: Vec<&str> = Dialect::ALL.iter().map(|d| d.as_str()).collect();
    match names.split_last() {
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let lower = name.to_ascii_lowercase();
        let other_name = match lower.as_str() {
            "postgresql" => Some(Self::Postgres),
            "databricks" | "sparksql" => Some(Self::Spark),
            "googlesql" => Some(Self::BigQuery),
            "mssql" | "sqlserver" | "synapse" | "fabric" => Some(Self::TSql),
            "presto" | "athena" => Some(Self::Trino),
            "mariadb" => Some(Self::MySql),
            _ => None,
        };
        other_name
            .or_else(|| Self::ALL.into_iter().find(|d| d.as_str() == lower))
            .ok_or_else(|| UnknownDialect(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_again() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.as_str().parse::<Dialect>().unwrap(), dialect);
            let json = serde_json::to_string(&dialect).unwrap();
            assert_eq!(json, format!("\"{dialect}\""));
        }
        assert_eq!("Databricks".parse::<Dialect>().unwrap(), Dialect::Spark);
        let error = "cobol".parse::<Dialect>().unwrap_err().to_string();
        assert!(error.contains("`cobol`") && error.contains("duckdb and datafusion"), "{error}");
    }
}
