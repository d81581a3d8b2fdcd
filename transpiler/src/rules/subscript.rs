//! A subscript below 1 is NULL on PostgreSQL and counts from the end on DuckDB: it is guarded.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::tree::{Expr, ExprKind};

pub(crate) static RULE: Rule = Rule {
    code: "TR0601",
    name: "array subscript",
    fidelity: Fidelity::Exact,
    constructs: &["subscript"],
    page: "\
A subscript below 1 is NULL on PostgreSQL and counts from the end on DuckDB and DataFusion: it is guarded.",
    emit,
    examples: &[
        duckdb("SELECT a[1] AS e FROM t", "SELECT a[1] AS e\nFROM t"),
        datafusion(
            "SELECT a[i] AS e FROM t",
            "SELECT array_element(a, CASE WHEN i >= 1 THEN i END) AS e\nFROM t",
        ),
        duckdb("SELECT a[i] AS e FROM t", "SELECT CASE WHEN i >= 1 THEN a[i] END AS e\nFROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let ExprKind::Subscript { base, index } = &expr.kind else { return Ok(None) };
    let positive = index.integer().is_some_and(|n| n >= 1);
    if emitter.target() == Target::DataFusion {
        if base.ty.element().is_none_or(|ty| ty.element().is_some()) {
            return Ok(None);
        }
        let args = [emitter.expr(base)?, emitter.expr(index)?];
        let template = if positive {
            "array_element({0}, {1})"
        } else {
            "array_element({0}, CASE WHEN {1} >= 1 THEN {1} END)"
        };
        return Ok(Some(fill(template, &args)));
    }
    let args = [emitter.expr(base)?, emitter.expr(index)?];
    let [base, index] = &args;
    Ok(Some(if positive {
        Fragment::atom(format!("{}[{}]", base.at(Level::Atom), index.text))
    } else {
        fill("CASE WHEN {1} >= 1 THEN {0}[{1}] END", &args)
    }))
}
