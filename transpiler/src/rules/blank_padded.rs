//! `character(n)` is padded with blanks on PostgreSQL; DuckDB and DataFusion know no padding. A column shows its padding wherever PostgreSQL does, and loses it where PostgreSQL converts to text. A cast to `character(n)` cuts and pads.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb},
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0209",
    name: "blank-padded text",
    fidelity: Fidelity::Exact,
    constructs: &["column", "cast"],
    page: "\
`character(n)` is padded with blanks on PostgreSQL; DuckDB knows no padding. A column shows its padding wherever PostgreSQL does, and loses it where PostgreSQL converts to text. A cast to `character(n)` cuts and pads.",
    emit,
    examples: &[
        duckdb("SELECT c FROM t", "SELECT rpad(c, 5, ' ') AS c\nFROM t"),
        duckdb("SELECT i FROM t WHERE c = 'ab'", "SELECT i\nFROM t\nWHERE rtrim(c, ' ') = 'ab'"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Type::Char(length) = expr.ty else { return Ok(None) };
    match &expr.kind {
        ExprKind::Column { .. } => {
            let mut plain = expr.clone();
            plain.ty = Type::Text;
            let column = emitter.expr(&plain)?;
            Ok(Some(Fragment::atom(format!("rpad({}, {length}, ' ')", column.text))))
        }
        ExprKind::Cast { expr: inner } if inner.ty.is_text() => {
            let text = emitter.expr(inner)?;
            Ok(Some(Fragment::atom(format!("rpad({}, {length}, ' ')", text.text))))
        }
        _ => Ok(None),
    }
}
