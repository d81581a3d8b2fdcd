//! Rule `TR0120`, `average`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Rule, SUMMED, datafusion, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0120",
    name: "average",
    fidelity: SUMMED,
    constructs: &["avg"],
    page: "\
PostgreSQL averages integers and `numeric` exactly, to at least 16 digits; the targets average as floats. Compare under a relative tolerance.",
    emit,
    examples: &[
        duckdb("SELECT avg(n) AS a FROM t", "SELECT avg(n) AS a\nFROM t"),
        datafusion("SELECT avg(n) AS a FROM t", "SELECT avg(CAST(n AS DOUBLE)) AS a\nFROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [arg] = call.args.as_slice() else { return Ok(None) };
    if !arg.ty.is_number() {
        return Ok(None);
    }
    let inner = emitter.expr(arg)?.text;
    let inner = match (emitter.target(), &arg.ty) {
        (Target::DuckDb, _) | (_, Type::Float8) => inner,
        _ => format!("CAST({inner} AS DOUBLE)"),
    };
    emitter.function("avg", &inner, call).map(Some)
}
