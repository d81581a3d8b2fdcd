//! Rule `TR0602`, `array length`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0602",
    name: "array length",
    fidelity: Fidelity::Exact,
    constructs: &["array_length", "array_upper", "cardinality"],
    page: "\
The length of an empty array in dimension 1 is NULL on PostgreSQL and 0 on DuckDB; `cardinality` is 0 on PostgreSQL and takes maps only on DuckDB.",
    emit,
    examples: &[
        duckdb("SELECT array_length(a, 1) AS n FROM t", "SELECT nullif(len(a), 0) AS n\nFROM t"),
        refused(Target::DuckDb, "SELECT array_length(a, 2) AS n FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let flat = call.args.first().and_then(|arg| arg.ty.element()).map(|ty| ty.element().is_none());
    // DataFusion counts the elements of arrays in arrays, in unsigned numbers.
    let count = match emitter.target() {
        Target::DataFusion if flat != Some(true) => return Ok(None),
        Target::DataFusion => "CAST(cardinality({0}) AS INT)",
        _ => "len({0})",
    };
    let args = emitter.args(&call.args)?;
    match (call.name, call.args.get(1).and_then(Expr::integer)) {
        ("cardinality", _) => Ok(Some(fill(count, &args))),
        (_, Some(1)) => Ok(Some(fill(&format!("nullif({count}, 0)"), &args))),
        _ => Ok(None),
    }
}
