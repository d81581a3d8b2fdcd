//! Rule `TR0224`, `how many are NULL`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0224",
    name: "how many are NULL",
    fidelity: Fidelity::Exact,
    constructs: &["num_nulls", "num_nonnulls"],
    page: "\
The NULLs among the arguments are counted one by one.",
    emit,
    examples: &[
        duckdb(
            "SELECT num_nulls(i, x) AS n FROM t",
            "SELECT CASE WHEN i IS NULL THEN 1 ELSE 0 END + CASE WHEN x IS NULL THEN 1 ELSE 0 END AS n\nFROM t",
        ),
        datafusion(
            "SELECT num_nonnulls(i, x) AS n FROM t",
            "SELECT CASE WHEN i IS NOT NULL THEN 1 ELSE 0 END + CASE WHEN x IS NOT NULL THEN 1 ELSE 0 END AS n\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let test = if call.name == "num_nulls" { "IS NULL" } else { "IS NOT NULL" };
    let parts: Vec<String> = emitter
        .args(&call.args)?
        .iter()
        .map(|arg| format!("CASE WHEN {} {test} THEN 1 ELSE 0 END", arg.at(Level::Atom)))
        .collect();
    Ok(Some(Fragment::new(
        parts.join(" + "),
        if parts.len() > 1 { Level::Add } else { Level::Atom },
    )))
}
