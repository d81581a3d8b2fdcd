//! Rule `TR0216`, `overlay`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0216",
    name: "overlay",
    fidelity: Fidelity::Exact,
    constructs: &["overlay"],
    page: "\
`overlay` is what stands before the place, the new text, and what stands behind; DuckDB has no such function, and DataFusion takes places that are errors. A place below 1 raises. DataFusion needs a constant place.",
    emit,
    examples: &[
        duckdb(
            "SELECT overlay(x placing 'zz' from 2 for 3) AS o FROM t",
            "SELECT (left(x, 1) || 'zz' || substr(x, 5)) AS o\nFROM t",
        ),
        duckdb(
            "SELECT overlay(x placing 'z' from i) AS o FROM t",
            "SELECT CASE WHEN i <= 0 AND x IS NOT NULL AND 'z' IS NOT NULL THEN error('22011: negative substring length not allowed') ELSE left(x, i - 1) || 'z' || substr(x, CASE WHEN CAST(i AS BIGINT) + length('z') < 1 THEN 1 ELSE CAST(i AS BIGINT) + length('z') END) END AS o\nFROM t",
        ),
        refused(Target::DataFusion, "SELECT overlay(x placing 'z' from i) AS o FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let (text, with, from, length) = match call.args.as_slice() {
        [text, with, from] => (text, with, from, None),
        [text, with, from, length] => (text, with, from, Some(length)),
        _ => return Ok(None),
    };
    let constant = from.integer().filter(|n| (1..1_000_000).contains(n));
    let behind = match (constant, length.map(Expr::integer)) {
        (Some(from), None) => Some(format!("{from} + length({{1}})")),
        (Some(from), Some(Some(length @ 0..1_000_000))) => Some((from + length).to_string()),
        _ => None,
    };
    if let (Some(from), Some(behind)) = (constant, behind) {
        let args = [emitter.expr(text)?, emitter.expr(with)?];
        let template = format!("(left({{0}}, {}) || {{1}} || substr({{0}}, {behind}))", from - 1);
        return Ok(Some(fill(&template, &args)));
    }
    if emitter.target() != Target::DuckDb {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    let (length, known) =
        if args.len() > 3 { ("{3}", " AND {3} IS NOT NULL") } else { ("length({1})", "") };
    Ok(Some(fill(
        &format!(
            "CASE WHEN {{2}} <= 0 AND {{0}} IS NOT NULL AND {{1}} IS NOT NULL{known} THEN error('22011: negative substring length not allowed') ELSE left({{0}}, {{2}} - 1) || {{1}} || substr({{0}}, CASE WHEN CAST({{2}} AS BIGINT) + {length} < 1 THEN 1 ELSE CAST({{2}} AS BIGINT) + {length} END) END"
        ),
        &args,
    )))
}
