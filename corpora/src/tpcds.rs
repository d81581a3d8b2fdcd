//! TPC-DS: 99 queries, 103 statements, over 24 generated tables.
//!
//! Source: TPC Benchmark DS, specification revision 4.0.0. Origin, licence and the ways in which
//! this differs from the benchmark: `tpcds/README.md` beside this crate's `src`.

mod generator;
mod plan;
mod queries;
mod source_rows;

pub(crate) use plan::Plan;

use crate::{
    Corpus, CorpusError, CorpusStatement, SCALE_MAX, SCALE_MIN, copy,
    corpus::{Data, Rows},
    manifest::{self, malformed},
    statement::{Expectations, Expected, ExpectedVerdict},
};
use arrow::datatypes::SchemaRef;
use model::catalog::CatalogTable;
use queries::QUERIES;
use std::sync::Arc;

const NAME: &str = "tpcds";

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
    let tables = manifest::tables(NAME, include_str!("../tpcds/schema.toml"))?;
    let plan = Plan::new(scale, include_str!("../tpcds/witnesses.toml"))?;
    let statements = QUERIES.iter().map(|(number, text)| statement(number, text));
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

/// A query file opens with `-- TPC-DS Q1: Name` and `-- Parameters: …`.
fn statement(number: &str, text: &str) -> Result<CorpusStatement, CorpusError> {
    let broken = |message| malformed(NAME, format!("queries/{number}.sql"), message);
    let title = text
        .strip_prefix(&format!("-- TPC-DS Q{}: ", number.trim_start_matches('0')))
        .ok_or_else(|| broken("it does not open with its number and name"))?;
    let (title, rest) = title.split_once('\n').ok_or_else(|| broken("it has one line only"))?;
    let (_, sql) = rest
        .strip_prefix("-- Parameters: ")
        .and_then(|parameters| parameters.split_once('\n'))
        .ok_or_else(|| broken("its second line does not name the parameters"))?;
    let expected =
        Expected { unchanged: ExpectedVerdict::Match, transpiled: ExpectedVerdict::MatchOrRefused };
    Ok(CorpusStatement {
        id: format!("{NAME}-{number}"),
        title: title.to_owned(),
        trap: None,
        sql: sql.trim().to_owned(),
        expected: Expectations { duckdb: expected, datafusion: expected },
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
