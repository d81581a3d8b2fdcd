//! Rule `TR0109`, `power`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, ROUNDED, Rule, datafusion},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0109",
    name: "power",
    fidelity: ROUNDED,
    constructs: &["^", "power", "pow"],
    page: "\
`^` is a power on PostgreSQL and an exclusive or on DataFusion. A power that leaves the range of floats, or is of a negative base with a fraction, is an error on PostgreSQL and infinity or NaN on DuckDB: the error is raised. The last digit can differ.",
    emit,
    examples: &[datafusion(
        "SELECT i ^ 2 AS p FROM t",
        "SELECT CASE WHEN 1 / CASE WHEN isnan(power(CAST(i AS DOUBLE), CAST(2 AS DOUBLE))) AND NOT isnan(CAST(i AS DOUBLE)) AND NOT isnan(CAST(2 AS DOUBLE)) OR abs(CAST(i AS DOUBLE)) < CAST('Infinity' AS DOUBLE) AND abs(CAST(2 AS DOUBLE)) < CAST('Infinity' AS DOUBLE) AND (abs(power(CAST(i AS DOUBLE), CAST(2 AS DOUBLE))) = CAST('Infinity' AS DOUBLE) OR iszero(power(CAST(i AS DOUBLE), CAST(2 AS DOUBLE))) AND NOT iszero(CAST(i AS DOUBLE))) OR iszero(CAST(i AS DOUBLE)) AND CAST(2 AS DOUBLE) < 0 AND NOT iszero(CAST(2 AS DOUBLE)) OR CAST(i AS DOUBLE) < 0 AND NOT iszero(CAST(i AS DOUBLE)) AND CAST(2 AS DOUBLE) <> trunc(CAST(2 AS DOUBLE)) THEN 0 ELSE 1 END = 1 THEN power(CAST(i AS DOUBLE), CAST(2 AS DOUBLE)) END AS p\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    let floats = left.ty == Type::Float8 && right.ty == Type::Float8;
    if !floats
        || !super::float_arithmetic::is_small(left)
        || !super::float_arithmetic::is_small(right)
    {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(
        "CASE WHEN isfinite({0}) AND isfinite({1}) AND NOT isfinite(pow({0}, {1})) THEN error('22003: value out of range: overflow') WHEN isfinite({0}) AND isfinite({1}) AND pow({0}, {1}) = 0 AND {0} <> 0 THEN error('22003: value out of range: underflow') ELSE pow({0}, {1}) END",
        &args,
    )))
}
