//! The whole house on real engines. One binary: every test links the engines once.

/// A test for each source dialect that has recorded cases, called like its folder.
#[cfg(test)]
macro_rules! in_every_dialect {
    ($check:ident) => {
        in_every_dialect!($check, postgres, Postgres);
        in_every_dialect!($check, redshift, Redshift);
        in_every_dialect!($check, snowflake, Snowflake);
        in_every_dialect!($check, bigquery, BigQuery);
        in_every_dialect!($check, spark, Spark);
        in_every_dialect!($check, mysql, MySql);
        in_every_dialect!($check, tsql, TSql);
        in_every_dialect!($check, oracle, Oracle);
        in_every_dialect!($check, teradata, Teradata);
        in_every_dialect!($check, trino, Trino);
        in_every_dialect!($check, clickhouse, ClickHouse);
    };
    ($check:ident, $name:ident, $dialect:ident) => {
        #[tokio::test]
        async fn $name() {
            $check(model::Dialect::$dialect).await;
        }
    };
}

// `cfg(test)` always holds here; it tells clippy that helpers may unwrap too.
#[cfg(test)]
mod corpora_verdicts;
#[cfg(test)]
mod coverage_page;
#[cfg(test)]
mod datafusion_page;
mod deep_text;
#[cfg(test)]
mod dialect_cases;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod empty_tables;
#[cfg(test)]
mod generated_cases;
#[cfg(test)]
mod hostile_text;
#[cfg(test)]
mod identities;
mod json_patterns;
#[cfg(test)]
mod line_agreement;
#[cfg(test)]
mod open_parameters;
#[cfg(test)]
mod postgres_print;
#[cfg(test)]
mod printed_again;
#[cfg(test)]
mod pushdown;
#[cfg(test)]
mod regressions;
#[cfg(test)]
mod rule_places;
#[cfg(test)]
mod statement_cases;
#[cfg(test)]
mod tally;
#[cfg(test)]
mod time_zones;
#[cfg(test)]
mod tpc;
#[cfg(test)]
mod transpile_property;
#[cfg(test)]
mod world;
