//! Rule `TR0603`, `ANY and ALL of an array`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind, QuantifiedSource},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0603",
    name: "ANY and ALL of an array",
    fidelity: Fidelity::Exact,
    constructs: &["quantified"],
    page: "\
A comparison with any element of a NULL array is NULL on PostgreSQL and false on DuckDB: it is guarded. DataFusion's search of an array takes no notice of its NULLs.",
    emit,
    examples: &[
        duckdb(
            "SELECT i = ANY(a) AS m FROM t",
            "SELECT CASE WHEN a IS NOT NULL THEN i = ANY (a) END AS m\nFROM t",
        ),
        duckdb("SELECT i FROM t WHERE i = ANY(ARRAY[1, 2])", "SELECT i\nFROM t\nWHERE i IN (1, 2)"),
        datafusion(
            "SELECT i FROM t WHERE i = ANY(ARRAY[1, 2])",
            "SELECT i\nFROM t\nWHERE i IN (1, 2)",
        ),
        datafusion(
            "SELECT i = ANY(a) AS m FROM t",
            "SELECT CASE WHEN cardinality(a) = 0 THEN FALSE WHEN i IS NULL THEN NULL WHEN array_has(a, i) THEN TRUE WHEN array_position(a, NULL) IS NULL AND a IS NOT NULL THEN FALSE END AS m\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let ExprKind::Quantified { op, all, expr: left, source } = &expr.kind else {
        return Ok(None);
    };
    let QuantifiedSource::Array(array) = source else { return Ok(None) };
    if let Some(listed) = in_list(emitter, (op, *all), left, array)? {
        return Ok(Some(listed));
    }
    if emitter.target() == Target::DataFusion {
        return on_datafusion(emitter, (op, *all), left, array);
    }
    let word = if *all { "ALL" } else { "ANY" };
    let args = [emitter.expr(left)?, emitter.expr(array)?];
    Ok(Some(fill(
        &format!("CASE WHEN {{1}} IS NOT NULL THEN {{0}} {op} {word} ({{1}}) END"),
        &args,
    )))
}

/// Equality with an array that is written out.
fn in_list(
    emitter: &mut Emitter,
    compared: (&str, bool),
    left: &Expr,
    array: &Expr,
) -> Emit<Option<Fragment>> {
    let negated = match compared {
        ("=", false) => false,
        ("<>", true) => true,
        _ => return Ok(None),
    };
    match &array.kind {
        ExprKind::Array(items) if !items.is_empty() => {
            let (expr, list) = (Box::new(left.clone()), items.clone());
            let kind = ExprKind::InList { expr, list, negated };
            emitter.expr(&Expr { kind, ty: Type::Bool, span: left.span }).map(Some)
        }
        _ => Ok(None),
    }
}

/// Only equality is known: by a search that finds no NULL.
fn on_datafusion(
    emitter: &mut Emitter,
    (op, all): (&str, bool),
    left: &Expr,
    array: &Expr,
) -> Emit<Option<Fragment>> {
    let negated = match (op, all) {
        ("=", false) => false,
        ("<>", true) => true,
        _ => return Ok(None),
    };
    let plain = |ty: &Type| ty.is_integer() || ty.is_text() || *ty == Type::Date;
    if !(plain(&left.ty) && array.ty.element().is_some_and(plain)) {
        return Ok(None);
    }
    let args = [emitter.expr(left)?, emitter.expr(array)?];
    let found = "CASE WHEN cardinality({1}) = 0 THEN FALSE WHEN {0} IS NULL THEN NULL WHEN array_has({1}, {0}) THEN TRUE WHEN array_position({1}, NULL) IS NULL AND {1} IS NOT NULL THEN FALSE END";
    let found = fill(found, &args);
    Ok(Some(if negated { Fragment::new(format!("NOT {}", found.text), Level::Not) } else { found }))
}
