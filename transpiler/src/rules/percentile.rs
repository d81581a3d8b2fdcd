//! DuckDB interpolates decimals as decimals and rounds; PostgreSQL gives a float: the values become floats. Only ascending order and a constant fraction are translated.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, ROUNDED, Rule, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, FunctionKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0124",
    name: "continuous percentile",
    fidelity: ROUNDED,
    constructs: &["percentile_cont"],
    page: "\
DuckDB interpolates decimals as decimals and rounds; PostgreSQL gives a float: the values become floats. Only ascending order and a constant fraction are translated.",
    emit,
    examples: &[duckdb(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY f) AS m FROM t",
        "SELECT quantile_cont(f, CAST(0.5 AS DOUBLE)) AS m\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    // DataFusion interpolates with fewer digits.
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let ([fraction, value], [key]) = (call.args.as_slice(), call.order_by.as_slice()) else {
        return Ok(None);
    };
    let constant = matches!(fraction.kind, ExprKind::Literal(_))
        || matches!(&fraction.kind, ExprKind::Coerce { expr } if expr.literal().is_some());
    if value.ty != Type::Float8 || key.descending || !constant || call.filter.is_some() {
        return Ok(None);
    }
    let (fraction, value) = (emitter.expr(fraction)?, emitter.expr(value)?);
    let plain = Call { kind: FunctionKind::Aggregate, order_by: Vec::new(), ..(*call).clone() };
    let args = format!("{}, {}", value.text, fraction.text);
    emitter.function("quantile_cont", &args, &plain).map(Some)
}
