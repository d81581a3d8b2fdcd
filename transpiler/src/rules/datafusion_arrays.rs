//! Array functions that DataFusion has in another way.

use crate::{
    rule::{Fidelity, Rule, datafusion},
    targets::forms::by_signature,
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0680",
    name: "arrays on DataFusion",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion counts in unsigned numbers, and makes nothing of an array that a NULL is removed from. Such cases are looked at first.",
    emit: by_signature,
    examples: &[datafusion(
        "SELECT array_position(a, i) AS n FROM t",
        "SELECT CAST(array_position(a, i) AS INT) AS n\nFROM t",
    )],
};
