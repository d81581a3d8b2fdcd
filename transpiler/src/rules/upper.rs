//! PostgreSQL keeps `ß` in upper case; DuckDB writes `ẞ`. The letter is taken out and put back; the private character U+10FFFD stands in for it meanwhile.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0205",
    name: "upper case of ß",
    fidelity: Fidelity::Exact,
    constructs: &["upper"],
    page: "\
PostgreSQL keeps `ß` in upper case; DuckDB writes `ẞ`. The letter is taken out and put back; the private character U+10FFFD stands in for it meanwhile.",
    emit,
    examples: &[
        duckdb(
            "SELECT upper(x) AS u FROM t",
            "SELECT replace(upper(replace(x, 'ß', chr(1114109))), chr(1114109), 'ß') AS u\nFROM t",
        ),
        refused(Target::DataFusion, "SELECT upper(x) AS u FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let args = emitter.args(&call.args)?;
    Ok(Some(fill("replace(upper(replace({0}, 'ß', chr(1114109))), chr(1114109), 'ß')", &args)))
}
