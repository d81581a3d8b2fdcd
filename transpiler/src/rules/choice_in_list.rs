//! Lists of IN with something chosen in them, on DataFusion.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0395",
    name: "a choice in a list",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
A choice between constants in the list of IN is taken by DataFusion for one that is made already: NULL for all rows. A list with more than constants and columns is written as comparisons.",
    // The emitter writes lists.
    emit: |_, _| Ok(None),
    examples: &[datafusion(
        "SELECT i IN (1, CASE WHEN i > 2 THEN 3 END) AS b FROM t",
        "SELECT (i = 1 OR i = CASE WHEN i > 2 THEN 3 END) AS b\nFROM t",
    )],
};
