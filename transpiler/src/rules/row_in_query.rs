//! Rule `TR0402`, `rows in a query`.

use crate::rule::{Fidelity, Rule, duckdb};

pub(crate) static RULE: Rule = Rule {
    code: "TR0402",
    name: "rows in a query",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
`(a, b) IN (SELECT …)` compares column by column in SQL: one pair that differs makes it FALSE, whatever NULL stands beside. DuckDB says NULL where a NULL is in the row, DataFusion compares no rows. As a condition of WHERE it becomes EXISTS with the comparisons, NOT IN becomes NOT EXISTS with comparisons that are not FALSE.",
    // The emitter writes conditions.
    emit: |_, _| Ok(None),
    examples: &[duckdb(
        "SELECT i FROM t WHERE (i, s) IN (SELECT i + 1, s FROM t)",
        "SELECT i\nFROM t\nWHERE EXISTS (SELECT 1 AS \"?column?\" FROM (SELECT i + 1 AS _v1, s AS _v2 FROM t) AS _rows WHERE _rows._v1 = i AND _rows._v2 = s)",
    )],
};
