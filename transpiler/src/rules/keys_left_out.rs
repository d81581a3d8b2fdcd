//! Keys that DataFusion leaves out, because it takes others to decide about them.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0392",
    name: "keys that are left out",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion notes that the keys of GROUP BY, DISTINCT and UNION decide about the rest of a row, and leaves out later keys of ORDER BY and GROUP BY that are decided already. Where something computed stands before a column in a list it notes it of the wrong columns: rows are not sorted by the second key, and groups fall together. Where such rows are joined, each of them any number of times, and grouped once more, it still takes the keys of one side for those of all. Where arrays of such rows, or of rows with a primary key, are made rows, it takes the keys of a row for those of each element. Of GROUPING SETS it notes nothing, so groups are written as one set.",
    // Groups are no expressions: the emitter writes them.
    emit: |_, _| Ok(None),
    examples: &[datafusion(
        "SELECT count(*) AS c, i FROM t GROUP BY i ORDER BY c, i",
        "SELECT count(*) AS c, i\nFROM t\nGROUP BY GROUPING SETS ((t.i))\nORDER BY c NULLS LAST, i NULLS LAST",
    )],
};
