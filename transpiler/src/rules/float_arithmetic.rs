//! Rule `TR0104`, `overflow of floats`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
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
        datafusion(
            "SELECT f / g AS q FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN iszero(g) AND NOT isnan(f) OR abs(f / g) = CAST('Infinity' AS DOUBLE) AND abs(f) < CAST('Infinity' AS DOUBLE) AND abs(g) < CAST('Infinity' AS DOUBLE) OR iszero(f / g) AND NOT iszero(f) AND abs(g) < CAST('Infinity' AS DOUBLE) THEN 0 ELSE 1 END = 1 THEN f / g END AS q\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    if !(left.ty.is_float() && right.ty.is_float()) {
        return Ok(None);
    }
    // The text of the operands is repeated, so they must be short.
    if !(is_small(left) && is_small(right)) {
        return Ok(None);
    }
    // A sum that is guarded cannot be a sort key there: its plan does not hold.
    if emitter.target() == Target::DataFusion && ["+", "-"].contains(&call.name) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    if emitter.target() != Target::DuckDb {
        let (condition, value) = on_datafusion(call.name);
        let guarded = emitter.raise_if_of(&call.args, &condition, &value);
        return Ok(Some(fill(&guarded, &args)));
    }
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

/// Where PostgreSQL raises, and the value. DataFusion tells both zeros apart, and has no test for
/// infinity.
fn on_datafusion(op: &str) -> (String, String) {
    let infinity = "CAST('Infinity' AS DOUBLE)";
    let value = format!("{{0}} {op} {{1}}");
    let finite = format!("abs({{0}}) < {infinity} AND abs({{1}}) < {infinity}");
    let over = format!("abs({value}) = {infinity} AND {finite}");
    let condition = match op {
        "*" => format!("{over} OR iszero({value}) AND NOT iszero({{0}}) AND NOT iszero({{1}})"),
        _ => format!(
            "iszero({{1}}) AND NOT isnan({{0}}) OR {over} OR iszero({value}) AND NOT iszero({{0}}) AND abs({{1}}) < {infinity}"
        ),
    };
    (condition, value)
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
