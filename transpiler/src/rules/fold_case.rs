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
Under a collation that ignores case, texts are compared by a key in lower case. Every engine has one lower case for each letter.",
    emit,
    examples: &[
        Example {
            from: Dialect::Teradata,
            sql: "SELECT CASE WHEN 'É' = 'é ' THEN 1 END AS a",
            target: Target::DuckDb,
            becomes: Some(
                "SELECT CASE WHEN lower(rtrim('É', ' ')) = lower(rtrim('é ', ' ')) THEN 1 END AS a",
            ),
        },
        Example {
            from: Dialect::Teradata,
            sql: "SELECT CASE WHEN 'É' = 'é ' THEN 1 END AS a",
            target: Target::DataFusion,
            becomes: Some(
                "SELECT CASE WHEN lower(rtrim('É')) = lower(rtrim('é ')) THEN 1 END AS a",
            ),
        },
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let args = emitter.args(&call.args)?;
    Ok(Some(Fragment::call("lower", &args)))
}
