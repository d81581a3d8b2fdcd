//! Rule `TR0501`, `date and interval`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};

use sql::{
    Type,
    tree::{Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0501",
    name: "date and interval",
    fidelity: Fidelity::Exact,
    constructs: &["+", "-"],
    page: "\
A date plus an interval is a timestamp on PostgreSQL and stays a date on DataFusion, which drops its hours: the date becomes a timestamp first. DuckDB adds the parts of an interval to a zoned time in another order than PostgreSQL where one is negative: such an interval, and one that is no constant, is refused there.",
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
            [time, interval] | [interval, time]
                if time.ty == Type::TimestampTz
                    && interval.ty == Type::Interval
                    && !is_in_order(call.name, interval, emitter.steady_clock()) =>
            {
                emitter.refuse("an interval of several parts added to a zoned time", expr.span)
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

/// Is it known that DuckDB adds the interval to a zoned time as PostgreSQL does? It adds months, days
/// and the rest in this order only where none is negative. A day is 24 hours where the clock of the
/// session never changes.
fn is_in_order(op: &str, interval: &Expr, steady: bool) -> bool {
    match &interval.kind {
        ExprKind::Literal(Literal::Interval { months, days, micros }) => {
            let sign = if op == "-" { -1 } else { 1 };
            let signs =
                [i64::from(*months), i64::from(*days), *micros].map(|part| part.signum() * sign);
            signs.iter().filter(|sign| **sign != 0).count() <= 1
                || signs.iter().all(|sign| *sign >= 0)
                || (*micros == 0 && signs.iter().all(|sign| *sign <= 0))
                || (steady && *months == 0)
        }
        ExprKind::Literal(Literal::Null) => true,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_in_order(op, expr, steady),
        // Of one part, whatever its sign.
        ExprKind::Call(call) if ["*", "unary -"].contains(&call.name) => {
            call.args.iter().filter(|arg| arg.ty == Type::Interval).all(|arg| {
                let both = ["+", "-"].iter().all(|op| is_in_order(op, arg, steady));
                both && arg.literal().is_some()
            })
        }
        // The time between two times has no months.
        ExprKind::Call(call) if call.name == "-" => {
            steady && call.args.iter().all(|arg| arg.ty != Type::Interval)
        }
        _ => false,
    }
}
