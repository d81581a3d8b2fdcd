//! Part number zero is an error on PostgreSQL and empty on DuckDB, and an empty separator splits differently: a constant number and a constant separator are needed.

use crate::{
    emit::Emitter,
    fragment::Fragment,
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
        refused(Target::DuckDb, "SELECT split_part(x, ',', i) AS p FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [_, separator, part] = call.args.as_slice() else { return Ok(None) };
    let fine =
        separator.text().is_some_and(|s| !s.is_empty()) && part.integer().is_some_and(|n| n != 0);
    if !fine {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(Fragment::call("split_part", &args)))
}
