//! A date plus an interval is a timestamp on PostgreSQL and stays a date on DataFusion, which drops its hours: the date becomes a timestamp first.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};

use sql::{
    Type,
    tree::{Expr, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0501",
    name: "date and interval",
    fidelity: Fidelity::Exact,
    constructs: &["+", "-"],
    page: "\
A date plus an interval is a timestamp on PostgreSQL and stays a date on DataFusion, which drops its hours: the date becomes a timestamp first.",
    emit,
    examples: &[datafusion(
        "SELECT d + INTERVAL '1 month' AS n FROM t",
        "SELECT CAST(d AS TIMESTAMP(6)) + (INTERVAL '1 months') AS n\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    if emitter.target() == Target::DuckDb {
        return match call.args.as_slice() {
            [time, interval] if time.ty == Type::TimestampTz && is_mixed(interval) => {
                emitter.refuse("an interval of both signs added to a zoned time", expr.span)
            }
            _ => Ok(None),
        };
    }
    if emitter.target() != Target::DataFusion {
        return Ok(None);
    }
    let op = call.name;
    let template = match call.args.iter().map(|a| &a.ty).collect::<Vec<_>>().as_slice() {
        [Type::Date, Type::Interval] => "CAST({0} AS TIMESTAMP(6)) {op} {1}",
        [Type::Timestamp, Type::Interval] => "{0} {op} {1}",
        _ => return Ok(None),
    };
    let args = emitter.args(&call.args)?;
    let mut filled = fill(&template.replace("{op}", op), &args);
    filled.level = Level::Add;
    Ok(Some(filled))
}

/// Are there parts of both signs? DuckDB adds them to a zoned time in another order.
fn is_mixed(interval: &Expr) -> bool {
    let Some(Literal::Interval { months, days, micros }) = interval.literal() else {
        return false;
    };
    let signs = [i64::from(*months), i64::from(*days), *micros].map(i64::signum);
    signs.contains(&1) && signs.contains(&-1)
}
