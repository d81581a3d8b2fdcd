//! The order of rows beside a query for a value on DataFusion.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0393",
    name: "order beside a query for a value",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
Where a statement has a query for a value, DataFusion takes away a sort by what is no output. It keeps a sort with a limit, so one that leaves no row out is written.",
    // Sort keys are no expressions: the emitter writes them.
    emit: |_, _| Ok(None),
    examples: &[datafusion(
        "SELECT i FROM t WHERE i > (SELECT min(i) AS m FROM t) ORDER BY f, i",
        "SELECT i\nFROM t\nWHERE i > (SELECT min(i) AS m FROM t)\nORDER BY nanvl(t.f + CAST(0 AS DOUBLE), CAST('NaN' AS DOUBLE)) NULLS LAST, i NULLS LAST\nLIMIT 9223372036854775807",
    )],
};
