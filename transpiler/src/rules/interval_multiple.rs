//! An interval times a whole number multiplies months, days and time each, on both. PostgreSQL counts the factor as a float; a constant factor of days and time is worked out, other factors spill from months into days by rules of their own and are refused.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0508",
    name: "multiple of an interval",
    fidelity: Fidelity::Exact,
    constructs: &["*"],
    page: "\
An interval times a whole number multiplies months, days and time each, on both. PostgreSQL counts the factor as a float; a constant factor of days and time is worked out, other factors spill from months into days by rules of their own and are refused.",
    emit,
    examples: &[
        duckdb(
            "SELECT i * INTERVAL '1 day' AS v FROM t",
            "SELECT (INTERVAL '1 days' * i) AS v\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT f * INTERVAL '1 day' AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let (interval, factor) = match call.args.as_slice() {
        [one, two] if one.ty == Type::Interval => (one, two),
        [one, two] if two.ty == Type::Interval => (two, one),
        _ => return Ok(None),
    };
    if let Some(product) = constant(interval, factor) {
        return Ok(Some(crate::emit::interval(0, product.0, product.1)));
    }
    let (ExprKind::Coerce { expr: whole } | ExprKind::Cast { expr: whole }) = &factor.kind else {
        return Ok(None);
    };
    if !whole.ty.is_integer() {
        return Ok(None);
    }
    let (interval, whole) = (emitter.expr(interval)?, emitter.expr(whole)?);
    let text = format!("({} * {})", interval.at(Level::Unary), whole.at(Level::Atom));
    Ok(Some(Fragment::atom(text)))
}

/// Days and microseconds of a constant interval without months times a constant decimal, where it
/// comes out even.
fn constant(interval: &Expr, factor: &Expr) -> Option<(i32, i64)> {
    let Some(Literal::Interval { months: 0, days, micros }) = interval.literal() else {
        return None;
    };
    let (ExprKind::Coerce { expr: factor } | ExprKind::Cast { expr: factor }) = &factor.kind else {
        return None;
    };
    let Some(Literal::Number(digits)) = factor.literal() else { return None };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let number: i128 = format!("{whole}{fraction}").parse().ok()?;
    let unit = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    // Days stay days, what is left of one becomes time.
    let all = i128::from(*days).checked_mul(number)?;
    let rest = (all % unit).checked_mul(86_400_000_000)?;
    let time = i128::from(*micros).checked_mul(number)?.checked_add(rest)?;
    if time % unit != 0 {
        return None;
    }
    Some((i32::try_from(all / unit).ok()?, i64::try_from(time / unit).ok()?))
}
