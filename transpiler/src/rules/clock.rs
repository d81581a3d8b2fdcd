//! The moment of the transaction, the day and chance have functions on both; their values differ from run to run, so a statement that shows them cannot be compared.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0513",
    name: "the clock and chance",
    fidelity: Fidelity::Exact,
    constructs: &[
        "now",
        "transaction_timestamp",
        "current_timestamp",
        "current_date",
        "localtimestamp",
        "random",
        "gen_random_uuid",
    ],
    page: "\
The moment of the transaction, the day and chance have functions on both; their values differ from run to run, so a statement that shows them cannot be compared.",
    emit,
    examples: &[
        duckdb("SELECT current_date AS d FROM t", "SELECT current_date AS d\nFROM t"),
        datafusion("SELECT d < current_date AS d FROM t", "SELECT d < current_date() AS d\nFROM t"),
        refused(Target::DataFusion, "SELECT now() AS n FROM t"),
    ],
};

#[allow(clippy::unnecessary_wraps, reason = "the type of every rule")]
fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let text = match (emitter.target(), call.name) {
        (Target::DuckDb, "now" | "transaction_timestamp" | "current_timestamp") => "now()",
        (Target::DuckDb, "current_date") => "current_date",
        (Target::DuckDb, "localtimestamp") => "CAST(now() AS TIMESTAMP)",
        (Target::DuckDb, "gen_random_uuid") => "uuid()",
        (Target::DataFusion, "current_date") => "current_date()",
        (Target::DuckDb | Target::DataFusion, "random") => "random()",
        _ => return Ok(None),
    };
    Ok(Some(Fragment::atom(text)))
}
