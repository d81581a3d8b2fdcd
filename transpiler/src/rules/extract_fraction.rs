//! Rule `TR0502`, `seconds with a fraction`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0502",
    name: "seconds with a fraction",
    fidelity: Fidelity::Exact,
    constructs: &["extract second", "extract milliseconds", "extract epoch"],
    page: "\
PostgreSQL's seconds carry their fraction as an exact number; DuckDB cuts it off. They are counted in microseconds and scaled.",
    emit,
    examples: &[
        duckdb(
            "SELECT extract(second FROM ts) AS s FROM t",
            "SELECT CAST(extract(microseconds FROM ts) AS DECIMAL(18, 0)) * 0.000001 AS s\nFROM t",
        ),
        datafusion(
            "SELECT extract(second FROM ts) AS s FROM t",
            "SELECT (CAST(extract(microsecond FROM ts) AS DECIMAL(8, 0)) * CAST('0.000001' AS DECIMAL(6, 6))) AS s\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let args = emitter.args(&call.args)?;
    let template = match (call.name, call.args.first().map(|a| &a.ty)) {
        ("extract second", Some(Type::Timestamp | Type::TimestampTz | Type::Time)) => {
            "CAST(extract(microseconds FROM {0}) AS DECIMAL(18, 0)) * 0.000001"
        }
        ("extract milliseconds", Some(Type::Timestamp | Type::TimestampTz)) => {
            "CAST(extract(microseconds FROM {0}) AS DECIMAL(18, 0)) * 0.001"
        }
        ("extract epoch", Some(Type::Timestamp | Type::TimestampTz)) => {
            "CAST(epoch_us({0}) AS DECIMAL(20, 0)) * 0.000001"
        }
        ("extract epoch", Some(Type::Date)) => "epoch_us({0}) // 1000000",
        _ => return Ok(None),
    };
    let mut filled = fill(template, &args);
    filled.level = Level::Multiply;
    Ok(Some(filled))
}
