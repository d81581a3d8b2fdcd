//! A remainder of decimals.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::tree::{Expr, ExprKind, Literal};

pub(crate) static RULE: Rule = Rule {
    code: "TR0182",
    name: "remainder of a division by one",
    fidelity: Fidelity::Exact,
    constructs: &["%", "mod"],
    page: "\
DataFusion takes the remainder of anything divided by the number 1 for zero, also where the dividend has digits behind the point. The sign of a remainder is the dividend's whatever the divisor's is: a negative divisor is written.",
    emit,
    examples: &[
        datafusion(
            "SELECT n % 1.0 AS r FROM t",
            "SELECT n % (-abs(CAST('1.0' AS DECIMAL(2, 1)))) AS r\nFROM t",
        ),
        datafusion(
            "SELECT n % 0.5 AS r FROM t",
            "SELECT n % CAST('0.5' AS DECIMAL(1, 1)) AS r\nFROM t",
        ),
        datafusion("SELECT n % i AS r FROM t", "SELECT n % (-abs(i)) AS r\nFROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    let decimals = [left, right].iter().all(|arg| arg.ty.decimal_shape().is_some());
    if !decimals || [left, right].iter().all(|arg| arg.ty.is_integer()) {
        return Ok(None);
    }
    let plain = is_other_literal(right);
    let args = emitter.args(&call.args)?;
    let template = if plain { "{0} % {1}" } else { "{0} % (-abs({1}))" };
    Ok(Some(Fragment { level: Level::Multiply, ..fill(template, &args) }))
}

/// A constant that is not 1.
fn is_other_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Number(digits)) => {
            digits.trim_start_matches('0').trim_end_matches('0') != "1."
                && digits.trim_start_matches('0') != "1"
        }
        ExprKind::Coerce { expr } => is_other_literal(expr),
        _ => false,
    }
}
