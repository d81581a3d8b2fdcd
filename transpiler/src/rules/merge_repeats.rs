//! A row that several rows of a MERGE match: most systems raise an error, DuckDB takes the last.

use crate::rule::{Fidelity, Rule, duckdb};

pub(crate) static RULE: Rule = Rule {
    code: "TR1102",
    name: "a row merged twice",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
Where several rows of the source update or delete one row of the table, MERGE is an error. DuckDB takes any of them. So the rows that match are counted first: a WHEN in front of the others raises the error.",
    // A statement is no expression: the emitter writes it.
    emit: |_, _| Ok(None),
    examples: &[duckdb(
        "MERGE INTO t USING (SELECT 1 AS k) AS s ON t.i = s.k WHEN MATCHED THEN DELETE",
        "MERGE INTO t\nUSING (SELECT 1 AS k) AS s\nON t.i = s.k\nWHEN MATCHED AND (SELECT count(*) FROM (SELECT 1 AS k) AS s WHERE (t.i = s.k)) > 1 THEN ERROR '21000: a row is matched by several rows'\nWHEN MATCHED THEN DELETE",
    )],
};
