//! The end of a text.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0214",
    name: "right",
    fidelity: Fidelity::Exact,
    constructs: &["right"],
    page: "\
`right` is the same for every count but the smallest integer, whose sign DataFusion cannot turn: a constant count is needed there.",
    emit,
    examples: &[
        duckdb("SELECT right(x, 2) AS r FROM t", "SELECT right(x, 2) AS r\nFROM t"),
        datafusion("SELECT right(x, -2) AS r FROM t", "SELECT right(x, -2) AS r\nFROM t"),
        duckdb("SELECT right(x, i) AS r FROM t", "SELECT right(x, i) AS r\nFROM t"),
        refused(Target::DataFusion, "SELECT right(x, i) AS r FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let constant = call.args.get(1).and_then(Expr::integer).is_some_and(|n| n > i32::MIN.into());
    if !constant && emitter.target() != Target::DuckDb {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(Fragment::call("right", &args)))
}
