//! Rule `TR0805`, `errors of the source`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, google},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0805",
    name: "errors of the source",
    fidelity: Fidelity::Exact,
    constructs: &["raise"],
    page: "\
Where a source raises, the translation raises when a row gets there, and not while the statement is planned.",
    emit,
    examples: &[
        google(
            Target::DuckDb,
            "SELECT IF(n > 0, n, ERROR('none')) AS v FROM (SELECT 1 AS n) AS t",
            "SELECT CASE WHEN n > 0 THEN n ELSE CAST(CAST(error('22000: the source fails here, or gives what cannot be told') AS INTEGER) AS BIGINT) END AS v\nFROM (SELECT 1 AS n) AS t",
        ),
        google(
            Target::DuckDb,
            "SELECT ABS(ERROR('none')) AS v FROM (SELECT 1 AS n) AS t",
            "SELECT abs(CAST(CAST(error('22000: the source fails here, or gives what cannot be told') AS INTEGER) AS BIGINT)) AS v\nFROM (SELECT 1 AS n) AS t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [arg] = call.args.as_slice() else { return Ok(None) };
    let value = emitter.expr(arg)?;
    Ok(Some(emitter.raise_at(arg, &value)))
}
