//! What the records of each source mean, one file a source.

mod bigquery;
mod databricks;
mod dbt;
mod mysql;
mod postgres;
mod redshift;
mod snowflake;
mod sql_files;

use crate::import::{
    csv::Header,
    found::Found,
    record::{Record, Unreadable, Wanted},
};
use chrono::{DateTime, TimeDelta, Utc};
use model::{Dialect, SqlState, Statement};
use std::{
    collections::VecDeque,
    fmt, io,
    path::{Path, PathBuf},
    str::FromStr,
};

/// A system that writes down the statements it executes, in one of the forms that it has for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// PostgreSQL's log as CSV (`log_destination = 'csvlog'`).
    PostgresCsvlog,
    /// PostgreSQL's log as JSON (`log_destination = 'jsonlog'`).
    PostgresJsonlog,
    /// Redshift's `SYS_QUERY_HISTORY` and `SYS_QUERY_TEXT`.
    RedshiftSys,
    /// Redshift's `STL_QUERY` and `STL_QUERYTEXT`.
    RedshiftStl,
    /// Redshift's user activity log.
    RedshiftActivity,
    /// Snowflake's `ACCOUNT_USAGE.QUERY_HISTORY`.
    Snowflake,
    /// BigQuery's `INFORMATION_SCHEMA.JOBS`.
    BigQuery,
    /// BigQuery's audit log.
    BigQueryAudit,
    /// Databricks's `system.query.history`.
    Databricks,
    /// MySQL's slow log.
    MysqlSlow,
    /// The results of a run of dbt.
    Dbt,
    /// Files of statements.
    SqlFiles,
}

impl Source {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::PostgresCsvlog,
        Self::PostgresJsonlog,
        Self::RedshiftSys,
        Self::RedshiftStl,
        Self::RedshiftActivity,
        Self::Snowflake,
        Self::BigQuery,
        Self::BigQueryAudit,
        Self::Databricks,
        Self::MysqlSlow,
        Self::Dbt,
        Self::SqlFiles,
    ];

    /// Its name on the command line and in manifests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PostgresCsvlog => "postgres-csvlog",
            Self::PostgresJsonlog => "postgres-jsonlog",
            Self::RedshiftSys => "redshift-sys",
            Self::RedshiftStl => "redshift-stl",
            Self::RedshiftActivity => "redshift-activity",
            Self::Snowflake => "snowflake",
            Self::BigQuery => "bigquery",
            Self::BigQueryAudit => "bigquery-audit",
            Self::Databricks => "databricks",
            Self::MysqlSlow => "mysql-slow",
            Self::Dbt => "dbt",
            Self::SqlFiles => "sql-files",
        }
    }

    /// The dialect of its statements; nothing where the source does not decide it.
    #[must_use]
    pub const fn dialect(self) -> Option<Dialect> {
        Some(match self {
            Self::PostgresCsvlog | Self::PostgresJsonlog => Dialect::Postgres,
            Self::RedshiftSys | Self::RedshiftStl | Self::RedshiftActivity => Dialect::Redshift,
            Self::Snowflake => Dialect::Snowflake,
            Self::BigQuery | Self::BigQueryAudit => Dialect::BigQuery,
            Self::Databricks => Dialect::Spark,
            Self::MysqlSlow => Dialect::MySql,
            Self::Dbt | Self::SqlFiles => return None,
        })
    }

    /// What reads its records, whose statements are in `dialect` where the source does not tell.
    ///
    /// # Errors
    /// Why that dialect, or none, makes no sense.
    pub(crate) fn history(self, dialect: Option<Dialect>) -> Result<Box<dyn History>, String> {
        if let (Some(own), Some(_)) = (self.dialect(), dialect) {
            return Err(format!("the statements of `{self}` are in {own}: leave the dialect out"));
        }
        Ok(match self {
            Self::PostgresCsvlog => Box::new(postgres::Log::csv()),
            Self::PostgresJsonlog => Box::new(postgres::Log::json()),
            Self::RedshiftSys => Box::new(redshift::Views::sys()),
            Self::RedshiftStl => Box::new(redshift::Views::stl()),
            Self::RedshiftActivity => Box::new(redshift::Activity::default()),
            Self::Snowflake => Box::new(snowflake::QueryHistory),
            Self::BigQuery => Box::new(bigquery::Jobs::default()),
            Self::BigQueryAudit => Box::new(bigquery::AuditLog::default()),
            Self::Databricks => Box::new(databricks::QueryHistory),
            Self::MysqlSlow => Box::new(mysql::SlowLog::default()),
            Self::Dbt => Box::new(dbt::Artifacts::new(dialect)),
            Self::SqlFiles => {
                let dialect = dialect.ok_or_else(|| {
                    format!("nobody can tell in which dialect `{self}` are: give it")
                })?;
                Box::new(sql_files::Files::new(dialect))
            }
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Source {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().copied().find(|source| source.name() == name);
        known.ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.iter().map(|source| source.name()).collect();
            format!("there is no source `{name}`; it is one of {}", all.join(", "))
        })
    }
}

