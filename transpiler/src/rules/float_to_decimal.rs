//! PostgreSQL turns a float into `numeric` by its text of 15 digits; DuckDB rounds the binary value: `1.005` becomes 1.01 and 1.00. The text is written and read.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0115",
    name: "float as a decimal",
    fidelity: Fidelity::Exact,
    constructs: &["cast"],
    page: "\
PostgreSQL turns a float into `numeric` by its text of 15 digits; DuckDB rounds the binary value: `1.005` becomes 1.01 and 1.00. The text is written and read.",
    emit,
    examples: &[
        duckdb(
            "SELECT f::numeric(10,2) AS r FROM t",
            "SELECT CAST(printf('%.15g', f) AS DECIMAL(10, 2)) AS r\nFROM t",
        ),
        refused(Target::DataFusion, "SELECT f::numeric(10,2) AS r FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let (ExprKind::Cast { expr: inner }, Type::Numeric(Some(shape))) = (&expr.kind, &expr.ty)
    else {
        return Ok(None);
    };
    if emitter.target() != Target::DuckDb || inner.ty != Type::Float8 || shape.precision > 38 {
        return Ok(None);
    }
    let Some(name) = emitter.target().type_name(&expr.ty) else { return Ok(None) };
    let value = emitter.expr(inner)?;
    Ok(Some(fill(&format!("CAST(printf('%.15g', {{0}}) AS {name})"), &[value])))
}
