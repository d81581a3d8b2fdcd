//! The moment of the transaction, the day and chance have functions on both; their values differ from run to run, so a statement that shows them cannot be compared.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

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
        "cast",
    ],
    page: "\
The moment of the transaction, the day and chance have functions on both; their values differ from run to run, so a statement that shows them is marked as not comparable. On DataFusion a UUID made by chance is text.",
    emit,
    examples: &[
        duckdb("SELECT current_date FROM t", "SELECT current_date() AS \"current_date\"\nFROM t"),
        datafusion("SELECT d < current_date AS d FROM t", "SELECT d < current_date() AS d\nFROM t"),
        datafusion("SELECT now() AS n FROM t", "SELECT now() AS n\nFROM t"),
        datafusion("SELECT gen_random_uuid()::text AS u FROM t", "SELECT uuid() AS u\nFROM t"),
        datafusion("SELECT gen_random_uuid() AS u FROM t", "SELECT uuid() AS u\nFROM t"),
        refused(Target::DataFusion, "SELECT clock_timestamp() AS n FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    if let ExprKind::Cast { expr: inner } = &expr.kind {
        let made = inner.call().is_some_and(|call| call.name == "gen_random_uuid");
        let text = made && expr.ty == Type::Text && emitter.target() == Target::DataFusion;
        return if text { emitter.expr(inner).map(Some) } else { Ok(None) };
    }
    let Some(call) = expr.call() else { return Ok(None) };
    let text = match (emitter.target(), call.name) {
        (_, "now" | "transaction_timestamp" | "current_timestamp") => "now()",
        (Target::DuckDb, "localtimestamp") => "CAST(now() AS TIMESTAMP)",
        (Target::DuckDb | Target::DataFusion, "gen_random_uuid") => "uuid()",
        // DuckDB takes the bare word for an output of that name, where there is one.
        (Target::DuckDb | Target::DataFusion, "current_date") => "current_date()",
        (Target::DataFusion, "localtimestamp") => "CAST(now() AS TIMESTAMP(6))",
        (Target::DuckDb | Target::DataFusion, "random") => "random()",
        _ => return Ok(None),
    };
    Ok(Some(Fragment::atom(text)))
}
