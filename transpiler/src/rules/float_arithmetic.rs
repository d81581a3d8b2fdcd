//! Float arithmetic that leaves the range, or divides by zero, is an error on PostgreSQL; DuckDB gives infinity. The error is raised: operands that are finite must give a finite result. A product or quotient that is too small for a float is an error on PostgreSQL too and is raised as well.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::{Expr, ExprKind};

pub(crate) static RULE: Rule = Rule {
    code: "TR0104",
    name: "overflow of floats",
    fidelity: Fidelity::Exact,
    constructs: &["+", "-", "*", "/"],
    page: "\
Float arithmetic that leaves the range, or divides by zero, is an error on PostgreSQL; DuckDB gives infinity. The error is raised: operands that are finite must give a finite result. A product or quotient that is too small for a float is an error on PostgreSQL too and is raised as well.",
    emit,
    examples: &[
        duckdb(
            "SELECT f + f AS s FROM t",
            "SELECT CASE WHEN isinf(f + f) AND isfinite(f) AND isfinite(f) THEN error('22003: value out of range: overflow') ELSE f + f END AS s\nFROM t",
        ),
        refused(Target::DataFusion, "SELECT f / g AS q FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    if !(left.ty.is_float() && right.ty.is_float()) {
        return Ok(None);
    }
    // The text of the operands is repeated, so they must be short.
    if !(is_small(left) && is_small(right)) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(
        match call.name {
            "+" => {
                "CASE WHEN isinf({0} + {1}) AND isfinite({0}) AND isfinite({1}) THEN error('22003: value out of range: overflow') ELSE {0} + {1} END"
            }
            "-" => {
                "CASE WHEN isinf({0} - {1}) AND isfinite({0}) AND isfinite({1}) THEN error('22003: value out of range: overflow') ELSE {0} - {1} END"
            }
            "*" => {
                "CASE WHEN isinf({0} * {1}) AND isfinite({0}) AND isfinite({1}) THEN error('22003: value out of range: overflow') WHEN {0} * {1} = 0 AND {0} <> 0 AND {1} <> 0 THEN error('22003: value out of range: underflow') ELSE {0} * {1} END"
            }
            _ => {
                "CASE WHEN {1} = 0 AND {0} IS NOT NULL THEN error('22012: division by zero') WHEN isinf({0} / {1}) AND isfinite({0}) AND isfinite({1}) THEN error('22003: value out of range: overflow') WHEN {0} / {1} = 0 AND {0} <> 0 AND isfinite({1}) THEN error('22003: value out of range: underflow') ELSE {0} / {1} END"
            }
        },
        &args,
    )))
}

/// A column or a constant, perhaps converted.
pub(super) fn is_small(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Column { .. } | ExprKind::Literal(_) | ExprKind::Parameter(_) => true,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_small(expr),
        ExprKind::Call(call) => call.name == "unary -" && call.args.iter().all(is_small),
        _ => false,
    }
}
