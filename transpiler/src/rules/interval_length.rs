//! Rule `TR0523`, `lengths of intervals`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
};
use sql::{
    Type,
    tree::{Expr, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0523",
    name: "lengths of intervals",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
Intervals are compared by their length, with months of 30 days: DataFusion compares months, days and time one after the other. The microseconds are compared, of other intervals than constants and differences only up to sixty years, and raised beyond.",
    emit: crate::targets::forms::by_signature,
    examples: &[
        datafusion(
            "SELECT INTERVAL '1 month' > INTERVAL '29 days' AS b",
            "SELECT 2592000000000 > 2505600000000 AS b",
        ),
        datafusion(
            "SELECT ts - d > INTERVAL '1 day' AS b FROM t",
            "SELECT arrow_cast(CAST(ts AS TIMESTAMP(6)), 'Int64') - arrow_cast(CAST(CAST(d AS TIMESTAMP(6)) AS TIMESTAMP(6)), 'Int64') > 86400000000 AS b\nFROM t",
        ),
    ],
};

/// The microseconds of an interval on `DataFusion`.
pub(crate) fn of(emitter: &mut Emitter, expr: &Expr) -> Emit<Fragment> {
    let length = length(emitter, expr)?;
    let text = emitter.made_by(&RULE, expr.span, &length.text);
    Ok(Fragment { text, ..length })
}

fn length(emitter: &mut Emitter, expr: &Expr) -> Emit<Fragment> {
    if expr.is_null() {
        return Ok(Fragment::atom("CAST(NULL AS BIGINT)"));
    }
    if let Some(Literal::Interval { months, days, micros }) = expr.literal() {
        let days = i128::from(*months) * 30 + i128::from(*days);
        let all = days * 86_400_000_000 + i128::from(*micros);
        return match i64::try_from(all) {
            Ok(all) => Ok(Fragment::new(all.to_string(), Level::Unary)),
            Err(_) => emitter.refuse("an interval this long is not compared", expr.span),
        };
    }
    let difference = expr.call().filter(|call| {
        call.name == "-"
            && call.args.iter().all(|arg| matches!(arg.ty, Type::Timestamp | Type::TimestampTz))
    });
    if let Some(call) = difference {
        let args = emitter.args(&call.args)?;
        let count = |index: usize| {
            let zoned = call.args.get(index).is_some_and(|arg| arg.ty == Type::TimestampTz);
            let ty = if zoned { "TIMESTAMP(6) WITH TIME ZONE" } else { "TIMESTAMP(6)" };
            format!("arrow_cast(CAST({{{index}}} AS {ty}), 'Int64')")
        };
        let filled = fill(&format!("{} - {}", count(0), count(1)), &args);
        return Ok(Fragment { level: Level::Add, ..filled });
    }
    // Its seconds are a float there.
    let template = emitter.raise_if_of(
        std::slice::from_ref(expr),
        "abs(extract(epoch FROM {0})) > CAST(1900000000 AS DOUBLE)",
        "CAST(round(extract(epoch FROM {0}) * 1000000) AS BIGINT)",
    );
    Ok(fill(&template, &[emitter.expr(expr)?]))
}
