//! Texts that are compared without case, brought to one case.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Example, Fidelity, Rule},
    targets::Target,
};
use model::Dialect;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0230",
    name: "case that does not count",
    fidelity: Fidelity::Exact,
    constructs: &["fold_case"],
    page: "\
Under a collation that ignores case, texts are compared by a key in lower case. Every engine has one lower case for each letter; which letters beyond ASCII a collation takes for one is its own business, so that the key says no more than case does.",
    emit,
    examples: &[
        Example {
            from: Dialect::TSql,
            sql: "SELECT i FROM t WHERE x = 'Ab '",
            target: Target::DuckDb,
            becomes: Some("SELECT i\nFROM t\nWHERE lower(rtrim(x)) = 'ab'"),
        },
        Example {
            from: Dialect::TSql,
            sql: "SELECT i FROM t WHERE x = 'Ab '",
            target: Target::DataFusion,
            becomes: Some("SELECT i\nFROM t\nWHERE lower(rtrim(x)) = 'ab'"),
        },
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let args = emitter.args(&call.args)?;
    Ok(Some(Fragment::call("lower", &args)))
}
