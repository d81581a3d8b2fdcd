//! Padding of text.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0213",
    name: "padding",
    fidelity: Fidelity::Exact,
    constructs: &["lpad", "rpad"],
    page: "\
Padding with an empty text is an error on DuckDB; PostgreSQL only cuts then. Without a filler PostgreSQL pads with blanks.",
    emit,
    examples: &[
        duckdb("SELECT lpad(x, 5) AS p FROM t", "SELECT lpad(x, 5, ' ') AS p\nFROM t"),
        duckdb("SELECT rpad(x, 5, '*') AS p FROM t", "SELECT rpad(x, 5, '*') AS p\nFROM t"),
        duckdb(
            "SELECT lpad(x, 5, x) AS p FROM t",
            "SELECT CASE WHEN x = '' THEN left(x, CASE WHEN 5 < 0 THEN 0 ELSE 5 END) ELSE lpad(x, 5, x) END AS p\nFROM t",
        ),
        datafusion(
            "SELECT lpad(x, 5, x) AS p FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN 5 > 100000000 THEN 0 ELSE 1 END = 1 THEN lpad(x, 5, x) END AS p\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let mut args = emitter.args(&call.args)?;
    let constant = call.args.get(2).map(|filler| filler.text().map(str::is_empty));
    match constant {
        None => args.push(Fragment::atom("' '")),
        Some(Some(false)) => {}
        // With nothing to fill PostgreSQL only cuts.
        Some(Some(true) | None) => {
            let template = "CASE WHEN {2} = '' THEN left({0}, CASE WHEN {1} < 0 THEN 0 ELSE {1} END) ELSE {name}({0}, {1}, {2}) END";
            return Ok(Some(fill(&template.replace("{name}", call.name), &args)));
        }
    }
    Ok(Some(Fragment::call(call.name, &args)))
}
