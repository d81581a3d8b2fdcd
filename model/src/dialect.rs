//! Names of SQL dialects. What a dialect *means* is data of the `sql` and `transpiler` crates.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A SQL dialect that a statement can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// PostgreSQL 15 and later.
    Postgres,
    /// DuckDB 1.5.
    DuckDb,
    /// Apache DataFusion 54.
    DataFusion,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::DuckDb, Self::DataFusion];

    /// The name used in files and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::DuckDb => "duckdb",
            Self::DataFusion => "datafusion",
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
#[error("unknown dialect `{0}`; known are postgres, duckdb and datafusion")]
pub struct UnknownDialect(pub String);

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" => Ok(Self::Postgres),
            "duckdb" => Ok(Self::DuckDb),
            "datafusion" => Ok(Self::DataFusion),
            _ => Err(UnknownDialect(name.to_owned())),
        }
    }
}
