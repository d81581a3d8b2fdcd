//! Numbers that DataFusion computes in another way.

use crate::{
    rule::{Fidelity, Rule, datafusion},
    targets::forms::by_signature,
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0180",
    name: "numbers on DataFusion",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion's integers wrap around where PostgreSQL raises, its roots and logarithms give NaN or infinity, floats round half away from zero, and decimals are cut as floats. The value is computed by other means, and raised where PostgreSQL raises.",
    emit: by_signature,
    examples: &[datafusion(
        "SELECT -i AS n FROM t",
        "SELECT CAST((-CAST(i AS BIGINT)) AS INT) AS n\nFROM t",
    )],
};
