//! Years, months, weeks and days are whole numbers: the interval is the sum of their multiples.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::{Expr, ExprKind};

pub(crate) static RULE: Rule = Rule {
    code: "TR0516",
    name: "make_interval",
    fidelity: Fidelity::Exact,
    constructs: &["make_interval"],
    page: "\
Years, months, weeks and days are whole numbers: the interval is the sum of their multiples.",
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
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
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
