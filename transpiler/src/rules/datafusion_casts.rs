//! Conversions that DataFusion makes in another way.

use crate::{
    rule::{Fidelity, Rule, datafusion},
    targets::forms::by_signature,
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0380",
    name: "conversions on DataFusion",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion cuts where PostgreSQL rounds, reads numbers and dates from other spellings, and writes timestamps with a `T`. Texts are checked by a pattern before they are read: other spellings are raised. Floats round half to even.",
    emit: by_signature,
    examples: &[datafusion(
        "SELECT f::int AS n FROM t",
        "SELECT CAST(CASE WHEN abs(f - trunc(f)) = CAST('0.5' AS DOUBLE) THEN 2 * round(f / 2) ELSE round(f) END AS INT) AS n\nFROM t",
    )],
};
