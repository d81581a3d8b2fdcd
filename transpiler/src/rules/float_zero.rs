//! Zero has two signs. PostgreSQL takes them for equal; DataFusion compares floats by their total order, where `-0.0` is less than `0.0`. Zero is added to what is no constant, which makes the sign plus.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::tree::{Expr, ExprKind, Literal};

pub(crate) static RULE: Rule = Rule {
    code: "TR0390",
    name: "zeros of both signs",
    fidelity: Fidelity::Exact,
    constructs: &["=", "<>", "<", "<=", ">", ">=", "between", "not between"],
    page: "\
Zero has two signs. PostgreSQL takes them for equal; DataFusion compares floats by their total order, where `-0.0` is less than `0.0`. Zero is added to what is no constant, which makes the sign plus.",
    emit,
    examples: &[
        datafusion(
            "SELECT f < 0 AS b FROM t",
            "SELECT ((f + CAST(0 AS DOUBLE)) < CAST(0 AS DOUBLE)) AS b\nFROM t",
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
    let template = match call.args.as_slice() {
        [left, right] if floats && !is_beside_zero(left) && !is_beside_zero(right) => {
            format!("{{0}} {} {{1}}", call.name)
        }
        [_, low, high] if floats && !(is_beside_zero(low) && is_beside_zero(high)) => {
            format!("({{0}}) {} ({{1}}) AND ({{2}})", call.name.to_ascii_uppercase())
        }
        _ => return Ok(None),
    };
    let mut args = emitter.args(&call.args)?;
    for (arg, _) in args.iter_mut().zip(&call.args).filter(|(_, expr)| !is_constant(expr)) {
        *arg = fill("{0} + CAST(0 AS DOUBLE)", std::slice::from_ref(arg));
    }
    let mut compared = fill(&template, &args);
    compared.text = format!("({})", compared.text);
    Ok(Some(Fragment::atom(compared.text)))
}

/// Constants have no sign of their own.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => is_constant(expr),
        ExprKind::Literal(Literal::Number(_)) => true,
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
