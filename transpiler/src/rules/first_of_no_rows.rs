//! The first of no rows on DuckDB.

use crate::rule::{Fidelity, Rule, duckdb};

pub(crate) static RULE: Rule = Rule {
    code: "TR0526",
    name: "first of no rows",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
Where only the first row by `row_number()` over all rows is asked for, DuckDB 1.5 looks for it as an aggregate would, and makes a row of NULLs of no rows. It does so for one sort key alone, so another one that sorts nothing is written beside it.",
    // A window is no expression: the emitter writes it.
    emit: |_, _| Ok(None),
    examples: &[duckdb(
        "SELECT w.i FROM (SELECT i, row_number() OVER (ORDER BY i) AS n FROM t) AS w WHERE w.n = 1",
        "SELECT w.i\nFROM (SELECT i, row_number() OVER (ORDER BY i NULLS LAST, 0) AS n FROM t) AS w\nWHERE w.n = 1",
    )],
};
