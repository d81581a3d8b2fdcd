//! Rule `TR0511`, `age`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0511",
    name: "age",
    fidelity: Fidelity::Exact,
    constructs: &["age"],
    page: "\
The months, days and time between two moments are counted alike on PostgreSQL and DuckDB. For DataFusion they are written out.",
    emit,
    examples: &[
        duckdb("SELECT age(ts, ts) AS a FROM t", "SELECT age(ts, ts) AS a\nFROM t"),
        datafusion(
            "SELECT age(d, d) AS a FROM t",
            "SELECT CASE WHEN d IS NOT NULL AND d IS NOT NULL THEN CAST(concat(CASE WHEN d < d THEN -1 ELSE 1 END * ((extract(year FROM greatest(d, d)) - extract(year FROM least(d, d))) * 12 + extract(month FROM greatest(d, d)) - extract(month FROM least(d, d)) - CASE WHEN extract(day FROM greatest(d, d)) - extract(day FROM least(d, d)) < 0 THEN 1 ELSE 0 END), ' months ', CASE WHEN d < d THEN -1 ELSE 1 END * (extract(day FROM greatest(d, d)) - extract(day FROM least(d, d)) + CASE WHEN extract(day FROM greatest(d, d)) - extract(day FROM least(d, d)) < 0 THEN extract(day FROM date_trunc('month', least(d, d)) + INTERVAL '1 months' - INTERVAL '1 days') ELSE 0 END), ' days') AS INTERVAL) END AS a\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    if !call.args.iter().all(|arg| matches!(arg.ty, Type::Timestamp | Type::TimestampTz)) {
        return Ok(None);
    }
    if emitter.target() == Target::DataFusion {
        return on_datafusion(emitter, &call.args);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(Fragment::call("age", &args)))
}

/// Months, days and time of the later moment less those of the earlier one: what is missing of a day
/// is taken from the days, and what is missing of those from the months, with as many days as the
/// earlier month has.
fn on_datafusion(emitter: &mut Emitter, args: &[Expr]) -> Emit<Option<Fragment>> {
    let [one, two] = args else { return Ok(None) };
    // A date was converted to a time of the session's zone only to find the function.
    let plain = |arg: &Expr| match &arg.kind {
        ExprKind::Coerce { expr } if expr.ty == Type::Date => Some((**expr).clone()),
        _ => (arg.ty == Type::Timestamp).then(|| arg.clone()),
    };
    let (Some(one), Some(two)) = (plain(one), plain(two)) else { return Ok(None) };
    let (one_day, two_day) = (one.ty == Type::Date, two.ty == Type::Date);
    let dates = one_day && two_day;
    let mut moment = |arg: &Expr| -> Emit<Fragment> {
        let value = emitter.expr(arg)?;
        Ok(if dates { value } else { fill("CAST({0} AS TIMESTAMP(6))", &[value]) })
    };
    let pair = [moment(&one)?, moment(&two)?];
    let ends = [fill("least({0}, {1})", &pair), fill("greatest({0}, {1})", &pair)];
    let time = |end: usize| {
        format!(
            "arrow_cast({{{end}}}, 'Int64') - arrow_cast(date_trunc('day', {{{end}}}), 'Int64')"
        )
    };
    let borrowed = if dates {
        String::new()
    } else {
        format!(" - CASE WHEN {} < {} THEN 1 ELSE 0 END", time(1), time(0))
    };
    let days = format!("extract(day FROM {{1}}) - extract(day FROM {{0}}){borrowed}");
    let length =
        "extract(day FROM date_trunc('month', {0}) + INTERVAL '1 months' - INTERVAL '1 days')";
    let months = "(extract(year FROM {1}) - extract(year FROM {0})) * 12 + extract(month FROM {1}) - extract(month FROM {0})";
    let sign = fill("CASE WHEN {0} < {1} THEN -1 ELSE 1 END", &pair).text;
    let micros = if dates {
        "'".to_owned()
    } else {
        format!(
            " ', {sign} * ((arrow_cast({{1}}, 'Int64') - arrow_cast({{0}}, 'Int64')) % 86400000000), ' microseconds'"
        )
    };
    let template = format!(
        "CAST(concat({sign} * ({months} - CASE WHEN {days} < 0 THEN 1 ELSE 0 END), ' months ', {sign} * ({days} + CASE WHEN {days} < 0 THEN {length} ELSE 0 END), ' days{micros}) AS INTERVAL)"
    );
    let value = fill(&template, &ends);
    let known =
        format!("CASE WHEN {{0}} IS NOT NULL AND {{1}} IS NOT NULL THEN {} END", value.text);
    Ok(Some(fill(&known, &pair)))
}
