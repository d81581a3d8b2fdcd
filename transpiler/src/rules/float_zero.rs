//! Zero has two signs, and so has NaN. PostgreSQL takes them for equal; DataFusion compares, sorts and groups floats by their total order, where `-0.0` is less than `0.0`. Zero is added to what is no constant, which makes the sign plus.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0390",
    name: "zeros of both signs",
    fidelity: Fidelity::Exact,
    constructs: &["=", "<>", "<", "<=", ">", ">=", "between", "not between"],
    page: "\
Zero has two signs, and so has NaN. PostgreSQL takes them for equal; DataFusion compares, sorts and groups floats by their total order, where `-0.0` is less than `0.0`, and a NaN that was computed less than all. Zero is added to what is no constant and is compared, sorted by or grouped by: the sign of zero becomes plus. NaN is replaced where it may come from arithmetic.",
    emit,
    examples: &[
        datafusion(
            "SELECT f < 0 AS b FROM t",
            "SELECT ((f + CAST(0 AS DOUBLE)) < CAST(0 AS DOUBLE)) AS b\nFROM t",
        ),
        datafusion(
            "SELECT f FROM t ORDER BY f, i",
            "SELECT f\nFROM t\nORDER BY f + CAST(0 AS DOUBLE) NULLS LAST, t.i NULLS LAST",
        ),
        datafusion(
            "SELECT f FROM t GROUP BY f",
            "SELECT f + CAST(0 AS DOUBLE) AS f\nFROM t\nGROUP BY t.f + CAST(0 AS DOUBLE)",
        ),
        datafusion(
            "SELECT count(DISTINCT f) AS n FROM t",
            "SELECT count(DISTINCT f + CAST(0 AS DOUBLE)) AS n\nFROM t",
        ),
        datafusion(
            "SELECT i FROM t ORDER BY f - g",
            "SELECT i\nFROM t\nORDER BY nanvl(t.f - t.g, CAST('NaN' AS DOUBLE)) + CAST(0 AS DOUBLE) NULLS LAST",
        ),
        datafusion(
            "SELECT f < 1.5 AS b FROM t",
            "SELECT f < CAST(CAST('1.5' AS DECIMAL(2, 1)) AS DOUBLE) AS b\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    let floats = call.args.iter().any(|arg| arg.ty.is_float());
    let computed = call.args.iter().any(is_computed);
    let template = match call.args.as_slice() {
        [left, right]
            if floats && (computed || !is_beside_zero(left) && !is_beside_zero(right)) =>
        {
            format!("{{0}} {} {{1}}", call.name)
        }
        [_, low, high]
            if floats && (computed || !(is_beside_zero(low) && is_beside_zero(high))) =>
        {
            format!("({{0}}) {} ({{1}}) AND ({{2}})", call.name.to_ascii_uppercase())
        }
        _ => return Ok(None),
    };
    let mut args = emitter.args(&call.args)?;
    for (arg, expr) in args.iter_mut().zip(&call.args) {
        if may_differ(expr) && !emitter.is_key_already(expr) {
            *arg = settled(arg, expr);
        }
    }
    let mut compared = fill(&template, &args);
    compared.text = format!("({})", compared.text);
    Ok(Some(Fragment::atom(compared.text)))
}

/// The value with one zero and one NaN only.
pub(crate) fn settled(value: &Fragment, expr: &Expr) -> Fragment {
    let ty = if expr.ty == Type::Float4 { "REAL" } else { "DOUBLE" };
    let left = if is_computed(expr) {
        Fragment::atom(format!("nanvl({}, CAST('NaN' AS {ty}))", value.text))
    } else {
        value.clone()
    };
    Fragment::infix(&left, "+", &Fragment::atom(format!("CAST(0 AS {ty})")), Level::Add)
}

/// Can it be a NaN that arithmetic made, which has a sign? A column of a query inside can be one, too.
fn is_computed(expr: &Expr) -> bool {
    let makes = ["+", "-", "*", "/", "%", "unary -", "sum", "avg"];
    let statistics = ["stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop"];
    may_differ(expr)
        && expr.any_call(&|call| makes.contains(&call.name) || statistics.contains(&call.name))
}

/// Can two values of the expression be equal and yet of different signs?
pub(crate) fn may_differ(expr: &Expr) -> bool {
    // What is exact on PostgreSQL is computed in floats where its digits are not known.
    let quotient = expr.ty == Type::NUMERIC
        && expr.call().is_some_and(|call| ["/", "*", "unary -"].contains(&call.name));
    (expr.ty.is_float() || quotient) && !has_one_zero(expr)
}

/// Constants have no sign of their own, nor have exact numbers, counts and squares.
fn has_one_zero(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => {
            expr.ty.is_integer() || matches!(expr.ty, Type::Numeric(Some(_))) || has_one_zero(expr)
        }
        // `'-0'::float8`
        ExprKind::Literal(Literal::Text(text) | Literal::Typed(text)) => {
            text.trim().parse::<f64>().is_ok_and(|value| value != 0.0 || value.is_sign_positive())
        }
        ExprKind::Literal(_) => true,
        ExprKind::Call(call) => call.name == "abs",
        _ => false,
    }
}

/// Is it a constant that either zero is on the same side of?
fn is_beside_zero(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => is_beside_zero(expr),
        ExprKind::Literal(Literal::Number(digits)) => {
            digits.parse::<f64>().is_ok_and(|value| value != 0.0)
        }
        ExprKind::Literal(Literal::Null) => true,
        _ => expr.integer().is_some_and(|value| value != 0),
    }
}