/// In which order the statements of a source come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Those of a session ascend, with numbers of their own.
    BySession,
    /// In none: time decides, and numbers them.
    ByTime,
}

/// Reads the records of a source.
pub(crate) trait History {
    /// The columns that are read.
    fn wanted(&self) -> &'static [Wanted];

    /// Which columns a CSV file has.
    fn header(&self) -> Header {
        Header::First
    }

    /// The order of its statements.
    fn order(&self) -> Order {
        Order::ByTime
    }

    /// When it was written; asked of logs, whose files are read in this order.
    fn time(&self, _record: &Record<'_>) -> Option<DateTime<Utc>> {
        None
    }

    /// Are all records looked at before they are read?
    fn is_read_twice(&self) -> bool {
        false
    }

    /// Looks at a record, of those that will be read.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn look(&mut self, _record: &Record<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    /// Says what a record means.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn record(&mut self, record: &Record<'_>, out: &mut Out) -> Result<(), Unreadable>;

    /// The files of a folder that was given instead of files; nothing where folders mean nothing.
    ///
    /// # Errors
    /// The folder cannot be read.
    fn in_folder(&self, _folder: &Path) -> io::Result<Option<Vec<PathBuf>>> {
        Ok(None)
    }

    /// The files that follow are of this folder.
    fn given_folder(&mut self, _folder: &Path) {}

    /// Are files documents, whose records have no place of their own?
    fn is_read_whole(&self) -> bool {
        false
    }

    /// Reads a file as a whole, with all its records; asked of those that say so.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn document(&mut self, _path: &Path, _out: &mut Out) -> Result<(), Unread> {
        Ok(())
    }

    /// There are no more records.
    fn finish(&mut self, _out: &mut Out) {}
}

/// Why a file cannot be read as a whole.
#[derive(Debug)]
pub(crate) enum Unread {
    /// What the system said.
    Io(io::Error),
    /// It is none of the source.
    Another(String),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Takes what records mean.
#[derive(Debug, Default)]
pub(crate) struct Out {
    pub(crate) found: Found,
    /// Statements that nobody has taken yet.
    pub(crate) statements: VecDeque<Statement>,
}

impl Out {
    /// A statement that is complete.
    pub(crate) fn statement(&mut self, statement: Statement) {
        self.statements.push_back(statement);
    }

    /// The record adds to a statement of another one.
    pub(crate) fn joined(&mut self) {
        self.found.joined += 1;
    }

    /// The record is no statement of a client.
    pub(crate) fn leave_out(&mut self, what: &'static str) {
        self.found.leave_out(what);
    }
}

/// A record of a query that has no text.
const WITHOUT_TEXT: &str = "a query without a text";

/// A duration as statements have it; nothing for one below zero.
fn micros(duration: TimeDelta) -> Option<u64> {
    duration.num_microseconds().and_then(|micros| u64::try_from(micros).ok())
}

/// The SQLSTATE of a failure of which the source tells none: `HY000`, a general error.
fn failed_somehow() -> Option<SqlState> {
    SqlState::parse("HY000")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_read_again_and_others_are_told() {
        let names: BTreeSet<&str> = Source::ALL.iter().map(|source| source.name()).collect();
        assert_eq!(names.len(), Source::ALL.len());
        for source in Source::ALL {
            assert_eq!(source.name().parse(), Ok(*source));
        }
        let error = "oracle".parse::<Source>().unwrap_err();
        assert!(error.contains("`oracle`") && error.contains("postgres-csvlog"), "{error}");
    }
}
