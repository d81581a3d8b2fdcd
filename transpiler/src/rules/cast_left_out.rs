//! Decimals lose digits behind their point: DataFusion leaves such a cast out of a comparison.

use crate::rule::{Fidelity, Rule, datafusion};

pub(crate) static RULE: Rule = Rule {
    code: "TR0398",
    name: "casts that are left out",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion compares the value itself where a cast of it is compared with a constant, and takes the cast to change nothing. A cast that takes digits from a decimal changes it: `0.005` as `DECIMAL(9, 2)` is no longer equal to `0.01`. The value is rounded before it is cast.",
    // Conversions are written by the emitter.
    emit: |_, _| Ok(None),
    examples: &[datafusion(
        "SELECT n::numeric(8,1) = 0.1 AS b FROM t",
        "SELECT CAST(round(CAST(n AS DECIMAL(38, 2)), 1) AS DECIMAL(8, 1)) = CAST('0.1' AS DECIMAL(1, 1)) AS b\nFROM t",
    )],
};
