//! Rule `TR1201`, `rounding the digits of a float`.

use super::float_to_decimal::without_exponent;
use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR1201",
    name: "rounding the digits of a float",
    fidelity: Fidelity::Exact,
    constructs: &["cast"],
    page: "\
A float is rounded by the digits that it is written with: `round(x::text::numeric, 2)::float8`. DuckDB has no decimal of any size, but reads a text as a decimal of as many digits, rounded half away from zero. From 1e17 on a float has no digits behind the point. DataFusion reads no exponents, which it writes from 1e16 on and below 0.00001.",
    emit,
    examples: &[
        duckdb(
            "SELECT round(f::text::numeric, 2)::float8 AS v FROM t",
            "SELECT CASE WHEN abs(f) < 1e17 THEN CAST(CAST(CAST(CASE WHEN contains(CAST(f AS VARCHAR), 'e-') THEN CASE WHEN starts_with(CAST(f AS VARCHAR), '-') THEN '-' ELSE '' END || '0.' || repeat('0', CAST(split_part(CAST(f AS VARCHAR), 'e-', 2) AS INTEGER) - 1) || replace(ltrim(split_part(CAST(f AS VARCHAR), 'e-', 1), '-'), '.', '') ELSE CAST(f AS VARCHAR) END AS DECIMAL(38, 2)) AS VARCHAR) AS DOUBLE) ELSE f END AS v\nFROM t",
        ),
        datafusion(
            "SELECT round(f::text::numeric, 2)::float8 AS v FROM t",
            "SELECT CASE WHEN abs(f) < CAST('1e-5' AS DOUBLE) THEN CAST(0 AS DOUBLE) WHEN abs(f) < CAST('1e16' AS DOUBLE) THEN CAST(CAST(TRY_CAST(CAST(f AS VARCHAR) AS DECIMAL(38, 2)) AS VARCHAR) AS DOUBLE) ELSE f END AS v\nFROM t",
        ),
        refused(Target::DataFusion, "SELECT round(f::text::numeric, 5)::float8 AS v FROM t"),
        refused(Target::DuckDb, "SELECT round(f::text::numeric, i)::float8 AS v FROM t"),
        refused(Target::DuckDb, "SELECT round(f::text::numeric, -2)::float8 AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some((value, digits)) = rounded(expr) else { return Ok(None) };
    // What is less than half of a hundred-thousandth is no digit of these.
    if emitter.target() == Target::DataFusion && digits > 4 {
        return Ok(None);
    }
    let value = emitter.expr(value)?;
    let template = if emitter.target() == Target::DataFusion {
        format!(
            "CASE WHEN abs({{0}}) < CAST('1e-5' AS DOUBLE) THEN CAST(0 AS DOUBLE) \
             WHEN abs({{0}}) < CAST('1e16' AS DOUBLE) \
             THEN CAST(CAST(TRY_CAST(CAST({{0}} AS VARCHAR) AS DECIMAL(38, {digits})) AS VARCHAR) AS DOUBLE) \
             ELSE {{0}} END"
        )
    } else {
        let text = without_exponent("CAST({0} AS VARCHAR)");
        format!(
            "CASE WHEN abs({{0}}) < 1e17 THEN CAST(CAST(CAST({text} AS DECIMAL(38, {digits})) AS VARCHAR) AS DOUBLE) ELSE {{0}} END"
        )
    };
    Ok(Some(fill(&template, &[value])))
}

/// The float and the count of digits.
fn rounded(expr: &Expr) -> Option<(&Expr, i64)> {
    let back = cast(expr, |ty| *ty == Type::Float8)?;
    let call = back.call().filter(|call| call.name == "round")?;
    let [value, digits] = call.args.as_slice() else { return None };
    let digits = digits.integer().filter(|digits| (0..=20).contains(digits))?;
    let text = cast(value, |ty| *ty == Type::NUMERIC)?;
    let float = cast(text, Type::is_text)?;
    (float.ty == Type::Float8).then_some((float, digits))
}

/// What is cast to such a type.
fn cast(expr: &Expr, wanted: impl Fn(&Type) -> bool) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Cast { expr: inner } if wanted(&expr.ty) => Some(inner),
        _ => None,
    }
}
