//! Rule `TR0221`, `reverse`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0221",
    name: "reverse",
    fidelity: Fidelity::Exact,
    constructs: &["reverse"],
    page: "\
PostgreSQL turns round code points, DuckDB what is seen as one character. The text is cut into code points.",
    emit,
    examples: &[
        duckdb(
            "SELECT reverse(x) AS r FROM t",
            "SELECT CASE WHEN x = '' THEN '' ELSE array_to_string(list_reverse(regexp_extract_all(x, '.', 0, 's')), '') END AS r\nFROM t",
        ),
        datafusion("SELECT reverse(x) AS r FROM t", "SELECT reverse(x) AS r\nFROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(
        "CASE WHEN {0} = '' THEN '' ELSE array_to_string(list_reverse(regexp_extract_all({0}, '.', 0, 's')), '') END",
        &args,
    )))
}
