//! Upper and lower case where the vendor does not say what becomes of letters that have no single
//! letter in the other case.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, snowflake},
    targets::Target,
};
use model::Caveat;
use sql::tree::{Expr, ExprKind};

pub(crate) static RULE: Rule = Rule {
    code: "TR0233",
    name: "letters without a single letter in the other case",
    fidelity: Fidelity::Approximate(Caveat::LetterCase),
    constructs: &["upper_or_open", "lower_or_open"],
    page: "\
`ß`, the ligatures `ﬁ` and `ﬂ`, `ŉ` and a hundred more letters have no single letter in upper case, `İ` has none in lower case, and a `Σ` at the end of a word has one of its own. Some engines write `SS` for `ß`, some leave it; Snowflake, Redshift and Teradata do not say what they do. Here each letter becomes one letter, as on PostgreSQL, and what has none stays.",
    emit,
    examples: &[
        snowflake(Target::DuckDb, "SELECT lower(x) AS a FROM t", "SELECT lower(x) AS a\nFROM t"),
        snowflake(Target::Postgres, "SELECT lower(x) AS a FROM t", "SELECT lower(x) AS a\nFROM t"),
    ],
};

/// The function of the core that a call of this rule is, but for some letters.
pub(crate) fn written(name: &str) -> Option<&'static str> {
    match name {
        "upper_or_open" => Some("upper"),
        "lower_or_open" => Some("lower"),
        _ => None,
    }
}

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some((call, name)) = expr.call().and_then(|call| Some((call, written(call.name)?))) else {
        return Ok(None);
    };
    let mut plain = call.clone();
    plain.name = name;
    let plain = Expr { kind: ExprKind::Call(Box::new(plain)), ..expr.clone() };
    emitter.expr(&plain).map(Some)
}
