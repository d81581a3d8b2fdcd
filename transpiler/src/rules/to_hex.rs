//! Rule `TR0211`, `to_hex`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0211",
    name: "to_hex",
    fidelity: Fidelity::Exact,
    constructs: &["to_hex"],
    page: "\
PostgreSQL writes hexadecimal digits in lower case; DuckDB in upper case, and a negative number with 16 digits: only constants and non-negative results are lower-cased, others raise.",
    emit,
    examples: &[duckdb("SELECT to_hex(b) AS h FROM t", "SELECT lower(to_hex(b)) AS h\nFROM t")],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let args = emitter.args(&call.args)?;
    match call.args.as_slice() {
        // A negative integer is written in its own width.
        [arg] if arg.ty == Type::Int8 => Ok(Some(fill("lower(to_hex({0}))", &args))),
        [arg] if arg.ty == Type::Int4 => Ok(Some(fill(
            "lower(to_hex(CASE WHEN {0} < 0 THEN CAST({0} AS BIGINT) + 4294967296 ELSE {0} END))",
            &args,
        ))),
        _ => Ok(None),
    }
}
