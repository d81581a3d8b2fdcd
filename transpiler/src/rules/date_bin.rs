//! A moment is cut to multiples of a stride from an origin; DuckDB calls it `time_bucket`. The stride must be a constant without months.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::{Expr, Literal};

pub(crate) static RULE: Rule = Rule {
    code: "TR0519",
    name: "date_bin",
    fidelity: Fidelity::Exact,
    constructs: &["date_bin"],
    page: "\
A moment is cut to multiples of a stride from an origin; DuckDB calls it `time_bucket`. The stride must be a constant without months.",
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
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let stride = call.args.first().and_then(Expr::literal);
    let fine = matches!(stride, Some(Literal::Interval { months: 0, days: 0.., micros: 0.. }));
    if !fine || matches!(stride, Some(Literal::Interval { months: 0, days: 0, micros: 0 })) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(Fragment::call("time_bucket", &args)))
}
