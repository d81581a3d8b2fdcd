//! `--engine`: an engine that says whether it binds a translation.

use crate::{
    error::CliError,
    output,
    wiring::{
        bind_check::BindCheck,
        engines::{Given, given},
        runtime,
    },
};
use engines::{Engine, SessionSettings};
use model::{Diagnostic, Dialect, Failure, FailureClass, catalog::CatalogTable};
use sql::SourceSettings;
use std::sync::Arc;
use tokio::runtime::Runtime;
use transpiler::Transpiler;

/// An engine with a session, and the threads that it needs.
pub(super) struct Bound {
    check: BindCheck,
    dialect: Dialect,
    runtime: Runtime,
}

impl Bound {
    /// Opens `duckdb:FILE`, `duckdb:`, `datafusion:` or `postgres://…`. One that has no tables gets
    /// those of `catalog`, empty, which are spelled as `source` does.
    pub(super) fn open(
        spec: &str,
        source: &SourceSettings,
        catalog: &[CatalogTable],
    ) -> Result<Self, CliError> {
        let runtime = runtime::new()?;
        let given = runtime.block_on(async { given("--engine", spec) })?;
        let given = given.ok_or_else(|| {
            CliError::usage(format!(
                "`--engine {spec}` is not known; give `duckdb:FILE`, `duckdb:`, `datafusion:` or \
                 `postgres://…`"
            ))
        })?;
        let Given { engine, has_tables, .. } = &given;
        if !has_tables {
            let tables =
                Transpiler::under(source.clone(), engine.dialect(), catalog).empty_tables();
            runtime.block_on(make(engine, &tables))?;
        }
        let dialect = engine.dialect();
        let check = runtime.block_on(BindCheck::open(engine, &SessionSettings::default()))?;
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

/// Makes tables. One that the engine does not take is named, and the others are made.
async fn make(engine: &Arc<dyn Engine>, tables: &[String]) -> Result<(), CliError> {
    let failed = |failure: &Failure| CliError::unreachable(format!("`--engine`: {failure}"));
    let mut session =
        engine.open(&SessionSettings::default()).await.map_err(|failure| failed(&failure))?;
    for table in tables {
        match session.run_script(table).await {
            Ok(()) => {}
            Err(failure) if failure.class == FailureClass::Statement => {
                let engine = engine.dialect();
                output::note(format!("{engine} has no `{table}`: {}", failure.message));
            }
            Err(failure) => return Err(failed(&failure)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(spec: &str, catalog: &[CatalogTable]) -> Result<Bound, CliError> {
        Bound::open(spec, &Dialect::Snowflake.into(), catalog)
    }

    fn catalog() -> Vec<CatalogTable> {
        let text =
            "CREATE TABLE sales.orders (id INT NOT NULL, total NUMBER(12,2), t TIMESTAMP_NTZ,
            v VARIANT, g GEOGRAPHY, a ARRAY, at TIME, \"Mixed\" VARCHAR(3));
            CREATE TABLE lines (id INT, \"order\" VARCHAR)";
        let statements = text.split_inclusive(';');
        statements.flat_map(|text| sql::tables_of_ddl(text, Dialect::Snowflake).unwrap()).collect()
    }

    #[test]
    fn an_engine_without_tables_binds_over_those_of_the_catalog() {
        for spec in ["datafusion:", "duckdb:"] {
            let mut bound = open(spec, &catalog()).unwrap();
            let to = bound.dialect();
            let transpiler = Transpiler::new(Dialect::Snowflake, to, &catalog());
            for text in [
                "SELECT id, total, t, v, at, \"Mixed\" FROM orders",
                "SELECT o.id, sum(total) FROM sales.orders AS o JOIN lines ON o.id = lines.id
                 WHERE \"order\" LIKE 'x%' GROUP BY o.id",
                "SELECT date_trunc('month', t), upper(\"Mixed\") FROM sales.orders",
                "SELECT count(*) FROM public.lines",
            ] {
                let translation = transpiler.translate(text, &[]).unwrap();
                assert_eq!(bound.refused(&translation.sql).unwrap(), None, "{spec} {text}");
            }
            for text in [
                "SELECT a FROM nowhere",
                "SELECT nope FROM lines",
                "SELECT date_trunc('month', id) FROM lines",
            ] {
                let finding = bound.refused(text).unwrap();
                let finding = finding.unwrap_or_else(|| panic!("{spec} {text}"));
                assert_eq!(finding.code, transpiler::DOES_NOT_BIND, "{spec} {text}");
            }
        }
    }

    #[test]
    fn a_table_that_an_engine_cannot_have_costs_no_other() {
        // DuckDB does not tell such columns apart.
        let text = "CREATE TABLE t (a INT, \"a\" INT)";
        let mut tables = sql::tables_of_ddl(text, Dialect::Snowflake).unwrap();
        tables.extend(catalog());
        let mut bound = open("duckdb:", &tables).unwrap();
        assert!(bound.refused("SELECT a FROM t").unwrap().is_some());
        assert_eq!(bound.refused("SELECT id FROM lines").unwrap(), None);
    }

    #[test]
    fn what_is_no_engine_is_said() {
        for spec in ["sqlite:x", "duckdb:/nowhere/at/all.db", "postgres://:::"] {
            assert!(open(spec, &[]).is_err(), "{spec}");
        }
    }
}
