//! Rule `TR0121`, `sum of integers`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0121",
    name: "sum of integers",
    fidelity: Fidelity::Exact,
    constructs: &["sum"],
    page: "\
A sum of `integer` is `bigint` on PostgreSQL and 128 bits wide on DuckDB; a sum of `bigint` is `numeric` on PostgreSQL, and wraps around in silence on DataFusion. The sum is brought to PostgreSQL's type.",
    emit,
    examples: &[
        duckdb("SELECT sum(i) AS s FROM t", "SELECT CAST(sum(i) AS BIGINT) AS s\nFROM t"),
        datafusion(
            "SELECT sum(b) AS s FROM t",
            "SELECT sum(CAST(b AS DECIMAL(38, 0))) AS s\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [arg] = call.args.as_slice() else { return Ok(None) };
    if !arg.ty.is_integer() {
        return Ok(None);
    }
    let inner = emitter.expr(arg)?.text;
    let text = match (emitter.target(), &arg.ty) {
        (Target::DuckDb, Type::Int8) => {
            format!("CAST({} AS DECIMAL(38, 0))", emitter.function("sum", &inner, call)?.text)
        }
        (Target::DuckDb, _) => {
            format!("CAST({} AS BIGINT)", emitter.function("sum", &inner, call)?.text)
        }
        (_, Type::Int8) => {
            emitter.function("sum", &format!("CAST({inner} AS DECIMAL(38, 0))"), call)?.text
        }
        _ => emitter.function("sum", &format!("CAST({inner} AS BIGINT)"), call)?.text,
    };
    Ok(Some(Fragment::atom(text)))
}
