//! Rule `TR0304`, `text read as numeric`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, ROUNDED, Rule, datafusion, duckdb},
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0304",
    name: "text read as numeric",
    fidelity: ROUNDED,
    constructs: &["cast"],
    page: "\
Text that becomes `numeric` without digits given is a float on the targets, as quotients are. Compare under a relative tolerance.",
    emit,
    examples: &[
        duckdb(
            "SELECT x::numeric AS n FROM t",
            "SELECT CASE WHEN x IS NULL OR regexp_full_match(x, '\\s*[+-]?([0-9]{1,150}\\.?[0-9]{0,150}|\\.[0-9]{1,150})([eE][+-]?[0-9]{1,2})?\\s*') THEN CAST(trim(x) AS DOUBLE) ELSE error('22P02: invalid input syntax for a number') END AS n\nFROM t",
        ),
        datafusion(
            "SELECT x::numeric AS n FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN NOT regexp_like(x, '^ *[+-]?([0-9]{1,150}\\.?[0-9]{0,150}|\\.[0-9]{1,150})([eE][+-]?[0-9]{1,2})? *$') OR TRY_CAST(btrim(x) AS DOUBLE) IS NULL AND x IS NOT NULL THEN 0 ELSE 1 END = 1 THEN TRY_CAST(btrim(x) AS DOUBLE) END AS n\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let ExprKind::Cast { expr: inner } = &expr.kind else { return Ok(None) };
    let numeric = expr.ty == Type::NUMERIC && inner.ty.is_text();
    // What comes out of JSON has a rule of its own.
    let json = inner.call().is_some_and(|call| ["->>", "#>>"].contains(&call.name));
    if !numeric || json {
        return Ok(None);
    }
    emitter.expr(&Expr { ty: Type::Float8, ..expr.clone() }).map(Some)
}
