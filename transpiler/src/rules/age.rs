//! The months, days and time between two moments are counted alike on both.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0511",
    name: "age",
    fidelity: Fidelity::Exact,
    constructs: &["age"],
    page: "\
The months, days and time between two moments are counted alike on both.",
    emit,
    examples: &[
        duckdb("SELECT age(ts, ts) AS a FROM t", "SELECT age(ts, ts) AS a\nFROM t"),
        refused(Target::DataFusion, "SELECT age(ts, ts) AS a FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    if !call.args.iter().all(|arg| matches!(arg.ty, Type::Timestamp | Type::TimestampTz)) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(Fragment::call("age", &args)))
}
