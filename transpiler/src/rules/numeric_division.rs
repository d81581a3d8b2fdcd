//! Rule `TR0103`, `division of exact decimals`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, ROUNDED, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0103",
    name: "division of exact decimals",
    fidelity: ROUNDED,
    constructs: &["/"],
    page: "\
PostgreSQL divides `numeric` to at least 16 significant digits. DuckDB divides decimals as floats and DataFusion cuts after a few digits: both operands become floats, which agree to about 15 digits. Compare under a relative tolerance. A divisor of zero stays an error.",
    emit,
    examples: &[
        duckdb(
            "SELECT n / 4.0 AS q FROM t",
            "SELECT CAST(n AS DOUBLE) / CAST(4.0 AS DOUBLE) AS q\nFROM t",
        ),
        duckdb(
            "SELECT n / i AS q FROM t",
            "SELECT CASE WHEN i = 0 AND n IS NOT NULL THEN error('22012: division by zero') ELSE CAST(n AS DOUBLE) / CAST(i AS DOUBLE) END AS q\nFROM t",
        ),
        datafusion(
            "SELECT n / i AS q FROM t",
            "SELECT (CAST(n AS DOUBLE) / CAST(i AS DOUBLE) / (1 / CASE WHEN i = 0 AND n IS NOT NULL THEN 0 ELSE 1 END)) AS q\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    if !matches!((&left.ty, &right.ty), (Type::Numeric(_), Type::Numeric(_))) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    let template = match emitter.target() {
        _ if never_zero(right) => "CAST({0} AS DOUBLE) / CAST({1} AS DOUBLE)",
        Target::DuckDb => {
            "CASE WHEN {1} = 0 AND {0} IS NOT NULL THEN error('22012: division by zero') ELSE CAST({0} AS DOUBLE) / CAST({1} AS DOUBLE) END"
        }
        // DataFusion has no function that raises: an integer division by zero does.
        _ => {
            "(CAST({0} AS DOUBLE) / CAST({1} AS DOUBLE) / (1 / CASE WHEN {1} = 0 AND {0} IS NOT NULL THEN 0 ELSE 1 END))"
        }
    };
    Ok(Some(fill(template, &args)))
}

/// A literal other than zero.
fn never_zero(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Number(digits)) => {
            digits.bytes().any(|b| (b'1'..=b'9').contains(&b))
        }
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => never_zero(expr),
        _ => false,
    }
}
