//! A sum of floats depends on the order of its rows, which no engine promises. Compare under a relative tolerance. A sum that leaves the range of floats is an error on PostgreSQL and infinity on the targets.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Rule, SUMMED, duckdb},
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0122",
    name: "sum of floats",
    fidelity: SUMMED,
    constructs: &["sum"],
    page: "\
A sum of floats depends on the order of its rows, which no engine promises. Compare under a relative tolerance.",
    emit,
    examples: &[duckdb("SELECT sum(f) AS s FROM t", "SELECT sum(f) AS s\nFROM t")],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [arg] = call.args.as_slice() else { return Ok(None) };
    if arg.ty != Type::Float8 {
        return Ok(None);
    }
    let inner = emitter.expr(arg)?.text;
    emitter.function("sum", &inner, call).map(Some)
}
