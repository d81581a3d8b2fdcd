//! Rule `TR0214`, `right`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0214",
    name: "right",
    fidelity: Fidelity::Exact,
    constructs: &["right"],
    page: "\
`right` is the same for every count but the smallest integer, whose sign PostgreSQL cannot turn: it gives the whole text, which DataFusion is told.",
    emit,
    examples: &[
        duckdb("SELECT right(x, 2) AS r FROM t", "SELECT right(x, 2) AS r\nFROM t"),
        datafusion("SELECT right(x, -2) AS r FROM t", "SELECT right(x, -2) AS r\nFROM t"),
        duckdb("SELECT right(x, i) AS r FROM t", "SELECT right(x, i) AS r\nFROM t"),
        datafusion(
            "SELECT right(x, i) AS r FROM t",
            "SELECT CASE WHEN i = -2147483648 THEN x ELSE right(x, i) END AS r\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let constant = call.args.get(1).and_then(Expr::integer).is_some_and(|n| n > i32::MIN.into());
    let args = emitter.args(&call.args)?;
    Ok(Some(if constant || emitter.target() == Target::DuckDb {
        Fragment::call("right", &args)
    } else {
        fill("CASE WHEN {1} = -2147483648 THEN {0} ELSE right({0}, {1}) END", &args)
    }))
}
