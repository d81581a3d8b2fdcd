//! Rule `TR0118`, `shifts`.

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
    code: "TR0118",
    name: "shifts",
    fidelity: Fidelity::Exact,
    constructs: &["<<", ">>"],
    page: "\
A shift by a constant is the same; where DuckDB raises for a lost bit, PostgreSQL drops it.",
    emit,
    examples: &[
        duckdb("SELECT i >> 2 AS s FROM t", "SELECT (i >> 2) AS s\nFROM t"),
        refused(Target::DuckDb, "SELECT i << j AS s FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [value, count] = call.args.as_slice() else { return Ok(None) };
    let bits = match value.ty {
        Type::Int4 => 31,
        Type::Int8 => 63,
        _ => return Ok(None),
    };
    if !count.integer().is_some_and(|count| (0..=bits).contains(&count)) {
        return Ok(None);
    }
    // A small number of 64 bits is written as one of 32.
    let plain = matches!(value.kind, ExprKind::Column { .. } | ExprKind::Cast { .. });
    let template = match (call.name, bits == 63 && !plain) {
        ("<<", false) => "({0} << {1})",
        ("<<", true) => "(CAST({0} AS BIGINT) << {1})",
        (_, false) => "({0} >> {1})",
        (_, true) => "(CAST({0} AS BIGINT) >> {1})",
    };
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(template, &args)))
}
