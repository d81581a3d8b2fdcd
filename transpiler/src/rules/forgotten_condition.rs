//! DataFusion forgets conditions of UPDATE and DELETE that it rewrites: only those are passed on that it applies.

use crate::{
    rule::{Fidelity, Rule, datafusion, refused},
    targets::Target,
};

pub(crate) static RULE: Rule = Rule {
    code: "TR1104",
    name: "conditions of UPDATE and DELETE",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion takes the conditions of UPDATE and DELETE from its optimised plan. One that it folds to false, or turns into a join, is no longer there, and every row is written to: `DELETE FROM t WHERE 1 = 2` empties the table. Comparisons of columns with constants are applied, with a column of its own for each; any other condition is refused.",
    // A statement is no expression: the emitter writes it.
    emit: |_, _| Ok(None),
    examples: &[
        datafusion(
            "DELETE FROM t WHERE i = 1 AND d < DATE '2024-02-29'",
            "DELETE FROM t\nWHERE i = 1 AND d < DATE '2024-02-29'",
        ),
        refused(Target::DataFusion, "DELETE FROM t WHERE i = 1 AND i = 2"),
        refused(Target::DataFusion, "DELETE FROM t WHERE i IN (SELECT j FROM t)"),
        refused(Target::DataFusion, "UPDATE t SET i = 1 WHERE i IS NULL"),
    ],
};
