//! Who asks, and where. DuckDB has the functions; their values are its own, so a statement that shows them cannot be compared.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0902",
    name: "who asks, and where",
    fidelity: Fidelity::Exact,
    constructs: &["current_user", "session_user", "current_schema", "current_database", "version"],
    page: "\
User, schema, database and version are the target's own. A statement that shows them is marked as not comparable.",
    emit,
    examples: &[
        duckdb("SELECT current_user FROM t", "SELECT current_user() AS \"current_user\"\nFROM t"),
        refused(Target::DataFusion, "SELECT current_user AS u FROM t"),
    ],
};

#[allow(clippy::unnecessary_wraps, reason = "the type of every rule")]
fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    // DuckDB takes the bare word for an output of that name, where there is one.
    Ok(Some(Fragment::call(call.name, &[])))
}
