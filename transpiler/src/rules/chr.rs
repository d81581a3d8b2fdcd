//! Rule `TR0220`, `chr`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0220",
    name: "chr",
    fidelity: Fidelity::Exact,
    constructs: &["chr"],
    page: "\
A code point that is none is an error on PostgreSQL.",
    emit,
    examples: &[
        duckdb("SELECT chr(65) AS c FROM t", "SELECT chr(65) AS c\nFROM t"),
        duckdb(
            "SELECT chr(i) AS c FROM t",
            "SELECT CASE WHEN i BETWEEN 1 AND 55295 OR i BETWEEN 57344 AND 1114111 OR i IS NULL THEN chr(i) ELSE error('22023: requested character not valid') END AS c\nFROM t",
        ),
        datafusion(
            "SELECT chr(i) AS c FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN i = 0 THEN 0 ELSE 1 END = 1 THEN chr(i) END AS c\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [code] = call.args.as_slice() else { return Ok(None) };
    let constant = code.integer().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let template = match constant.and_then(char::from_u32) {
        Some(_) => "chr({0})",
        None => {
            "CASE WHEN {0} BETWEEN 1 AND 55295 OR {0} BETWEEN 57344 AND 1114111 OR {0} IS NULL THEN chr({0}) ELSE error('22023: requested character not valid') END"
        }
    };
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(template, &args)))
}
