//! DataFusion casts all VALUES in an INSERT to the columns that are written to: they are written as SELECTs.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR1106",
    name: "VALUES in an INSERT",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion takes VALUES that stand anywhere in an INSERT for its rows, and casts their columns to those of the table: of `INSERT INTO t (i) SELECT length(v.x) FROM (VALUES ('007')) AS v(x)` the text becomes the number 7, whose length is 1. They are written as SELECTs with UNION ALL between them.",
    // A query is no expression: the emitter writes it.
    emit: |_, _| Ok(None),
    examples: &[datafusion(
        "INSERT INTO t (i) SELECT length(v.x) FROM (VALUES ('007'), ('12')) AS v(x)",
        "INSERT INTO t (i)\nSELECT character_length(v.x) AS i\nFROM (SELECT * FROM (SELECT '007' AS column1 UNION ALL SELECT '12' AS column1) AS v) AS v(x)",
    )],
};
