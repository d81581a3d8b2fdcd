//! Rule `TR0102`, `remainder of a division by zero`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0102",
    name: "remainder of a division by zero",
    fidelity: Fidelity::Exact,
    constructs: &["%", "mod"],
    page: "\
A remainder by zero is an error on PostgreSQL and NULL on DuckDB: the error is raised. The sign follows the dividend on both. Of decimals whose digits together are more than 38 DuckDB computes in floats: both are cast to 38 digits.",
    emit,
    examples: &[
        duckdb("SELECT mod(i, 7) AS r FROM t", "SELECT i % 7 AS r\nFROM t"),
        duckdb(
            "SELECT i % j AS r FROM t",
            "SELECT CASE WHEN j = 0 AND i IS NOT NULL THEN error('22012: division by zero') ELSE i % j END AS r\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    let exact = |e: &Expr| e.ty.decimal_shape().is_some();
    if !(exact(left) && exact(right)) {
        return Ok(None);
    }
    let mut args = emitter.args(&call.args)?;
    if let Some(types) = wide_enough(left, right) {
        args = args
            .iter()
            .zip(types)
            .map(|(arg, ty)| Fragment::atom(format!("CAST({} AS {ty})", arg.text)))
            .collect();
    }
    if right.integer().is_some_and(|n| n != 0) {
        return Ok(match args.as_slice() {
            [l, r] => Some(Fragment::infix(l, "%", r, Level::Multiply)),
            _ => None,
        });
    }
    Ok(Some(fill(
        "CASE WHEN {1} = 0 AND {0} IS NOT NULL THEN error('22012: division by zero') ELSE {0} % {1} END",
        &args,
    )))
}

/// The types in which the remainder is exact. DuckDB computes it in floats where a decimal with the
/// digits of both would have more than 38; a number that does not fit raises an error then.
fn wide_enough(left: &Expr, right: &Expr) -> Option<[String; 2]> {
    let is_decimal = |e: &Expr| matches!(e.ty, Type::Numeric(_));
    let (one, two) = left.ty.decimal_shape().zip(right.ty.decimal_shape())?;
    let scale = one.scale.max(two.scale);
    let whole =
        one.precision.saturating_sub(one.scale).max(two.precision.saturating_sub(two.scale));
    // What a translation computes may have another type than the source's.
    let sure = |e: &Expr| matches!(e.kind, ExprKind::Column { .. } | ExprKind::Literal(_));
    let known = [left, right].into_iter().all(|e| !is_decimal(e) || sure(e));
    if !(is_decimal(left) || is_decimal(right)) || scale > 38 || known && whole + scale <= 38 {
        return None;
    }
    let ty = format!("DECIMAL(38, {scale})");
    Some([ty.clone(), ty])
}
