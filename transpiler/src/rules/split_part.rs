//! Rule `TR0208`, `split_part`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0208",
    name: "split_part",
    fidelity: Fidelity::Exact,
    constructs: &["split_part"],
    page: "\
Part number zero is an error on PostgreSQL and empty on DuckDB. An empty separator leaves the whole as the only part on PostgreSQL, and splits each character on DuckDB.",
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
        datafusion(
            "SELECT split_part(x, ',', 2) AS p FROM t",
            "SELECT split_part(x, ',', 2) AS p\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [_, separator, part] = call.args.as_slice() else { return Ok(None) };
    let args = emitter.args(&call.args)?;
    let plain = separator.text().is_some_and(|text| !text.is_empty());
    if plain && part.integer().is_some_and(|part| part != 0) {
        return Ok(Some(Fragment::call("split_part", &args)));
    }
    let known = if plain { "" } else { " AND {1} IS NOT NULL" };
    // An empty separator: the first part, and the first from the end, is the whole.
    let whole = if plain {
        ""
    } else {
        " WHEN {1} = '' THEN CASE WHEN {2} IN (1, -1) THEN {0} WHEN {2} IS NOT NULL AND {0} IS NOT NULL THEN '' END"
    };
    Ok(Some(fill(
        &format!(
            "CASE WHEN {{2}} = 0 AND {{0}} IS NOT NULL{known} THEN error('22023: field position must not be zero'){whole} ELSE split_part({{0}}, {{1}}, {{2}}) END"
        ),
        &args,
    )))
}
