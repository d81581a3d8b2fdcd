//! A quotient or an average is exact on PostgreSQL and a float on the targets; it is rounded half away from zero, as `numeric` is. A half is exact in both. `bigint` is refused: floats do not hold all of its values.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use model::Caveat;
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0302",
    name: "quotient read as an integer",
    fidelity: Fidelity::Approximate(Caveat::Halves),
    constructs: &["cast", "round"],
    page: "\
A quotient or an average is exact on PostgreSQL and a float on the targets; it is rounded half away from zero, as `numeric` is. A half is exact in both, so only numbers beyond 15 digits can differ.",
    emit,
    examples: &[duckdb(
        "SELECT avg(i)::int AS a FROM t",
        "SELECT CAST(round(avg(i)) AS INTEGER) AS a\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    if emitter.target() != Target::DuckDb {
        return Ok(None);
    }
    match &expr.kind {
        ExprKind::Cast { expr: inner }
            if inner.ty == Type::NUMERIC && matches!(expr.ty, Type::Int2 | Type::Int4) =>
        {
            let Some(name) = emitter.target().type_name(&expr.ty) else { return Ok(None) };
            let value = emitter.expr(inner)?;
            Ok(Some(Fragment::atom(format!("CAST(round({}) AS {name})", value.text))))
        }
        ExprKind::Call(call) if call.name == "round" => match call.args.as_slice() {
            [arg] if arg.ty == Type::NUMERIC => {
                let args = emitter.args(&call.args)?;
                Ok(Some(Fragment::call("round", &args)))
            }
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}
