//! Rule `TR0510`, `fields of an interval`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0510",
    name: "fields of an interval",
    fidelity: Fidelity::Exact,
    constructs: &[
        "extract epoch",
        "extract day",
        "extract hour",
        "extract minute",
        "extract month",
        "extract year",
    ],
    page: "\
Years, months, days, hours and minutes of an interval are the same on DuckDB. The seconds in it are known for the difference of two timestamps, which are counted in microseconds; months have no length of their own.",
    emit,
    examples: &[
        duckdb(
            "SELECT extract(epoch FROM ts - ts) AS s FROM t",
            "SELECT CAST(epoch_us(ts) - epoch_us(ts) AS DECIMAL(20, 0)) * 0.000001 AS s\nFROM t",
        ),
        duckdb(
            "SELECT extract(day FROM ts - ts) AS s FROM t",
            "SELECT extract(day FROM ts - ts) AS s\nFROM t",
        ),
        datafusion(
            "SELECT extract(day FROM ts - ts) AS s FROM t",
            "SELECT extract(day FROM CASE WHEN ts IS NOT NULL AND ts IS NOT NULL THEN CAST(concat((arrow_cast(CAST(ts AS TIMESTAMP(6)), 'Int64') - arrow_cast(CAST(ts AS TIMESTAMP(6)), 'Int64')) / 86400000000, ' days ', (arrow_cast(CAST(ts AS TIMESTAMP(6)), 'Int64') - arrow_cast(CAST(ts AS TIMESTAMP(6)), 'Int64')) % 86400000000, ' microseconds') AS INTERVAL) END) AS s\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [interval] = call.args.as_slice() else { return Ok(None) };
    let datafusion = emitter.target() == Target::DataFusion;
    if interval.ty != Type::Interval || (datafusion && call.name != "extract epoch") {
        return Ok(None);
    }
    if call.name != "extract epoch" {
        let field = call.name.trim_start_matches("extract ");
        let interval = emitter.expr(interval)?;
        return Ok(Some(Fragment::atom(format!("extract({field} FROM {})", interval.text))));
    }
    let Some(difference) = interval.call().filter(|call| call.name == "-") else {
        return Ok(None);
    };
    let instants =
        difference.args.iter().all(|arg| matches!(arg.ty, Type::Timestamp | Type::TimestampTz));
    if !instants {
        return Ok(None);
    }
    let args = emitter.args(&difference.args)?;
    if datafusion {
        let count = |index: usize| {
            let zoned = difference.args.get(index).is_some_and(|arg| arg.ty == Type::TimestampTz);
            let ty = if zoned { "TIMESTAMP(6) WITH TIME ZONE" } else { "TIMESTAMP(6)" };
            format!("arrow_cast(CAST({{{index}}} AS {ty}), 'Int64')")
        };
        let template = format!(
            "(CAST({} - {} AS DECIMAL(20, 0)) * CAST('0.000001' AS DECIMAL(6, 6)))",
            count(0),
            count(1)
        );
        return Ok(Some(fill(&template, &args)));
    }
    let template = "CAST(epoch_us({0}) - epoch_us({1}) AS DECIMAL(20, 0)) * 0.000001";
    Ok(Some(Fragment { level: Level::Multiply, ..fill(template, &args) }))
}
