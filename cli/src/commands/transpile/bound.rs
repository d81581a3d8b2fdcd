//! `--engine`: an engine that says whether it binds a translation.

use crate::{
    error::CliError,
    wiring::{bind_check::BindCheck, runtime},
};
use engines::{
    Engine, SessionSettings,
    datafusion::DataFusion,
    duckdb::{DuckDb, DuckDbOptions},
    postgres::{Postgres, PostgresConfig},
};
use model::{Diagnostic, Dialect, Failure};
use std::{path::Path, sync::Arc};
use tokio::runtime::Runtime;

/// An engine with a session, and the threads that it needs.
pub(super) struct Bound {
    check: BindCheck,
    dialect: Dialect,
    runtime: Runtime,
}

impl Bound {
    /// Opens `duckdb:FILE`, `datafusion:` or `postgres://…`.
    pub(super) fn open(spec: &str) -> Result<Self, CliError> {
        let runtime = runtime::new()?;
        let engine = runtime.block_on(async { engine(spec) })?;
        let dialect = engine.dialect();
        let check = runtime.block_on(BindCheck::open(&engine, &SessionSettings::default()))?;
        Ok(Self { check, dialect, runtime })
    }

    /// The dialect that it reads.
    pub(super) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The finding about a translation that does not bind.
    pub(super) fn refused(&mut self, sql: &str) -> Result<Option<Diagnostic>, CliError> {
        self.runtime.block_on(self.check.refused(sql, &[]))
    }
}

fn engine(spec: &str) -> Result<Arc<dyn Engine>, CliError> {
    let unreachable = |failure: Failure| CliError::unreachable(format!("`--engine`: {failure}"));
    if let Some(path) = spec.strip_prefix("duckdb:") {
        let path = Path::new(path.trim_start_matches("//"));
        if !path.exists() {
            let message = format!("the DuckDB file `{}` does not exist", path.display());
            return Err(CliError::unreachable(message));
        }
        let opened = DuckDb::open_with(path, true, &DuckDbOptions::default());
        return Ok(Arc::new(opened.map_err(unreachable)?));
    }
    if spec == "datafusion:" {
        return Ok(Arc::new(DataFusion::new().map_err(unreachable)?));
    }
    if spec.starts_with("postgres://") || spec.starts_with("postgresql://") {
        let config = PostgresConfig::parse(spec)
            .map_err(|error| CliError::usage(format!("`--engine`: {error}")))?;
        return Ok(Arc::new(Postgres::new(config)));
    }
    Err(CliError::usage(format!(
        "`--engine {spec}` is not known; give `duckdb:FILE`, `datafusion:` or `postgres://…`"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_tells_what_it_binds() {
        let mut bound = Bound::open("datafusion:").unwrap();
        assert_eq!(bound.dialect(), Dialect::DataFusion);
        assert_eq!(bound.refused("SELECT 1 AS a").unwrap(), None);
        let finding = bound.refused("SELECT a FROM nowhere").unwrap().unwrap();
        assert_eq!(finding.code, transpiler::DOES_NOT_BIND);
    }

    #[test]
    fn what_is_no_engine_is_said() {
        for spec in ["sqlite:x", "duckdb:/nowhere/at/all.db", "postgres://:::"] {
            assert!(Bound::open(spec).is_err(), "{spec}");
        }
    }
}
