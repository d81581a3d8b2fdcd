//! `overlay` is what stands before the place, the new text, and what stands behind; DuckDB has no such function, and DataFusion takes places that are errors. The place must be a constant from 1.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0216",
    name: "overlay",
    fidelity: Fidelity::Exact,
    constructs: &["overlay"],
    page: "\
`overlay` is what stands before the place, the new text, and what stands behind; DuckDB has no such function, and DataFusion takes places that are errors. The place must be a constant from 1.",
    emit,
    examples: &[
        duckdb(
            "SELECT overlay(x placing 'zz' from 2 for 3) AS o FROM t",
            "SELECT (left(x, 1) || 'zz' || substr(x, 5)) AS o\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT overlay(x placing 'z' from i) AS o FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let (text, with, from, length) = match call.args.as_slice() {
        [text, with, from] => (text, with, from, None),
        [text, with, from, length] => (text, with, from, Some(length)),
        _ => return Ok(None),
    };
    let Some(from) = from.integer().filter(|n| (1..1_000_000).contains(n)) else {
        return Ok(None);
    };
    let behind = match length {
        None => format!("{from} + length({{1}})"),
        Some(length) => match length.integer().filter(|n| (0..1_000_000).contains(n)) {
            Some(length) => (from + length).to_string(),
            None => return Ok(None),
        },
    };
    let args = [emitter.expr(text)?, emitter.expr(with)?];
    let template = format!("(left({{0}}, {}) || {{1}} || substr({{0}}, {behind}))", from - 1);
    Ok(Some(fill(&template, &args)))
}
