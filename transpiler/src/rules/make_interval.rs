//! Rule `TR0516`, `make_interval`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::{Call, Expr, ExprKind};
use std::collections::BTreeMap;

pub(crate) static RULE: Rule = Rule {
    code: "TR0516",
    name: "make_interval",
    fidelity: Fidelity::Exact,
    constructs: &["make_interval"],
    page: "\
Years, months, weeks and days are whole numbers: the interval is the sum of their multiples. DataFusion multiplies no interval: a text of its parts is read as one.",
    emit,
    examples: &[
        duckdb(
            "SELECT make_interval(days => i) AS v FROM t",
            "SELECT (INTERVAL '1 days' * i) AS v\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT make_interval(secs => f) AS v FROM t"),
    ],
};

const UNITS: [&str; 6] =
    ["12 months", "1 months", "7 days", "1 days", "3600 seconds", "60 seconds"];

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    // Whole seconds; a fraction is rounded by rules of its own.
    let seconds = match call.args.get(6).map(|seconds| (seconds, seconds.integer(), &seconds.kind))
    {
        None | Some((_, Some(0), _)) => None,
        Some((seconds, Some(_), _)) => Some(seconds),
        Some((_, _, ExprKind::Coerce { expr } | ExprKind::Cast { expr }))
            if expr.ty.is_integer() =>
        {
            Some(&**expr)
        }
        _ => return Ok(None),
    };
    if emitter.target() == Target::DataFusion {
        return by_text(emitter, call, seconds);
    }
    let mut parts = Vec::new();
    for (arg, unit) in call.args.iter().zip(UNITS) {
        if arg.integer() != Some(0) {
            let count = emitter.expr(arg)?.at(Level::Atom);
            parts.push(format!("INTERVAL '{unit}' * {count}"));
        }
    }
    if let Some(seconds) = seconds {
        let count = match seconds.integer() {
            Some(whole) => format!("({whole})"),
            None => emitter.expr(seconds)?.at(Level::Atom),
        };
        parts.push(format!("INTERVAL '1 seconds' * {count}"));
    }
    if parts.is_empty() {
        parts.push("INTERVAL '0 seconds'".to_owned());
    }
    Ok(Some(Fragment::atom(format!("({})", parts.join(" + ")))))
}

/// `DataFusion` multiplies no interval: the text of its parts is read.
fn by_text(emitter: &mut Emitter, call: &Call, seconds: Option<&Expr>) -> Emit<Option<Fragment>> {
    const NAMES: [(i64, &str); 6] = [
        (12, "months"),
        (1, "months"),
        (7, "days"),
        (1, "days"),
        (3_600_000_000, "microseconds"),
        (60_000_000, "microseconds"),
    ];
    let seconds = seconds.into_iter().zip([(1_000_000, "microseconds")]);
    let counted = call.args.iter().zip(NAMES).chain(seconds);
    let (mut totals, mut known) = (BTreeMap::<&str, Vec<String>>::new(), Vec::new());
    for (arg, (size, unit)) in counted.filter(|(arg, _)| arg.integer() != Some(0)) {
        let count = emitter.expr(arg)?;
        if arg.integer().is_none() {
            known.push(format!("{} IS NOT NULL", count.at(Level::Atom)));
        }
        let total = totals.entry(unit).or_default();
        total.push(format!("CAST({} AS BIGINT) * {size}", count.text));
    }
    if totals.is_empty() {
        return Ok(Some(Fragment::atom("INTERVAL '0 seconds'")));
    }
    let parts: Vec<String> =
        totals.iter().map(|(unit, counts)| format!("{}, ' {unit}'", counts.join(" + "))).collect();
    let value = format!("CAST(concat({}) AS INTERVAL)", parts.join(", ' ', "));
    Ok(Some(Fragment::atom(if known.is_empty() {
        value
    } else {
        format!("CASE WHEN {} THEN {value} END", known.join(" AND "))
    })))
}
