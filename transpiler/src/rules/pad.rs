//! Padding of text.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0213",
    name: "padding",
    fidelity: Fidelity::Exact,
    constructs: &["lpad", "rpad"],
    page: "\
Padding with an empty text is an error on DuckDB and leaves the text as it is on PostgreSQL: a constant filler is needed. Without a filler PostgreSQL pads with blanks.",
    emit,
    examples: &[
        duckdb("SELECT lpad(x, 5) AS p FROM t", "SELECT lpad(x, 5, ' ') AS p\nFROM t"),
        duckdb("SELECT rpad(x, 5, '*') AS p FROM t", "SELECT rpad(x, 5, '*') AS p\nFROM t"),
        refused(Target::DuckDb, "SELECT lpad(x, 5, x) AS p FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let mut args = emitter.args(&call.args)?;
    match call.args.get(2) {
        None => args.push(Fragment::atom("' '")),
        Some(filler) if filler.text().is_some_and(|f| !f.is_empty()) => {}
        Some(_) => return Ok(None),
    }
    Ok(Some(Fragment::call(call.name, &args)))
}
