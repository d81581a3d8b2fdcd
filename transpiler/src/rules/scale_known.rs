//! How many digits behind the point a number is written with.

use crate::{
    emit::{Emitter, fixed_scale},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0129",
    name: "scale of a number",
    fidelity: Fidelity::Exact,
    constructs: &["scale"],
    page: "\
A number of PostgreSQL carries how many digits behind the point it is shown with. The targets know it of a type only: where the column, the constant or what is computed of them tells it, it is written; NULL has none.",
    emit,
    examples: &[
        duckdb(
            "SELECT scale(n) AS s FROM t",
            "SELECT CASE WHEN n IS NOT NULL THEN 2 END AS s\nFROM t",
        ),
        datafusion(
            "SELECT scale(n * 1.5) AS s FROM t",
            "SELECT CASE WHEN (n * CAST('1.5' AS DECIMAL(2, 1))) IS NOT NULL THEN CAST(3 AS INT) END AS s\nFROM t",
        ),
        refused(Target::DataFusion, "SELECT scale(n / 3) AS s FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() != Target::Postgres) else {
        return Ok(None);
    };
    let [value] = call.args.as_slice() else { return Ok(None) };
    let Some(digits) = fixed_scale(value, emitter.loose_digits()) else { return Ok(None) };
    let value = emitter.expr(value)?;
    // Integers are of 64 bits on DataFusion.
    let digits = match emitter.target() {
        Target::DataFusion => format!("CAST({digits} AS INT)"),
        _ => digits.to_string(),
    };
    Ok(Some(fill(&format!("CASE WHEN {{0}} IS NOT NULL THEN {digits} END"), &[value])))
}
