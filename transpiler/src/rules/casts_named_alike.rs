//! Casts that DataFusion leaves out of names.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0399",
    name: "casts named alike",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion names a value without its casts, and plans no two values of one name: `sum(x)` beside `sum(CAST(x AS DOUBLE))`, or keys `x` and `CAST(x AS DOUBLE)` of one GROUP BY, are errors. Where aggregates, window functions or keys of one SELECT differ by casts alone, those are written as calls, which belong to the name.",
    // It takes a whole SELECT to see it: the emitter writes them.
    emit: |_, _| Ok(None),
    examples: &[
        datafusion(
            "SELECT sum(i) AS a, sum(i::float8) AS b FROM t",
            "SELECT sum(arrow_cast(i, 'Int64')) AS a, sum(arrow_cast(i, 'Float64')) AS b\nFROM t",
        ),
        datafusion(
            "SELECT i, i::float8 AS f FROM t GROUP BY i, i::float8",
            "SELECT i, arrow_cast(i, 'Float64') AS f\nFROM t\nGROUP BY t.i, arrow_cast(t.i, 'Float64')",
        ),
    ],
};
