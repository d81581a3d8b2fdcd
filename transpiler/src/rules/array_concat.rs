//! Rule `TR0604`, `array concatenation`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0604",
    name: "array concatenation",
    fidelity: Fidelity::Exact,
    constructs: &["||", "array_cat", "array_append", "array_prepend"],
    page: "\
A NULL array counts as empty when arrays are joined on PostgreSQL; on DuckDB `||` with NULL is NULL, and an element cannot be joined to an array by it.",
    emit,
    examples: &[
        duckdb(
            "SELECT a || a AS b FROM t",
            "SELECT CASE WHEN a IS NOT NULL OR a IS NOT NULL THEN list_concat(a, a) END AS b\nFROM t",
        ),
        duckdb("SELECT a || 5 AS b FROM t", "SELECT list_concat(a, [5]) AS b\nFROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    let template = match (left.ty.element(), right.ty.element()) {
        (Some(_), Some(_)) => {
            "CASE WHEN {0} IS NOT NULL OR {1} IS NOT NULL THEN list_concat({0}, {1}) END"
        }
        (Some(_), None) => "list_concat({0}, [{1}])",
        (None, Some(_)) => "list_concat([{0}], {1})",
        (None, None) => return Ok(None),
    };
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(template, &args)))
}
