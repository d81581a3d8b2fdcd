//! Rule `TR0116`, `roots and logarithms of decimals`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, ROUNDED, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0116",
    name: "roots and logarithms of decimals",
    fidelity: ROUNDED,
    constructs: &["sqrt", "ln", "log", "log10", "exp", "power", "pow", "^"],
    page: "\
PostgreSQL computes roots, logarithms and powers of `numeric` to 16 digits or more, the targets as floats. Compare under a relative tolerance. The exponential of a float that leaves the range is an error on PostgreSQL and raised.",
    emit,
    examples: &[
        duckdb("SELECT ln(n) AS l FROM t", "SELECT ln(CAST(n AS DOUBLE)) AS l\nFROM t"),
        duckdb(
            "SELECT exp(f) AS e FROM t",
            "SELECT CASE WHEN isinf(exp(CAST(f AS DOUBLE))) AND isfinite(CAST(f AS DOUBLE)) OR exp(CAST(f AS DOUBLE)) = 0 AND isfinite(CAST(f AS DOUBLE)) THEN error('22003: value out of range') ELSE exp(CAST(f AS DOUBLE)) END AS e\nFROM t",
        ),
        datafusion(
            "SELECT exp(f) AS e FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN abs(f) < CAST('Infinity' AS DOUBLE) AND (exp(f) = CAST('Infinity' AS DOUBLE) OR iszero(exp(f))) THEN 0 ELSE 1 END = 1 THEN exp(f) END AS e\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let exponential = call.name == "exp";
    let decimals = call.args.iter().all(|arg| matches!(arg.ty, Type::Numeric(_)));
    let float = exponential && call.args.iter().all(|arg| arg.ty == Type::Float8);
    if !(decimals || float) {
        return Ok(None);
    }
    if emitter.target() == Target::DataFusion {
        return if decimals { by_floats(emitter, call, expr).map(Some) } else { Ok(None) };
    }
    let args: Vec<Fragment> = emitter
        .args(&call.args)?
        .into_iter()
        .map(|arg| Fragment::atom(format!("CAST({} AS DOUBLE)", arg.text)))
        .collect();
    // PostgreSQL raises where the result has no finite float or is not a number.
    let template = match (call.name, args.len()) {
        ("sqrt" | "ln" | "log10", 1) => format!("{}({{0}})", call.name),
        ("log", 1) => "log10({0})".to_owned(),
        ("log", 2) => "ln({1}) / ln({0})".to_owned(),
        ("exp", 1) => "CASE WHEN isinf(exp({0})) AND isfinite({0}) OR exp({0}) = 0 AND isfinite({0}) THEN error('22003: value out of range') ELSE exp({0}) END".to_owned(),
        ("power" | "pow" | "^", 2) => "CASE WHEN isfinite(pow({0}, {1})) OR {0} IS NULL OR {1} IS NULL THEN pow({0}, {1}) ELSE error('22003: value out of range') END".to_owned(),
        _ => return Ok(None),
    };
    Ok(Some(fill(&template, &args)))
}

/// The function of floats, which `DataFusion` has lines for.
fn by_floats(emitter: &mut Emitter, call: &Call, expr: &Expr) -> Emit<Fragment> {
    let float = |arg: &Expr| Expr {
        kind: ExprKind::Cast { expr: Box::new(arg.clone()) },
        ty: Type::Float8,
        span: arg.span,
    };
    if let ("log", [base, value]) = (call.name, call.args.as_slice()) {
        let ln = |arg: &Expr| Expr::scalar("ln", vec![float(arg)], Type::Float8, expr.span);
        let parts = [emitter.expr(&ln(value))?, emitter.expr(&ln(base))?];
        return Ok(fill("({0} / {1})", &parts));
    }
    let args = call.args.iter().map(float).collect();
    emitter.expr(&Expr::scalar(call.name, args, Type::Float8, expr.span))
}
