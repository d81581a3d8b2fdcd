//! A table or view made from a query has the types of the source's: each column is cast.

use crate::rule::{Fidelity, Rule, datafusion, duckdb};

pub(crate) static RULE: Rule = Rule {
    code: "TR1103",
    name: "types of a table made from a query",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
CREATE TABLE AS and CREATE VIEW take the types of their columns from the query. What a target computes may be of another type than at the source (a sum of integers is a HUGEINT on DuckDB), and what reads the table later would go on from there. So each column is cast to its type, unless it is a column of a table already.",
    // A statement is no expression: the emitter writes it.
    emit: |_, _| Ok(None),
    examples: &[
        duckdb(
            "CREATE TABLE u AS SELECT i, i + 1 AS k FROM t",
            "CREATE TABLE u AS\nSELECT CAST(c1 AS INTEGER) AS i, CAST(c2 AS INTEGER) AS k\nFROM (SELECT i, i + 1 AS k FROM t) AS q(c1, c2)",
        ),
        duckdb("CREATE TABLE u AS SELECT i, x FROM t", "CREATE TABLE u AS\nSELECT i, x\nFROM t"),
        datafusion("CREATE VIEW v AS SELECT i FROM t", "CREATE VIEW v AS\nSELECT i\nFROM t"),
    ],
};
