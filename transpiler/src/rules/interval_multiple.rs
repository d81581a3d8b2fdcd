//! An interval times a whole number multiplies months, days and time each, on both. PostgreSQL counts the factor as a float; other factors spill from months into days by rules of their own and are refused.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0508",
    name: "multiple of an interval",
    fidelity: Fidelity::Exact,
    constructs: &["*"],
    page: "\
An interval times a whole number multiplies months, days and time each, on both. PostgreSQL counts the factor as a float; other factors spill from months into days by rules of their own and are refused.",
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
    let ExprKind::Coerce { expr: whole } = &factor.kind else { return Ok(None) };
    if !whole.ty.is_integer() {
        return Ok(None);
    }
    let (interval, whole) = (emitter.expr(interval)?, emitter.expr(whole)?);
    let text = format!("({} * {})", interval.at(Level::Unary), whole.at(Level::Atom));
    Ok(Some(Fragment::atom(text)))
}
