//! Rule `TR0403`, `constants of branches`.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0403",
    name: "constants of branches",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion sorts the branches of UNION ALL apart, each without the keys that are one value in it, and where the first rows are taken it leaves out rows of one branch by what it has seen of another: of `SELECT s, 1 AS k … UNION ALL SELECT s, 2 … ORDER BY k DESC, s LIMIT 3` rows of the first branch come before some of the second. In statements with UNION ALL and a limit of rows that are sorted by several keys, constants of SELECT lists are written as values of which it knows nothing.",
    // It takes the whole statement to see it: the emitter writes the items.
    emit: |_, _| Ok(None),
    examples: &[datafusion(
        "SELECT s, 1 AS k FROM t UNION ALL SELECT s, 2 FROM t ORDER BY k DESC, s LIMIT 3",
        "(SELECT s, CASE WHEN random() >= 0 THEN 1 END AS k FROM t)\nUNION ALL\n(SELECT s, CASE WHEN random() >= 0 THEN 2 END AS \"?column?\" FROM t)\nORDER BY k DESC NULLS FIRST, s NULLS LAST\nLIMIT 3",
    )],
};
