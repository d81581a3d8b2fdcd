//! The difference of two dates.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0506",
    name: "difference of dates",
    fidelity: Fidelity::Exact,
    constructs: &["-"],
    page: "\
The difference of two dates counts days on both, as `integer` on PostgreSQL and as BIGINT on DuckDB: it is brought to PostgreSQL's type.",
    emit,
    examples: &[
        duckdb("SELECT d - d AS n FROM t", "SELECT CAST(d - d AS INTEGER) AS n\nFROM t"),
        datafusion("SELECT d - d AS n FROM t", "SELECT CAST((d - d) AS INT) AS n\nFROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    if !call.args.iter().all(|arg| arg.ty == Type::Date) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    let [left, right] = args.as_slice() else { return Ok(None) };
    let difference = Fragment::infix(left, "-", right, Level::Add);
    Ok(Some(Fragment::atom(format!("CAST({} AS INTEGER)", difference.text))))
}
