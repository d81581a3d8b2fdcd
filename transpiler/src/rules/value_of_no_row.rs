//! A query for a value that gives no row, on DataFusion.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0394",
    name: "the value of no row",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion takes the value of a query for one of its rows' values, so never for NULL where these are not; without a row it is NULL. A value that could be NULL, for all that DataFusion knows, is put in between.",
    // The emitter writes queries, and asks whether there is always a row.
    emit: |_, _| Ok(None),
    examples: &[datafusion(
        "SELECT (SELECT i FROM t WHERE i > 9) AS a FROM t",
        "SELECT (SELECT CASE WHEN random() >= 0 THEN _v.v END FROM (SELECT i AS v FROM t WHERE i > 9) AS _v) AS a\nFROM t",
    )],
};
