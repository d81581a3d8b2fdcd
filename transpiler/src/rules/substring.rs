//! Rule `TR0204`, `substring before the start`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0204",
    name: "substring before the start",
    fidelity: Fidelity::Exact,
    constructs: &["substring", "substr"],
    page: "\
PostgreSQL counts the window of a substring from its start even where that lies before the text; DuckDB counts a negative start from the end. The start is brought to 1 and the length shortened. A negative length is an error on PostgreSQL and raised.",
    emit,
    examples: &[
        duckdb(
            "SELECT substring(x from 1 for 2) AS p FROM t",
            "SELECT substr(x, 1, 2) AS p\nFROM t",
        ),
        duckdb(
            "SELECT substr(x, i) AS p FROM t",
            "SELECT substr(x, CASE WHEN i < 1 THEN 1 ELSE i END) AS p\nFROM t",
        ),
        datafusion("SELECT substr(x, i) AS p FROM t", "SELECT substr(x, i) AS p\nFROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let texts = |call: &&Call| call.args.first().is_some_and(|arg| arg.ty != Type::Bytea);
    let Some(call) = expr.call().filter(texts) else { return Ok(None) };
    let args = emitter.args(&call.args)?;
    let start = call.args.get(1).and_then(Expr::integer);
    let length = call.args.get(2).map(Expr::integer);
    match (start, length, call.args.get(2)) {
        (Some(1..), None, _) => return Ok(Some(Fragment::call("substr", &args))),
        (Some(1..), Some(Some(0..)), _) => return Ok(Some(Fragment::call("substr", &args))),
        _ => {}
    }
    if emitter.target() == Target::DataFusion {
        // It counts the window as PostgreSQL does, and raises for a negative length too.
        return Ok(Some(Fragment::call("substr", &args)));
    }
    // A function of a NULL is NULL, whatever its other arguments are; `greatest` would skip it.
    let template = match length {
        None => "substr({0}, CASE WHEN {1} < 1 THEN 1 ELSE {1} END)",
        Some(_) => {
            "CASE WHEN {2} < 0 AND {0} IS NOT NULL AND {1} IS NOT NULL THEN error('22011: negative substring length not allowed') ELSE substr({0}, CASE WHEN {1} < 1 THEN 1 ELSE {1} END, CASE WHEN CAST({1} AS BIGINT) + {2} < 1 THEN 1 ELSE CAST({1} AS BIGINT) + {2} END - CASE WHEN {1} < 1 THEN 1 ELSE {1} END) END"
        }
    };
    Ok(Some(fill(template, &args)))
}
