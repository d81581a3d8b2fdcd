//! Rule `TR0110`, `rounding of floats`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0110",
    name: "rounding of floats",
    fidelity: Fidelity::Exact,
    constructs: &["round"],
    page: "\
PostgreSQL rounds a float half to even, DuckDB half away from zero: `round_even` is written. DataFusion has no such function.",
    emit,
    examples: &[
        duckdb("SELECT round(f) AS r FROM t", "SELECT round_even(f, 0) AS r\nFROM t"),
        datafusion(
            "SELECT round(f) AS r FROM t",
            "SELECT CASE WHEN abs(f - trunc(f)) = CAST('0.5' AS DOUBLE) THEN 2 * round(f / 2) ELSE round(f) END AS r\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    match call.args.as_slice() {
        [arg] if arg.ty == Type::Float8 => {
            let args = emitter.args(&call.args)?;
            Ok(Some(fill("round_even({0}, 0)", &args)))
        }
        _ => Ok(None),
    }
}
