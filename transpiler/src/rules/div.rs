//! Rule `TR0113`, `div`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0113",
    name: "div",
    fidelity: Fidelity::Exact,
    constructs: &["div"],
    page: "\
`div` cuts a quotient of exact numbers to a whole number; DuckDB has no such function, and divides decimals as floats. Both become whole numbers, which divide with `//`. On DataFusion it is the quotient of no digits, cut (TR0117).",
    emit,
    examples: &[
        duckdb(
            "SELECT div(n, 3) AS q FROM t",
            "SELECT CASE WHEN (CAST(3 AS HUGEINT) * 100) = 0 AND CAST(CAST(n AS DECIMAL(38, 2)) * 100 AS HUGEINT) IS NOT NULL THEN error('22012: division by zero') ELSE CAST(CAST(CAST(n AS DECIMAL(38, 2)) * 100 AS HUGEINT) // (CAST(3 AS HUGEINT) * 100) AS DECIMAL(38, 0)) END AS q\nFROM t",
        ),
        datafusion(
            "SELECT div(n, 3) AS q FROM t",
            "SELECT CAST(CAST(n AS DECIMAL(38, 2)) / 3 - CAST(n AS DECIMAL(38, 2)) / 3 % CAST('-1' AS DECIMAL(38, 0)) AS DECIMAL(38, 0)) AS q\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    if emitter.target() == Target::DataFusion {
        // The quotient of no digits, cut.
        let zero = ExprKind::Literal(Literal::Number("0".to_owned()));
        let digits = Expr { kind: zero, ty: Type::Int4, span: expr.span };
        let args = call.args.iter().cloned().chain([digits]).collect();
        let cut = Call { name: "quotient_trunc", args, ..(*call).clone() };
        let kind = ExprKind::Call(Box::new(cut));
        let cut = Expr { kind, ty: Type::decimal(38, 0), span: expr.span };
        return super::quotient::emit(emitter, &cut);
    }
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
