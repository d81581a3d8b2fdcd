//! Bytes as hexadecimal text, and back: DuckDB's `hex` writes capitals, PostgreSQL's `encode` does not. The other formats of `encode` are refused.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0290",
    name: "bytes as hexadecimal text",
    fidelity: Fidelity::Exact,
    constructs: &["encode", "decode"],
    page: "\
Bytes as hexadecimal text, and back: DuckDB's `hex` writes capitals, PostgreSQL's `encode` does not. The other formats of `encode` are refused.",
    emit,
    examples: &[
        duckdb(
            "SELECT encode(decode(x, 'hex'), 'hex') AS h FROM t",
            "SELECT lower(hex(unhex(x))) AS h\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT decode(x, 'base64') AS b FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [value, format] = call.args.as_slice() else { return Ok(None) };
    if format.text() != Some("hex") {
        return Ok(None);
    }
    let value = [emitter.expr(value)?];
    Ok(Some(fill(if call.name == "encode" { "lower(hex({0}))" } else { "unhex({0})" }, &value)))
}
