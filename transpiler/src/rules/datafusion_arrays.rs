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
DataFusion counts in unsigned numbers, finds a NULL where PostgreSQL finds nothing, and takes an index below 1 from the end. Such cases are looked at first.",
    emit: by_signature,
    examples: &[datafusion(
        "SELECT cardinality(a) AS n FROM t",
        "SELECT CAST(cardinality(a) AS INT) AS n\nFROM t",
    )],
};
