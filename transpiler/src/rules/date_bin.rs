//! Rule `TR0519`, `date_bin`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0519",
    name: "date_bin",
    fidelity: Fidelity::Exact,
    constructs: &["date_bin"],
    page: "\
A moment is cut to multiples of a stride from an origin; DuckDB calls it `time_bucket`; on DataFusion the microseconds are counted. The stride must be a constant without months.",
    emit,
    examples: &[
        duckdb(
            "SELECT date_bin('15 minutes', ts, TIMESTAMP '2024-01-01') AS b FROM t",
            "SELECT time_bucket(INTERVAL '900 seconds', ts, TIMESTAMP '2024-01-01 00:00:00') AS b\nFROM t",
        ),
        refused(
            Target::DuckDb,
            "SELECT date_bin('1 month', ts, TIMESTAMP '2024-01-01') AS b FROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let stride = call.args.first().and_then(Expr::literal);
    let fine = matches!(stride, Some(Literal::Interval { months: 0, days: 0.., micros: 0.. }));
    if !fine || matches!(stride, Some(Literal::Interval { months: 0, days: 0, micros: 0 })) {
        return Ok(None);
    }
    if emitter.target() == Target::DuckDb {
        let args = emitter.args(&call.args)?;
        return Ok(Some(Fragment::call("time_bucket", &args)));
    }
    let (Some(Literal::Interval { days, micros, .. }), [_, time, origin]) =
        (stride, call.args.as_slice())
    else {
        return Ok(None);
    };
    let Some(stride) =
        i64::from(*days).checked_mul(86_400_000_000).and_then(|d| d.checked_add(*micros))
    else {
        return Ok(None);
    };
    if time.ty != Type::Timestamp || origin.ty != Type::Timestamp {
        return Ok(None);
    }
    let args = [emitter.expr(time)?, emitter.expr(origin)?];
    let count = |index: usize| format!("arrow_cast(CAST({{{index}}} AS TIMESTAMP(6)), 'Int64')");
    let apart = format!("({} - {})", count(0), count(1));
    // The remainder has the sign of the distance.
    Ok(Some(fill(
        &format!(
            "arrow_cast({} - (({apart} % {stride}) + {stride}) % {stride}, 'Timestamp(Microsecond, None)')",
            count(0)
        ),
        &args,
    )))
}
