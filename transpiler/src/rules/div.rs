//! `div` cuts a quotient of exact numbers to a whole number; DuckDB has no such function, and divides decimals as floats. Both become whole numbers, which divide with `//`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0113",
    name: "div",
    fidelity: Fidelity::Exact,
    constructs: &["div"],
    page: "\
`div` cuts a quotient of exact numbers to a whole number; DuckDB has no such function, and divides decimals as floats. Both become whole numbers, which divide with `//`.",
    emit,
    examples: &[
        duckdb(
            "SELECT div(n, 3) AS q FROM t",
            "SELECT CASE WHEN (CAST(3 AS HUGEINT) * 100) = 0 AND CAST(CAST(n AS DECIMAL(38, 2)) * 100 AS HUGEINT) IS NOT NULL THEN error('22012: division by zero') ELSE CAST(CAST(CAST(n AS DECIMAL(38, 2)) * 100 AS HUGEINT) // (CAST(3 AS HUGEINT) * 100) AS DECIMAL(38, 0)) END AS q\nFROM t",
        ),
        refused(Target::DataFusion, "SELECT div(n, 3) AS q FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    let shapes = left.ty.decimal_shape().zip(right.ty.decimal_shape());
    let Some(scale) = shapes.map(|(a, b)| a.scale.max(b.scale)).filter(|scale| *scale <= 12) else {
        return Ok(None);
    };
    let args = [
        super::quotient_round::whole(emitter, left, scale)?,
        super::quotient_round::whole(emitter, right, scale)?,
    ];
    Ok(Some(fill(
        "CASE WHEN {1} = 0 AND {0} IS NOT NULL THEN error('22012: division by zero') ELSE CAST({0} // {1} AS DECIMAL(38, 0)) END",
        &args,
    )))
}
