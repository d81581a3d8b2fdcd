//! TPC-DS: 99 queries, 103 statements, over 24 generated tables.
//!
//! Source: TPC Benchmark DS, specification revision 4.0.0. Origin, licence and the ways in which
//! this differs from the benchmark: `tpcds/README.md` beside this crate's `src`.

mod expected;
mod generator;
mod plan;
mod queries;
mod source_rows;

pub(crate) use plan::Plan;

use crate::{
    Corpus, CorpusError, CorpusForms, CorpusStatement, SCALE_MAX, SCALE_MIN, copy,
    corpus::{Data, Rows},
    manifest::{self, malformed},
};
use arrow::datatypes::SchemaRef;
use model::{Dialect, catalog::CatalogTable};
use queries::QUERIES;
use std::sync::Arc;

const NAME: &str = "tpcds";
const SCHEMA: &str = include_str!("../tpcds/schema.toml");

/// The corpus `tpcds` at a scale factor.
///
/// From 1 on, the tables are those of the benchmark: 1 is about 1 GB, 19.6 million rows. Below 1
/// they are a sample of scale factor 1, since the benchmark defines none: about that share of its
/// sales, returns and inventory, and the rows of the other tables that they refer to.
///
/// # Errors
/// A scale factor outside [`SCALE_MIN`] to [`SCALE_MAX`], or not a number.
pub fn tpcds(scale: f64) -> Result<Corpus, CorpusError> {
    if !(SCALE_MIN..=SCALE_MAX).contains(&scale) {
        return Err(CorpusError::Scale(scale));
    }
    let about = manifest::about(NAME, include_str!("../tpcds/corpus.toml"))?;
    let tables = manifest::tables(NAME, SCHEMA)?;
    let plan = Plan::new(scale, include_str!("../tpcds/witnesses.toml"))?;
    let statements = QUERIES.postgres.iter().map(|(number, text)| statement(number, text));
    Ok(Corpus {
        name: NAME,
        origin: about.origin,
        licence: about.licence,
        description: about.description,
        tables,
        statements: statements.collect::<Result<_, _>>()?,
        postgres_setup: include_str!("../tpcds/postgres.sql"),
        data: Data::Tpcds(Arc::new(plan)),
    })
}

/// The tables and statements of [`tpcds`] as users of another warehouse write them.
///
/// # Errors
/// A dialect that has no forms.
pub fn tpcds_in(dialect: Dialect) -> Result<CorpusForms, CorpusError> {
    QUERIES.forms(dialect, SCHEMA)
}

fn statement(number: &str, text: &'static str) -> Result<CorpusStatement, CorpusError> {
    let (title, sql) = QUERIES.parse(number, text)?;
    Ok(CorpusStatement {
        id: QUERIES.id(number),
        title: title.to_owned(),
        trap: None,
        sql: sql.to_owned(),
        expected: expected::expectations(number),
    })
}

/// The rows of a table, generated while they are read.
pub(crate) fn rows(
    tables: &[CatalogTable],
    table: &CatalogTable,
    schema: SchemaRef,
    plan: &Plan,
) -> Result<Rows, CorpusError> {
    let lines = plan.lines(tables, &table.name).ok_or_else(|| {
        malformed(NAME, "schema.toml", format!("no rows for the table `{}`", table.name))
    })?;
    copy::dsdgen_rows(table, schema, lines)
        .map_err(|message| malformed(NAME, "schema.toml", message))
}

#[cfg(test)]
mod tests;
