//! Rule `TR0527`, `a moment behind what is added to it`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0527",
    name: "a moment behind what is added to it",
    fidelity: Fidelity::Exact,
    constructs: &["+"],
    page: "\
PostgreSQL adds days, times and intervals on either side of a date or a timestamp. Where a target does so on the right side only, the two change places.",
    emit,
    examples: &[
        duckdb("SELECT 7 + d AS r FROM t", "SELECT d + 7 AS r\nFROM t"),
        datafusion(
            "SELECT INTERVAL '1 day' + ts AS r FROM t",
            "SELECT ts + (INTERVAL '1 days') AS r\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|call| call.name == "+") else { return Ok(None) };
    let [added, moment] = call.args.as_slice() else { return Ok(None) };
    let is_behind = match emitter.target() {
        // It knows a plain moment behind an interval.
        Target::DuckDb => match added.ty {
            Type::Interval => moment.ty == Type::TimestampTz,
            Type::Int4 | Type::Time => moment.ty == Type::Date,
            _ => false,
        },
        _ => {
            matches!(added.ty, Type::Interval | Type::Int4 | Type::Time)
                && matches!(moment.ty, Type::Date | Type::Timestamp | Type::TimestampTz)
        }
    };
    if !is_behind {
        return Ok(None);
    }
    let turned = vec![moment.clone(), added.clone()];
    emitter.expr(&Expr::scalar("+", turned, expr.ty.clone(), expr.span)).map(Some)
}
