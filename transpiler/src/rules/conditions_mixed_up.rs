//! Conditions that DataFusion takes for each other at groups.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0397",
    name: "conditions mixed up at groups",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion moves conditions on keys below groups, and tells by their places which of them it has moved. In sets of keys these places are wrong where a condition on an aggregate stands before one on a key: it drops the first and keeps the second, so that `GROUP BY a, ROLLUP (b) HAVING count(*) > 2 AND a = 1` over rows that are filtered gives groups of any size. The same happens to the HAVING of a query inside. It moves no condition on a key that is missing in one of the sets: so a set without keys is added, whose row HAVING takes away.",
    // Groups are no expressions: the emitter writes them.
    emit: |_, _| Ok(None),
    examples: &[datafusion(
        "SELECT i, s, count(*) AS c FROM t WHERE f > 0 GROUP BY i, ROLLUP (s) HAVING count(*) > 2 AND i = 1",
        "SELECT i, s, count(*) AS c\nFROM t\nWHERE (nanvl(f + CAST(0 AS DOUBLE), CAST('NaN' AS DOUBLE)) > CAST(0 AS DOUBLE))\nGROUP BY GROUPING SETS ((t.i, t.s), (t.i), ())\nHAVING grouping(t.i) = 0 AND (count(*) > 2 AND t.i = 1)",
    )],
};
