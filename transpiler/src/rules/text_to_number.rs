//! Rule `TR0301`, `text read as a number`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0301",
    name: "text read as a number",
    fidelity: Fidelity::Exact,
    constructs: &["cast"],
    page: "\
PostgreSQL reads an integer from digits only; DuckDB also reads `4.7` and rounds it. The text is checked first and anything but a plain number raises the error that PostgreSQL raises.",
    emit,
    examples: &[datafusion(
        "SELECT x::int AS n FROM t",
        "SELECT CASE WHEN 1 / CASE WHEN NOT regexp_like(x, '^ *[+-]?[0-9]+ *$') OR TRY_CAST(btrim(x) AS INT) IS NULL AND x IS NOT NULL THEN 0 ELSE 1 END = 1 THEN TRY_CAST(btrim(x) AS INT) END AS n\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let ExprKind::Cast { expr: inner } = &expr.kind else { return Ok(None) };
    // What comes out of JSON has a rule of its own.
    let json = inner.call().is_some_and(|call| ["->>", "#>>"].contains(&call.name));
    if emitter.target() != Target::DuckDb || !inner.ty.is_text() || json {
        return Ok(None);
    }
    let pattern = match &expr.ty {
        ty if ty.is_integer() => r"\s*[+-]?[0-9]+\s*",
        Type::Numeric(Some(_)) => r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)\s*",
        // Bounded, so that no text leaves the range of floats.
        Type::Float8 => {
            r"\s*[+-]?([0-9]{1,150}\.?[0-9]{0,150}|\.[0-9]{1,150})([eE][+-]?[0-9]{1,2})?\s*"
        }
        _ => return Ok(None),
    };
    let Some(name) = emitter.target().type_name(&expr.ty) else { return Ok(None) };
    let text = emitter.expr(inner)?;
    Ok(Some(fill(
        &format!(
            "CASE WHEN {{0}} IS NULL OR regexp_full_match({{0}}, '{pattern}') THEN CAST(trim({{0}}) AS {name}) ELSE error('22P02: invalid input syntax for a number') END"
        ),
        &[text],
    )))
}
