//! Rule `TR1004`, `a constant text replaced`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR1004",
    name: "a constant text replaced",
    fidelity: Fidelity::Exact,
    constructs: &["replace"],
    page: "\
`replace` of a constant text is the same on DataFusion; an empty one, which PostgreSQL finds nowhere, it finds everywhere.",
    emit,
    examples: &[datafusion(
        "SELECT replace(x, 'a', 'bc') AS r FROM t",
        "SELECT replace(x, 'a', 'bc') AS r\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    let found = call.args.get(1).and_then(Expr::text).is_some_and(|text| !text.is_empty());
    if !found {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(Fragment::call("replace", &args)))
}
