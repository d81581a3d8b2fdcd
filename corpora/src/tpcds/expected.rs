//! What is expected of each statement, as it was on the sample at scale factor 0.01 with PostgreSQL
//! 15, DuckDB 1.5.5 and DataFusion 54.1.

use crate::statement::{Expectations, Expected, ExpectedVerdict as V};

/// Integers that divide to fractions on DuckDB (21, 34, 73, 78, 83), and ties of rows that DuckDB
/// orders by NULL first (42, 52): other rows.
const OTHER_ON_DUCKDB: [&str; 7] = ["21", "34", "42", "52", "73", "78", "83"];

/// `at` cannot be a name on DuckDB.
const REFUSED_BY_DUCKDB: [&str; 1] = ["90"];

/// Averages, quotients and deviations that are decimals in PostgreSQL and floats on DuckDB.
const FLOATS_ON_DUCKDB: [&str; 29] = [
    "02", "07", "09", "12", "13", "18", "20", "22", "26", "27", "28", "31", "36", "39a", "39b",
    "47", "49", "53", "57", "58", "59", "61", "63", "66", "83", "85", "89", "90", "98",
];

/// Quotients and averages that have fewer digits on DataFusion, or differ by rounding. Where a LIMIT
/// cuts through a tie, the comparer calls the difference inconclusive.
const OTHER_ON_DATAFUSION: [&str; 20] = [
    "09", "12", "18", "20", "28", "31", "36", "47", "49", "53", "54", "57", "58", "59", "61", "63",
    "66", "89", "90", "98",
];

/// Averages and deviations that are floats on DataFusion.
const FLOATS_ON_DATAFUSION: [&str; 4] = ["22", "39a", "39b", "83"];

pub(super) fn expectations(number: &str) -> Expectations {
    let transpiled = match number {
        // Its quotients of sums have no bound of digits.
        "02" => V::MatchOrRefused,
        _ if FLOATS_ON_DUCKDB.contains(&number) => V::Tolerated,
        _ => V::Match,
    };
    let on_duckdb = if OTHER_ON_DUCKDB.contains(&number) {
        V::MismatchSilent
    } else if REFUSED_BY_DUCKDB.contains(&number) {
        V::MismatchLoud
    } else if FLOATS_ON_DUCKDB.contains(&number) {
        V::Tolerated
    } else {
        V::Match
    };
    let on_datafusion = if OTHER_ON_DATAFUSION.contains(&number) {
        V::MismatchSilent
    } else if FLOATS_ON_DATAFUSION.contains(&number) {
        V::Tolerated
    } else {
        V::Match
    };
    Expectations {
        duckdb: Expected { unchanged: on_duckdb, transpiled },
        datafusion: Expected { unchanged: on_datafusion, transpiled: V::MatchOrRefused },
    }
}
