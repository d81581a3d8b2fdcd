//! A date and a number of days.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0581",
    name: "date and days",
    fidelity: Fidelity::Exact,
    constructs: &["+", "-"],
    page: "\
DataFusion makes an interval of nanoseconds of the days that are added to a date, and fails beyond 292 years: where the number is no small constant the days of the date are counted instead.",
    emit,
    examples: &[
        datafusion("SELECT d + 30 AS n FROM t", "SELECT d + 30 AS n\nFROM t"),
        datafusion(
            "SELECT d - i AS n FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN abs(i) > 50000000 THEN 0 ELSE 1 END = 1 THEN CAST(CAST(CAST(CAST(d AS INT) AS BIGINT) - i AS INT) AS DATE) END AS n\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    let [date, days] = call.args.as_slice() else { return Ok(None) };
    if date.ty != Type::Date || !days.ty.is_integer() {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    if days.integer().is_some_and(|n| n.abs() <= 100_000) {
        let [left, right] = args.as_slice() else { return Ok(None) };
        return Ok(Some(Fragment::infix(left, call.name, right, Level::Add)));
    }
    let template = format!(
        "CAST(CAST(CAST(CAST({{0}} AS INT) AS BIGINT) {} {{1}} AS INT) AS DATE)",
        call.name
    );
    // Further away no calendar reaches.
    let guarded = emitter.raise_if_of(&call.args, "abs({1}) > 50000000", &template);
    Ok(Some(fill(&guarded, &args)))
}
