//! Rule `TR0102`, `remainder of a division by zero`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0102",
    name: "remainder of a division by zero",
    fidelity: Fidelity::Exact,
    constructs: &["%", "mod"],
    page: "\
A remainder by zero is an error on PostgreSQL and NULL on DuckDB: the error is raised. The sign follows the dividend on both.",
    emit,
    examples: &[
        duckdb("SELECT mod(i, 7) AS r FROM t", "SELECT i % 7 AS r\nFROM t"),
        duckdb(
            "SELECT i % j AS r FROM t",
            "SELECT CASE WHEN j = 0 AND i IS NOT NULL THEN error('22012: division by zero') ELSE i % j END AS r\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    let exact = |e: &Expr| e.ty.decimal_shape().is_some();
    if !(exact(left) && exact(right)) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    if right.integer().is_some_and(|n| n != 0) {
        return Ok(match args.as_slice() {
            [l, r] => Some(Fragment::infix(l, "%", r, Level::Multiply)),
            _ => None,
        });
    }
    Ok(Some(fill(
        "CASE WHEN {1} = 0 AND {0} IS NOT NULL THEN error('22012: division by zero') ELSE {0} % {1} END",
        &args,
    )))
}
