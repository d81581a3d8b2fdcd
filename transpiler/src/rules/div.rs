//! `div` cuts a quotient of exact numbers to a whole number; DuckDB has no such function, and divides decimals as floats. Whole operands divide with `//`; others are refused.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Rule, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0113",
    name: "div",
    fidelity: Fidelity::Exact,
    constructs: &["div"],
    page: "\
`div` cuts a quotient of exact numbers to a whole number; DuckDB has no such function, and divides decimals as floats. Whole operands divide with `//`; others are refused.",
    emit,
    examples: &[refused(Target::DuckDb, "SELECT div(n, 3) AS q FROM t")],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let whole = |e: &Expr| e.ty.decimal_shape().is_some_and(|s| s.scale == 0);
    if !call.args.iter().all(whole) {
        return Ok(None);
    }
    let args: Emit<Vec<Fragment>> = call
        .args
        .iter()
        .map(|arg| Ok(Fragment::atom(format!("CAST({} AS HUGEINT)", emitter.expr(arg)?.text))))
        .collect();
    Ok(Some(fill(
        "CASE WHEN {1} = 0 AND {0} IS NOT NULL THEN error('22012: division by zero') ELSE {0} // {1} END",
        &args?,
    )))
}
