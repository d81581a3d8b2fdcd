//! Conditions that DataFusion moves below groups that give a row of no rows.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0396",
    name: "conditions moved below groups",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
A condition that is about no column in the end, because what it asks is a constant in the query inside, DataFusion moves below that query's aggregates. No row gets to them then, and they give their row of no rows, which the condition should have taken away: `SELECT * FROM (SELECT 'a' AS k, count(*) AS n FROM t) AS g WHERE k = 'b'` has a row. It moves no condition below a limit, so one that leaves no row out is written. A condition of HAVING that asks a query alone stays above the groups beside `OR count(*) < 0`, which never holds.",
    // A limit is no expression: the emitter writes it.
    emit: |_, _| Ok(None),
    examples: &[
        datafusion(
            "SELECT n FROM (SELECT 'a' AS k, count(*) AS n FROM t) AS g WHERE k = 'b'",
            "SELECT n\nFROM (SELECT 'a' AS k, count(*) AS n FROM t LIMIT 9223372036854775807) AS g\nWHERE k = 'b'",
        ),
        datafusion(
            "SELECT count(*) AS n FROM t HAVING 1 = (SELECT count(*) FROM t)",
            "SELECT count(*) AS n\nFROM t\nHAVING (1 = (SELECT count(*) AS count FROM t) OR count(*) < 0)",
        ),
    ],
};
