//! Rule `TR0508`, `multiple of an interval`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
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
An interval times a whole number multiplies months, days and time each, on both. PostgreSQL counts the factor as a float; a constant factor of days and time is worked out, other factors spill from months into days by rules of their own and are refused. DataFusion multiplies no interval: the text of its parts is read as one.",
    emit,
    examples: &[
        datafusion(
            "SELECT i * INTERVAL '1 day' AS v FROM t",
            "SELECT CASE WHEN i IS NOT NULL THEN CAST(concat(i, ' days') AS INTERVAL) END AS v\nFROM t",
        ),
        duckdb(
            "SELECT i * INTERVAL '1 day' AS v FROM t",
            "SELECT (INTERVAL '1 days' * i) AS v\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT f * INTERVAL '1 day' AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let (interval, factor) = match call.args.as_slice() {
        [one, two] if one.ty == Type::Interval => (one, two),
        [one, two] if two.ty == Type::Interval => (two, one),
        _ => return Ok(None),
    };
    if let Some(product) = constant(interval, factor) {
        // Nanoseconds of 64 bits.
        if emitter.target() == Target::DataFusion && product.1.unsigned_abs() > u64::MAX / 2000 {
            return Ok(None);
        }
        return Ok(Some(crate::emit::interval(0, product.0, product.1)));
    }
    let (ExprKind::Coerce { expr: whole } | ExprKind::Cast { expr: whole }) = &factor.kind else {
        return Ok(None);
    };
    if !whole.ty.is_integer() {
        return Ok(None);
    }
    if emitter.target() == Target::DataFusion {
        return by_text(emitter, interval, whole);
    }
    let (interval, whole) = (emitter.expr(interval)?, emitter.expr(whole)?);
    let text = format!("({} * {})", interval.at(Level::Unary), whole.at(Level::Atom));
    Ok(Some(Fragment::atom(text)))
}

/// `DataFusion` multiplies no interval: the text of its parts is read.
fn by_text(emitter: &mut Emitter, interval: &Expr, whole: &Expr) -> Emit<Option<Fragment>> {
    let Some(Literal::Interval { months, days, micros }) = interval.literal() else {
        return Ok(None);
    };
    let most = |unit: i64, range: i64| range / unit.saturating_abs().max(1);
    // Months and days have 32 bits, nanoseconds 64.
    let month_or_day = i64::from(i32::MAX);
    let limit = most(i64::from(*months), month_or_day)
        .min(most(i64::from(*days), month_or_day))
        .min(most(*micros, i64::MAX / 1000));
    let parts =
        [(i64::from(*months), "months"), (i64::from(*days), "days"), (*micros, "microseconds")];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count != 0)
        .map(|(count, unit)| match count {
            1 => format!("{{0}}, ' {unit}'"),
            _ => format!("CAST({{0}} AS BIGINT) * {count}, ' {unit}'"),
        })
        .collect();
    if parts.is_empty() {
        return Ok(None);
    }
    // Of a constant it computes all branches, and `concat` takes NULL for nothing.
    let value = if whole.is_constant() {
        format!("CAST({} AS INTERVAL)", parts.join(" || ' ' || ").replace(", '", " || '"))
    } else {
        format!("CAST(concat({}) AS INTERVAL)", parts.join(", ' ', "))
    };
    let widest = if matches!(whole.ty, Type::Int2 | Type::Int4) { month_or_day } else { i64::MAX };
    let template = if limit < widest {
        let condition = format!("{{0}} > {limit} OR {{0}} < -{limit}");
        let value = format!("CASE WHEN {{0}} IS NOT NULL THEN {value} END");
        emitter.raise_if_of(std::slice::from_ref(whole), &condition, &value)
    } else {
        format!("CASE WHEN {{0}} IS NOT NULL THEN {value} END")
    };
    let whole = emitter.expr(whole)?;
    Ok(Some(fill(&template, &[whole])))
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
