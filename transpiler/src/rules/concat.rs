//! `concat` writes a boolean as `t` or `f` on PostgreSQL and as `true` or `false` on DuckDB. Values whose text differs between the engines are refused.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0207",
    name: "concat",
    fidelity: Fidelity::Exact,
    constructs: &["concat", "concat_ws"],
    page: "\
`concat` writes a boolean as `t` or `f` on PostgreSQL and as `true` or `false` on DuckDB. Values whose text differs between the engines are refused.",
    emit,
    examples: &[
        duckdb(
            "SELECT concat(x, i > 1) AS c FROM t",
            "SELECT concat(x, CASE WHEN (i > 1) THEN 't' WHEN NOT (i > 1) THEN 'f' END) AS c\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT concat(x, f) AS c FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let mut args = Vec::with_capacity(call.args.len());
    for arg in &call.args {
        let text = emitter.expr(arg)?;
        args.push(match &arg.ty {
            Type::Bool => fill("CASE WHEN {0} THEN 't' WHEN NOT {0} THEN 'f' END", &[text]),
            ty if ty.is_character() || ty.is_integer() || *ty == Type::Date => text,
            Type::Numeric(Some(_)) if matches!(arg.kind, ExprKind::Column { .. }) => text,
            _ => return Ok(None),
        });
    }
    Ok(Some(Fragment::call(call.name, &args)))
}
