//! Part number zero is an error on PostgreSQL and empty on DuckDB, and an empty separator splits differently: a constant number and a constant separator are needed.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0208",
    name: "split_part",
    fidelity: Fidelity::Exact,
    constructs: &["split_part"],
    page: "\
Part number zero is an error on PostgreSQL and empty on DuckDB, and an empty separator splits differently: a constant number and a constant separator are needed.",
    emit,
    examples: &[
        duckdb(
            "SELECT split_part(x, ',', 2) AS p FROM t",
            "SELECT split_part(x, ',', 2) AS p\nFROM t",
        ),
        duckdb(
            "SELECT split_part(x, ',', i) AS p FROM t",
            "SELECT CASE WHEN i = 0 AND x IS NOT NULL THEN error('22023: field position must not be zero') ELSE split_part(x, ',', i) END AS p\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT split_part(x, x, 1) AS p FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [_, separator, part] = call.args.as_slice() else { return Ok(None) };
    if separator.text().is_none_or(str::is_empty) || part.integer() == Some(0) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    if part.integer().is_some() {
        return Ok(Some(Fragment::call("split_part", &args)));
    }
    Ok(Some(fill(
        "CASE WHEN {2} = 0 AND {0} IS NOT NULL THEN error('22023: field position must not be zero') ELSE split_part({0}, {1}, {2}) END",
        &args,
    )))
}
