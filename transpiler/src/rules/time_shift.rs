//! Rule `TR0524`, `moving a time of day`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0524",
    name: "moving a time of day",
    fidelity: Fidelity::Exact,
    constructs: &["+", "-"],
    page: "\
A time of day moves by the hours of an interval and goes on after midnight: DataFusion adds none to it. The microseconds are counted.",
    emit,
    examples: &[datafusion(
        "SELECT TIME '23:00' + INTERVAL '2 hours' AS v",
        "SELECT arrow_cast((arrow_cast(arrow_cast(arrow_cast('23:00:00', 'Time64(Microsecond)'), 'Time64(Microsecond)'), 'Int64') + 7200000000) % 86400000000, 'Time64(Microsecond)') AS v",
    )],
};

const DAY: i64 = 86_400_000_000;

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    let (time, interval) = match call.args.as_slice() {
        [time, interval] if time.ty == Type::Time && interval.ty == Type::Interval => {
            (time, interval)
        }
        [interval, time]
            if time.ty == Type::Time && interval.ty == Type::Interval && call.name == "+" =>
        {
            (time, interval)
        }
        _ => return Ok(None),
    };
    let micros = "arrow_cast(arrow_cast({0}, 'Time64(Microsecond)'), 'Int64')";
    // Days and months do not count.
    if let Some(Literal::Interval { micros: moved, .. }) = interval.literal() {
        let moved = if call.name == "-" { -(moved % DAY) } else { moved % DAY };
        let template = format!(
            "arrow_cast(({micros} + {}) % {DAY}, 'Time64(Microsecond)')",
            moved.rem_euclid(DAY)
        );
        return Ok(Some(fill(&template, &[emitter.expr(time)?])));
    }
    let days = "((extract(year FROM {1}) * 12 + extract(month FROM {1})) * 30 + extract(day FROM {1})) * 86400";
    let moved = format!("CAST(round((extract(epoch FROM {{1}}) - {days}) * 1000000) AS BIGINT)");
    let template = format!(
        "arrow_cast((({micros} {} {moved} % {DAY}) + {DAY}) % {DAY}, 'Time64(Microsecond)')",
        call.name
    );
    let condition = "abs(extract(epoch FROM {1})) > CAST(1900000000 AS DOUBLE)";
    let template = emitter.raise_if_of(&call.args, condition, &template);
    Ok(Some(fill(&template, &[emitter.expr(time)?, emitter.expr(interval)?])))
}
