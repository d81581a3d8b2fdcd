//! Rule `TR0517`, `make_date`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0517",
    name: "make_date",
    fidelity: Fidelity::Exact,
    constructs: &["make_date"],
    page: "\
Years before 1 count in another way on DuckDB: they are raised.",
    emit,
    examples: &[
        duckdb(
            "SELECT make_date(i, 1, 1) AS d FROM t",
            "SELECT CASE WHEN i < 1 THEN error('22008: date field value out of range') ELSE make_date(i, 1, 1) END AS d\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT make_date(-44, 3, 15) AS d FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    if emitter.target() == Target::DataFusion {
        if call.args.first().and_then(Expr::integer).is_some_and(|year| year < 1) {
            return Ok(None);
        }
        // Years before the first are counted in another way.
        let condition = "{0} < 1 AND {1} IS NOT NULL AND {2} IS NOT NULL";
        let value = emitter.raise_if_of(&call.args, condition, "make_date({0}, {1}, {2})");
        let args = emitter.args(&call.args)?;
        return Ok(Some(fill(&value, &args)));
    }
    let template = match call.args.first().map(Expr::integer) {
        Some(Some(1..=9999)) => "make_date({0}, {1}, {2})",
        Some(None) => {
            "CASE WHEN {0} < 1 THEN error('22008: date field value out of range') ELSE make_date({0}, {1}, {2}) END"
        }
        _ => return Ok(None),
    };
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(template, &args)))
}
