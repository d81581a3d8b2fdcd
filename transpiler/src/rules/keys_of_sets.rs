//! Rule `TR0397`, `keys of several sets`.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0397",
    name: "keys of several sets",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion makes two mistakes with the keys of ROLLUP, CUBE and GROUPING SETS. It takes groups for sorted by a key that is one value in all rows, though the key is NULL in totals: of `WHERE region = 'EU' GROUP BY ROLLUP (region, p)` it gives totals out several times where rows come in several partitions. A condition or the statistics of a file are enough to make a key such a constant. And it moves conditions on keys below groups, and tells by their places which of them it has moved: with `GROUP BY a, ROLLUP (b) HAVING count(*) > 2 AND a = 1` it drops the condition that comes first and keeps the second, also where one of them stands in a query outside. So these keys are written as values of which it knows nothing; so are those of a single set that it is made to take for one of several (TR0392), where conditions are on them.",
    // It takes the whole SELECT to see it: the emitter writes the keys.
    emit: |_, _| Ok(None),
    examples: &[datafusion(
        "SELECT i, count(*) AS c FROM t WHERE i = 1 GROUP BY ROLLUP (i)",
        "SELECT CASE WHEN random() >= 0 THEN i END AS i, count(*) AS c\nFROM t\nWHERE i = 1\nGROUP BY ROLLUP (CASE WHEN random() >= 0 THEN t.i END)",
    )],
};
