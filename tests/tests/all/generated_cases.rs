//! Random queries of the dialects whose engines can be installed, with what these answered: after
//! transpiling, every target gives the same, or the statement is refused. Never another value.
//!
//! `corpora/dialects/generator` makes them. `GNOMON_GENERATED=<folder>` takes the cases of
//! `<folder>/<dialect>/*.jsonl` in place of those that are kept: thousands of fresh ones can be tried.

use crate::dialect_cases::hold;
use model::Dialect;
use std::path::PathBuf;
use tests::recorded;

async fn check(dialect: Dialect) {
    let elsewhere = std::env::var_os("GNOMON_GENERATED").map(PathBuf::from);
    let cases = recorded::generated(dialect, elsewhere.as_deref()).unwrap();
    if elsewhere.is_some() {
        return hold(dialect, &cases, None).await;
    }
    assert!(!cases.is_empty(), "no generated queries are kept for {dialect}");
    hold(dialect, &cases, Some("generated/floor.json")).await;
}

in_every_dialect!(check, mysql, MySql);
in_every_dialect!(check, bigquery, BigQuery);
in_every_dialect!(check, postgres, Postgres);
in_every_dialect!(check, spark, Spark);
in_every_dialect!(check, clickhouse, ClickHouse);
