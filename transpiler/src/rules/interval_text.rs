//! Rule `TR0509`, `interval from a count in text`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0509",
    name: "interval from a count in text",
    fidelity: Fidelity::Exact,
    constructs: &["cast"],
    page: "\
A count with a unit behind it, read as an interval, is that many of the unit. DuckDB reads only constants as intervals, DataFusion such texts too, once they are numbers of what it counts in.",
    emit,
    examples: &[
        duckdb(
            "SELECT (i || ' days')::interval AS v FROM t",
            "SELECT (INTERVAL '1 days' * i) AS v\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT x::interval AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let ExprKind::Cast { expr: inner } = &expr.kind else { return Ok(None) };
    let (Type::Interval, Some(call)) = (&expr.ty, inner.call()) else {
        return Ok(None);
    };
    let [count, unit] = call.args.as_slice() else { return Ok(None) };
    let ExprKind::Cast { expr: count } = &count.kind else { return Ok(None) };
    let unit = unit.text().and_then(|text| match text.trim() {
        "day" | "days" => Some((1, "days")),
        "week" | "weeks" => Some((7, "days")),
        "month" | "months" | "mon" | "mons" => Some((1, "months")),
        "year" | "years" => Some((12, "months")),
        "hour" | "hours" => Some((3600, "seconds")),
        "minute" | "minutes" => Some((60, "seconds")),
        "second" | "seconds" => Some((1, "seconds")),
        _ => None,
    });
    let (Some((size, unit)), true, "||") = (unit, count.ty.is_integer(), call.name) else {
        return Ok(None);
    };
    if emitter.target() == Target::DataFusion {
        let args = [emitter.expr(count)?];
        let template = format!(
            "CASE WHEN {{0}} IS NOT NULL THEN CAST(concat(CAST({{0}} AS BIGINT) * {size}, ' {unit}') AS INTERVAL) END"
        );
        return Ok(Some(fill(&template, &args)));
    }
    let count = emitter.expr(count)?;
    Ok(Some(Fragment::atom(format!("(INTERVAL '{size} {unit}' * {})", count.at(Level::Atom)))))
}
