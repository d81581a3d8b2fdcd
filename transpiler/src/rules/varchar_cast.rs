//! Rule `TR0210`, `cast to a limited text`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0210",
    name: "cast to a limited text",
    fidelity: Fidelity::Exact,
    constructs: &["cast"],
    page: "\
A cast to `varchar(n)` cuts the text after n characters on PostgreSQL; the targets ignore n: the text is cut.",
    emit,
    examples: &[
        duckdb("SELECT x::varchar(3) AS v FROM t", "SELECT left(x, 3) AS v\nFROM t"),
        datafusion("SELECT x::varchar(3) AS v FROM t", "SELECT left(x, 3) AS v\nFROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let (ExprKind::Cast { expr: inner }, Type::Varchar(Some(limit))) = (&expr.kind, &expr.ty)
    else {
        return Ok(None);
    };
    let text = if inner.ty.is_text() {
        emitter.expr(inner)?
    } else {
        // PostgreSQL cuts the text of other values too, as a cast to text writes it.
        let kind = ExprKind::Cast { expr: inner.clone() };
        if !(inner.ty.is_number() || inner.ty.is_date_or_timestamp()) {
            return Ok(None);
        }
        emitter.expr(&Expr { kind, ty: Type::Text, span: expr.span })?
    };
    Ok(Some(Fragment::atom(format!("left({}, {limit})", text.text))))
}
