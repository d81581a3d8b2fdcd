//! Rule `TR0112`, `exclusive or`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0112",
    name: "exclusive or",
    fidelity: Fidelity::Exact,
    constructs: &["#"],
    page: "\
`#` is the exclusive or of PostgreSQL; DuckDB calls it `xor`.",
    emit,
    examples: &[duckdb("SELECT i # 3 AS x FROM t", "SELECT xor(i, 3) AS x\nFROM t")],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let args = emitter.args(&call.args)?;
    Ok(Some(Fragment::call("xor", &args)))
}
