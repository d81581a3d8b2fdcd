//! Rule `TR0207`, `concat`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0207",
    name: "concat",
    fidelity: Fidelity::Exact,
    constructs: &["concat", "concat_ws"],
    page: "\
`concat` writes a boolean as `t` or `f` on PostgreSQL and as `true` or `false` on DuckDB. Values whose text differs between the engines are refused.",
    emit,
    examples: &[
        duckdb(
            "SELECT concat(x, i > 1) AS c FROM t",
            "SELECT concat(x, CASE WHEN (i > 1) THEN 't' WHEN NOT (i > 1) THEN 'f' END) AS c\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT concat(x, n / 3) AS c FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let mut args = Vec::with_capacity(call.args.len());
    for arg in &call.args {
        match emitter.output_text(arg)? {
            Some(text) => args.push(text),
            None => return Ok(None),
        }
    }
    Ok(Some(Fragment::call(call.name, &args)))
}
