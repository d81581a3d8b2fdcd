//! A comparison with any element of a NULL array is NULL on PostgreSQL and false on DuckDB: it is guarded.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::tree::QuantifiedSource;
use sql::tree::{Expr, ExprKind};

pub(crate) static RULE: Rule = Rule {
    code: "TR0603",
    name: "ANY and ALL of an array",
    fidelity: Fidelity::Exact,
    constructs: &["quantified"],
    page: "\
A comparison with any element of a NULL array is NULL on PostgreSQL and false on DuckDB: it is guarded.",
    emit,
    examples: &[duckdb(
        "SELECT i = ANY(a) AS m FROM t",
        "SELECT CASE WHEN a IS NOT NULL THEN i = ANY (a) END AS m\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let ExprKind::Quantified { op, all, expr: left, source } = &expr.kind else {
        return Ok(None);
    };
    let (QuantifiedSource::Array(array), Target::DuckDb) = (source, emitter.target()) else {
        return Ok(None);
    };
    let word = if *all { "ALL" } else { "ANY" };
    let args = [emitter.expr(left)?, emitter.expr(array)?];
    Ok(Some(fill(
        &format!("CASE WHEN {{1}} IS NOT NULL THEN {{0}} {op} {word} ({{1}}) END"),
        &args,
    )))
}
