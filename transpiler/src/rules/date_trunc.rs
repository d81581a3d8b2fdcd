//! Rule `TR0503`, `date_trunc`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0503",
    name: "date_trunc",
    fidelity: Fidelity::Exact,
    constructs: &["date_trunc"],
    page: "\
`date_trunc` of a timestamp is the same for the usual units. Of a date it is a timestamp with time zone on PostgreSQL and a plain one on DuckDB: the date is converted first. Hours and less of a moment are taken away from it where the session's clock changes: DuckDB goes over the time on the wall, and takes the first of two moments that have the same. DataFusion's milliseconds are written out.",
    emit,
    examples: &[
        duckdb(
            "SELECT date_trunc('month', ts) AS m FROM t",
            "SELECT date_trunc('month', ts) AS m\nFROM t",
        ),
        duckdb(
            "SELECT date_trunc('month', d) AS m FROM t",
            "SELECT date_trunc('month', CAST(d AS TIMESTAMPTZ)) AS m\nFROM t",
        ),
        datafusion(
            "SELECT date_trunc('milliseconds', ts) AS m FROM t",
            "SELECT CAST(arrow_cast(arrow_cast(ts, 'Int64') - (arrow_cast(ts, 'Int64') % 1000 + 1000) % 1000, 'Timestamp(Microsecond, None)') AS TIMESTAMP(6)) AS m\nFROM t",
        ),
    ],
};

/// Units that both cut at in the same way.
const UNITS: [&str; 10] = [
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "hour",
    "minute",
    "second",
    "milliseconds",
    "microseconds",
];

/// Those that a change of the clock can cut through.
const FINE: [&str; 5] = ["hour", "minute", "second", "milliseconds", "microseconds"];

/// `DataFusion` cuts a constant before 1970 to the millisecond behind it.
fn whole_millis(ty: &Type) -> String {
    let micros = "arrow_cast({0}, 'Int64')";
    let (arrow, name) = if *ty == Type::TimestampTz {
        ("Timestamp(Microsecond, Some(\"+00:00\"))", "TIMESTAMP(6) WITH TIME ZONE")
    } else {
        ("Timestamp(Microsecond, None)", "TIMESTAMP(6)")
    };
    format!("CAST(arrow_cast({micros} - ({micros} % 1000 + 1000) % 1000, '{arrow}') AS {name})")
}

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [unit, value] = call.args.as_slice() else { return Ok(None) };
    let known = unit.text().is_some_and(|u| UNITS.contains(&u.to_ascii_lowercase().as_str()));
    if !known || !matches!(value.ty, Type::Timestamp | Type::TimestampTz) {
        return Ok(None);
    }
    let millis = unit.text().is_some_and(|u| u.eq_ignore_ascii_case("milliseconds"));
    if millis && emitter.target() == Target::DataFusion {
        return Ok(Some(fill(&whole_millis(&value.ty), &[emitter.expr(value)?])));
    }
    let mut args = emitter.args(&call.args)?;
    // DataFusion knows fractions of seconds in the singular only.
    let many = unit.text().filter(|u| u.to_ascii_lowercase().ends_with("seconds"));
    if let (Target::DataFusion, Some(many), Some(first)) =
        (emitter.target(), many, args.first_mut())
    {
        *first = Fragment::atom(text_literal(many.trim_end_matches(['s', 'S'])));
    }
    // In the session's zone, not the one that the value has.
    if emitter.target() == Target::DataFusion && value.ty == Type::TimestampTz {
        return Ok(Some(fill("date_trunc({0}, CAST({1} AS TIMESTAMP(6) WITH TIME ZONE))", &args)));
    }
    let fine = unit.text().is_some_and(|u| FINE.contains(&u.to_ascii_lowercase().as_str()));
    if fine && value.ty == Type::TimestampTz && !emitter.steady_clock() {
        let form = "CASE WHEN isfinite({1}) THEN {1} - (CAST({1} AS TIMESTAMP) \
                    - date_trunc({0}, CAST({1} AS TIMESTAMP))) ELSE {1} END";
        return Ok(Some(fill(form, &args)));
    }
    Ok(Some(Fragment::call("date_trunc", &args)))
}
