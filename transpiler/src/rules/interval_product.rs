//! A whole number of an interval: DuckDB multiplies intervals by integers only.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Rule, duckdb},
    targets::Target,
};
use model::Fidelity;
use sql::{
    Type,
    tree::{Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0507",
    name: "number of an interval",
    fidelity: Fidelity::Exact,
    constructs: &["*"],
    page: "\
`n * INTERVAL '1 month'` multiplies by a float on PostgreSQL. DuckDB multiplies each part of an interval by an integer, which is the same for whole numbers of whole months, days or seconds; parts of an interval would spill over into smaller units, so other factors are refused.",
    emit,
    examples: &[duckdb(
        "SELECT ts + i * INTERVAL '1 month' AS n FROM t",
        "SELECT ts + (i * (INTERVAL '1 months')) AS n\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let (factor, interval) = match call.args.as_slice() {
        [a, b] if b.ty == Type::Interval => (a, b),
        [a, b] if a.ty == Type::Interval => (b, a),
        _ => return Ok(None),
    };
    let constant = matches!(interval.literal(), Some(Literal::Interval { .. }));
    let Some(whole) = whole(factor).filter(|_| constant) else { return Ok(None) };
    let args = emitter.args(&[whole.clone(), interval.clone()])?;
    Ok(Some(fill("{0} * {1}", &args)))
}

/// The integer that a factor was before it became a float.
fn whole(factor: &Expr) -> Option<&Expr> {
    match &factor.kind {
        ExprKind::Coerce { expr } if expr.ty.is_integer() => Some(expr),
        _ => None,
    }
}
