//! Rule `TR0704`, `a value out of JSON`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0704",
    name: "a value out of JSON",
    fidelity: Fidelity::Exact,
    constructs: &["->", "#>", "json_at", "json_lax_at"],
    page: "\
`->` along a path is `json_extract`, with the numbers of the document as they are written there: DuckDB alone would make floats of those with a fraction.",
    emit,
    examples: &[duckdb(
        "SELECT jb -> 'a' AS v FROM t",
        "SELECT json_extract(jb, '$.a') AS v\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    if emitter.target() != Target::DuckDb || super::json_plain::applies(emitter, expr) {
        return Ok(None);
    }
    let Some(place) = super::json_path::of_value(emitter, expr)? else { return Ok(None) };
    if place.loses_text(emitter) {
        return Ok(None);
    }
    Ok(Some(place.guarded("", &place.value())))
}
