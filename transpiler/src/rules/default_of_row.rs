//! Defaults of lag and lead that differ from row to row.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0389",
    name: "defaults of rows",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion takes constants alone as defaults of `lag` and `lead`. Whether there is such a row is told by a constant that is looked for there: it is NULL where no row is.",
    // What follows a call is written by the emitter.
    emit: |_, _| Ok(None),
    examples: &[datafusion(
        "SELECT lag(i, 2, j) OVER (ORDER BY i) AS l FROM t",
        "SELECT CASE WHEN lag(TRUE, 2) OVER (ORDER BY i NULLS LAST) THEN lag(i, 2) OVER (ORDER BY i NULLS LAST) ELSE j END AS l\nFROM t",
    )],
};
