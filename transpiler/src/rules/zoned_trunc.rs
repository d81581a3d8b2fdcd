//! Rule `TR0515`, `date_trunc in a zone`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, refused},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0515",
    name: "date_trunc in a zone",
    fidelity: Fidelity::Exact,
    constructs: &["date_trunc"],
    page: "\
A moment is cut in a zone: it is shown there, cut, and read there again.",
    emit,
    examples: &[
        refused(Target::DuckDb, "SELECT date_trunc('day', ts, 'UTC+3') AS d FROM t"),
        refused(Target::DataFusion, "SELECT date_trunc('day', ts, 'Europe/Berlin') AS d FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [unit, value, zone] = call.args.as_slice() else { return Ok(None) };
    let units = ["year", "quarter", "month", "week", "day"];
    let fine = unit.text().is_some_and(|unit| units.contains(&unit))
        && zone.text().is_some_and(sql::is_region)
        && value.ty == Type::TimestampTz;
    if !fine {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(fill("(date_trunc({0}, ({1} AT TIME ZONE {2})) AT TIME ZONE {2})", &args)))
}
