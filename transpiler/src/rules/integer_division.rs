//! Rule `TR0101`, `integer division`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0101",
    name: "integer division",
    fidelity: Fidelity::Exact,
    constructs: &["/"],
    page: "\
An integer divided by an integer truncates toward zero on PostgreSQL; DuckDB's `/` gives a float, so `//` is written. A divisor of zero is an error on PostgreSQL and NULL on DuckDB: the error is raised.",
    emit,
    examples: &[
        duckdb("SELECT i / 2 AS q FROM t", "SELECT i // 2 AS q\nFROM t"),
        duckdb(
            "SELECT i / j AS q FROM t",
            "SELECT CASE WHEN j = 0 AND i IS NOT NULL THEN error('22012: division by zero') ELSE i // j END AS q\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    if !(left.ty.is_integer() && right.ty.is_integer()) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    if right.integer().is_some_and(|n| n != 0) {
        return Ok(Some(match args.as_slice() {
            [l, r] => Fragment::infix(l, "//", r, Level::Multiply),
            _ => return Ok(None),
        }));
    }
    Ok(Some(fill(
        "CASE WHEN {1} = 0 AND {0} IS NOT NULL THEN error('22012: division by zero') ELSE {0} // {1} END",
        &args,
    )))
}
