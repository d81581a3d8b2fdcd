//! Rule `TR0305`, `float as text`.

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
    code: "TR0305",
    name: "float as text",
    fidelity: Fidelity::Exact,
    constructs: &["cast"],
    page: "\
The shortest digits of a float are the same on both; DuckDB adds `.0` to a whole number and spells infinity in its own way. From 1e15 on PostgreSQL writes an exponent, and from 1e16 on not always the shortest digits, which is raised. For DataFusion `TR0380` has a line.",
    emit,
    examples: &[
        duckdb(
            "SELECT f::text AS n FROM t",
            "SELECT CASE WHEN isnan(f) THEN 'NaN' WHEN isinf(f) THEN CASE WHEN f > 0 THEN 'Infinity' ELSE '-Infinity' END WHEN abs(f) >= 1e15 AND abs(f) < 1e16 THEN regexp_replace(regexp_replace(CAST(f AS VARCHAR), '^(-?[0-9])([0-9]*?)0*[.]0$', '\\1.\\2e+15'), '[.]e', 'e') WHEN abs(f) >= 1e16 AND abs(f) < 1e20 AND length(regexp_extract(CAST(f AS VARCHAR), '[0-9.]+')) > 16 THEN error('the text of such a float is not known') ELSE regexp_replace(CAST(f AS VARCHAR), '[.]0$', '') END AS n\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT f::real::text AS n FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let ExprKind::Cast { expr: inner } = &expr.kind else { return Ok(None) };
    if emitter.target() != Target::DuckDb || inner.ty != Type::Float8 || expr.ty != Type::Text {
        return Ok(None);
    }
    let value = emitter.expr(inner)?;
    Ok(Some(fill(
        "CASE WHEN isnan({0}) THEN 'NaN' WHEN isinf({0}) THEN CASE WHEN {0} > 0 THEN 'Infinity' ELSE '-Infinity' END WHEN abs({0}) >= 1e15 AND abs({0}) < 1e16 THEN regexp_replace(regexp_replace(CAST({0} AS VARCHAR), '^(-?[0-9])([0-9]*?)0*[.]0$', '\\1.\\2e+15'), '[.]e', 'e') WHEN abs({0}) >= 1e16 AND abs({0}) < 1e20 AND length(regexp_extract(CAST({0} AS VARCHAR), '[0-9.]+')) > 16 THEN error('the text of such a float is not known') ELSE regexp_replace(CAST({0} AS VARCHAR), '[.]0$', '') END",
        &[value],
    )))
}
