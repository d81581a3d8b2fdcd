//! Rule `TR0105`, `overflow of nested floats`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use model::Caveat;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0105",
    name: "overflow of nested floats",
    fidelity: Fidelity::Approximate(Caveat::FloatRange { digits: 9, zero: 12 }),
    constructs: &["+", "-", "*", "/"],
    page: "\
Nested float arithmetic is passed on without a guard: where it leaves the range of floats, PostgreSQL raises an error and the target gives infinity. A divisor that can be zero is guarded. Compare under a relative tolerance; sums of floats depend on order.",
    emit,
    examples: &[duckdb(
        "SELECT abs(f) * abs(g) AS p FROM t",
        "SELECT abs(f) * abs(g) AS p\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    if !(left.ty.is_float() && right.ty.is_float()) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    let [l, r] = args.as_slice() else { return Ok(None) };
    Ok(Some(match call.name {
        "+" => Fragment::infix(l, "+", r, Level::Add),
        "-" => Fragment::infix(l, "-", r, Level::Add),
        "*" => Fragment::infix(l, "*", r, Level::Multiply),
        _ if emitter.target() == Target::DataFusion => {
            let condition = "iszero({1}) AND NOT isnan({0})";
            fill(&emitter.raise_if_of(&call.args, condition, "{0} / {1}"), &args)
        }
        _ => fill(
            "CASE WHEN {1} = 0 AND {0} IS NOT NULL THEN error('22012: division by zero') ELSE {0} / {1} END",
            &args,
        ),
    }))
}
