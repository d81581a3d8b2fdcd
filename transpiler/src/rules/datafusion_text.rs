//! Text functions that DataFusion has in another way.

use crate::{
    rule::{Fidelity, Rule, datafusion},
    targets::forms::by_signature,
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0291",
    name: "text on DataFusion",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion puts the new text between all characters where the text to replace is empty, has no character of code 0 to refuse, and knows letters that change with their place in a word. Such texts are looked at first.",
    emit: by_signature,
    examples: &[datafusion(
        "SELECT lpad(x, i) AS p FROM t",
        "SELECT CASE WHEN 1 / CASE WHEN i > 100000000 THEN 0 ELSE 1 END = 1 THEN lpad(x, i) END AS p\nFROM t",
    )],
};
