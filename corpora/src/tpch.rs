//! TPC-H: 22 queries over eight generated tables.
//!
//! Source: TPC Benchmark H, specification revision 3.0.1. Origin, licence and the ways in which
//! this differs from the benchmark: `tpch/README.md` beside this crate's `src`.

mod queries;
mod rows;

use crate::{
    Corpus, CorpusError, CorpusForms, CorpusStatement,
    corpus::{Data, Rows},
    manifest::{self, malformed},
    statement::{Expectations, Expected, ExpectedVerdict},
};
use arrow::datatypes::SchemaRef;
use model::Dialect;
use queries::QUERIES;

const NAME: &str = "tpch";
const SCHEMA: &str = include_str!("../tpch/schema.toml");

/// Smallest scale factor: ten suppliers, below which the generator's rules make no sense.
pub const SCALE_MIN: f64 = 0.001;
/// Largest scale factor that the specification defines (clause 4.1.3.1).
pub const SCALE_MAX: f64 = 100_000.0;

/// Query 11's FRACTION at scale factor 1, as `queries/11.sql` spells it; clause 2.4.11.3 divides
/// it by the scale factor.
const FRACTION: &str = "0.0001000000";

/// Queries whose averages and quotients are decimals in PostgreSQL and floats in DuckDB.
const DECIMAL_QUOTIENTS: [&str; 4] = ["01", "08", "14", "17"];

/// Those of them that stay decimals in DataFusion, with fewer digits.
const SHORT_QUOTIENTS: [&str; 2] = ["01", "08"];

/// The corpus `tpch` at a scale factor: 1 is about 1 GB, 8.7 million rows.
///
/// # Errors
/// A scale factor outside [`SCALE_MIN`] to [`SCALE_MAX`], or not a number.
pub fn tpch(scale: f64) -> Result<Corpus, CorpusError> {
    if !(SCALE_MIN..=SCALE_MAX).contains(&scale) {
        return Err(CorpusError::Scale(scale));
    }
    let about = manifest::about(NAME, include_str!("../tpch/corpus.toml"))?;
    let tables = manifest::tables(NAME, SCHEMA)?;
    let statements = QUERIES.postgres.iter().map(|(number, text)| statement(number, text, scale));
    Ok(Corpus {
        name: NAME,
        origin: about.origin,
        licence: about.licence,
        description: about.description,
        tables,
        statements: statements.collect::<Result<_, _>>()?,
        postgres_setup: include_str!("../tpch/postgres.sql"),
        data: Data::Tpch(scale),
    })
}

/// The tables and queries of [`tpch`] at a scale factor as users of another warehouse write them.
///
/// # Errors
/// A dialect that has no forms; a scale factor as for [`tpch`].
pub fn tpch_in(dialect: Dialect, scale: f64) -> Result<CorpusForms, CorpusError> {
    if !(SCALE_MIN..=SCALE_MAX).contains(&scale) {
        return Err(CorpusError::Scale(scale));
    }
    let mut forms = QUERIES.forms(dialect, SCHEMA)?;
    for form in &mut forms.statements {
        form.sql = scaled(&form.sql, scale);
    }
    Ok(forms)
}

fn scaled(sql: &str, scale: f64) -> String {
    sql.replace(FRACTION, &format!("{:.10}", 0.0001 / scale))
}

fn statement(number: &str, text: &'static str, scale: f64) -> Result<CorpusStatement, CorpusError> {
    let (title, sql) = QUERIES.parse(number, text)?;
    let (duckdb, datafusion) = if SHORT_QUOTIENTS.contains(&number) {
        (ExpectedVerdict::Tolerated, ExpectedVerdict::MismatchSilent)
    } else if DECIMAL_QUOTIENTS.contains(&number) {
        (ExpectedVerdict::Tolerated, ExpectedVerdict::Tolerated)
    } else {
        (ExpectedVerdict::Match, ExpectedVerdict::Match)
    };
    Ok(CorpusStatement {
        id: QUERIES.id(number),
        title: title.to_owned(),
        trap: None,
        sql: scaled(sql, scale),
        expected: Expectations {
            duckdb: Expected { unchanged: duckdb, transpiled: duckdb },
            datafusion: Expected {
                unchanged: datafusion,
                transpiled: ExpectedVerdict::MatchOrRefused,
            },
        },
    })
}

/// The rows of a table, generated while they are read.
pub(crate) fn rows(table: &str, schema: SchemaRef, scale: f64) -> Result<Rows, CorpusError> {
    rows::generate(table, schema, scale)
        .ok_or_else(|| malformed(NAME, "schema.toml", format!("no rows for the table `{table}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_file_is_compiled_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tpch/queries");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let expected: Vec<_> =
            (1..=QUERIES.postgres.len()).map(|n| format!("{n:02}.sql")).collect();
        assert_eq!(files, expected);
        let corpus = tpch(1.0).unwrap();
        assert_eq!(corpus.statements.len(), 22);
        for statement in &corpus.statements {
            assert!(!statement.sql.contains("--") && !statement.sql.contains(';'));
        }
    }

    #[test]
    fn the_fraction_of_query_11_follows_the_scale() {
        for (scale, literal) in
            [(1.0, "0.0001000000"), (0.05, "0.0020000000"), (100.0, "0.0000010000")]
        {
            let corpus = tpch(scale).unwrap();
            let sql = &corpus.statements[10].sql;
            assert!(sql.contains(&format!("* {literal}\n")), "{sql}");
        }
    }

    #[test]
    fn a_useless_scale_is_refused() {
        for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 0.0009, 100_001.0] {
            assert!(matches!(tpch(scale), Err(CorpusError::Scale(_))), "{scale}");
        }
    }
}
