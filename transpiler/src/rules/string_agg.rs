//! Joining texts of a group.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0125",
    name: "string_agg",
    fidelity: Fidelity::Exact,
    constructs: &["string_agg"],
    page: "\
A NULL delimiter joins without one on PostgreSQL and gives NULL on DuckDB, and DuckDB wants a constant: a constant text is needed. With DISTINCT PostgreSQL sorts; without ORDER BY that is refused.",
    emit,
    examples: &[
        duckdb(
            "SELECT string_agg(x, ',' ORDER BY x) AS s FROM t",
            "SELECT string_agg(x, ',' ORDER BY x NULLS LAST) AS s\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT string_agg(x, x) AS s FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let constant = call.args.get(1).is_some_and(|delimiter| delimiter.text().is_some());
    if !constant {
        return Ok(None);
    }
    let args: Vec<String> = emitter.args(&call.args)?.into_iter().map(|a| a.text).collect();
    emitter.function("string_agg", &args.join(", "), call).map(Some)
}
