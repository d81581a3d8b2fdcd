//! The value of some row, as the engine reads them; NULLs count. PostgreSQL makes an array of them.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, snowflake},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0901",
    name: "the value of some row",
    fidelity: Fidelity::Exact,
    constructs: &["first_row", "last_row"],
    page: "\
`ANY_VALUE`, `FIRST` and their like give the value of some row, NULLs among them; which row is open, so the statement is marked as not comparable. DuckDB and DataFusion take the first or the last row that they read.",
    emit,
    examples: &[
        snowflake(
            Target::DuckDb,
            "SELECT ANY_VALUE(x) AS a FROM t",
            "SELECT first(x) AS a\nFROM t",
        ),
        snowflake(
            Target::DataFusion,
            "SELECT ANY_VALUE(x) AS a FROM t",
            "SELECT first_value(x) AS a\nFROM t",
        ),
        snowflake(
            Target::Postgres,
            "SELECT ANY_VALUE(x) AS a FROM t",
            "SELECT (array_agg(x))[1] AS a\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let name = match (emitter.target(), call.name) {
        (Target::DuckDb, "first_row") => "first",
        (Target::DuckDb, _) => "last",
        (_, "first_row") => "first_value",
        _ => "last_value",
    };
    let args: Vec<String> = emitter.args(&call.args)?.into_iter().map(|arg| arg.text).collect();
    emitter.function(name, &args.join(", "), call).map(Some)
}
