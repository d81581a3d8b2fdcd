//! Rule `TR0518`, `make_timestamp and make_time`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0518",
    name: "make_timestamp and make_time",
    fidelity: Fidelity::Exact,
    constructs: &["make_timestamp", "make_time"],
    page: "\
Fields within their bounds give the same moment; years before 1 and hours and seconds that run over are raised.",
    emit,
    examples: &[duckdb(
        "SELECT make_timestamp(2024, 2, 29, i, 0, 0) AS m FROM t",
        "SELECT CASE WHEN 2024 < 1 OR i > 23 OR CAST(0 AS DOUBLE) >= 60 THEN error('22008: date/time field value out of range') ELSE make_timestamp(2024, 2, 29, i, 0, CAST(0 AS DOUBLE)) END AS m\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let args = emitter.args(&call.args)?;
    let template = match (call.name, args.len()) {
        ("make_timestamp", 6) => {
            "CASE WHEN {0} < 1 OR {3} > 23 OR {5} >= 60 THEN error('22008: date/time field value out of range') ELSE make_timestamp({0}, {1}, {2}, {3}, {4}, {5}) END"
        }
        ("make_time", 3) => {
            "CASE WHEN {0} > 23 OR {2} >= 60 THEN error('22008: date/time field value out of range') ELSE make_time({0}, {1}, {2}) END"
        }
        _ => return Ok(None),
    };
    Ok(Some(fill(template, &args)))
}
