//! Rule `TR0206`, `length in bytes`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0206",
    name: "length in bytes",
    fidelity: Fidelity::Exact,
    constructs: &["octet_length"],
    page: "\
DuckDB's `octet_length` takes bytes only; the length of a text in bytes is `strlen`.",
    emit,
    examples: &[duckdb("SELECT octet_length(x) AS n FROM t", "SELECT strlen(x) AS n\nFROM t")],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let args = emitter.args(&call.args)?;
    match call.args.as_slice() {
        [arg] if arg.ty.is_text() => Ok(Some(fill("strlen({0})", &args))),
        [arg] if arg.ty == Type::Bytea => Ok(Some(fill("octet_length({0})", &args))),
        _ => Ok(None),
    }
}
