//! Rule `TR0106`, `smallint arithmetic`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0106",
    name: "smallint arithmetic",
    fidelity: Fidelity::Exact,
    constructs: &["+", "-", "*", "/", "%"],
    page: "\
`smallint` with an integer literal is `integer` on PostgreSQL and stays SMALLINT on DuckDB, where it overflows early: the operand is widened.",
    emit,
    examples: &[duckdb("SELECT s + 1 AS n FROM t", "SELECT CAST(s AS INTEGER) + 1 AS n\nFROM t")],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let wider = matches!(expr.ty, Type::Int4 | Type::Int8);
    if !wider || !call.args.iter().any(|arg| arg.ty == Type::Int2) {
        return Ok(None);
    }
    let mut wide = expr.clone();
    let ExprKind::Call(inner) = &mut wide.kind else { return Ok(None) };
    for arg in &mut inner.args {
        if arg.ty == Type::Int2 {
            let old = arg.clone();
            *arg = Expr {
                kind: ExprKind::Cast { expr: Box::new(old) },
                ty: expr.ty.clone(),
                span: arg.span,
            };
        }
    }
    emitter.expr(&wide).map(Some)
}
