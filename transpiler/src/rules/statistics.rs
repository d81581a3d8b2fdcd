//! PostgreSQL computes deviations of integers and `numeric` exactly; DuckDB computes them as floats. Compare under a relative tolerance. Floats themselves are refused: infinity and NaN give other values.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Rule, SUMMED, duckdb},
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0123",
    name: "standard deviation and variance",
    fidelity: SUMMED,
    constructs: &["stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop"],
    page: "\
PostgreSQL computes deviations of integers and `numeric` exactly; DuckDB computes them as floats. Compare under a relative tolerance.",
    emit,
    examples: &[duckdb(
        "SELECT stddev(i) AS d FROM t",
        "SELECT stddev_samp(CAST(i AS DOUBLE)) AS d\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    if !call.args.iter().all(|arg| arg.ty.is_exact_number()) {
        return Ok(None);
    }
    let name = match call.name {
        "stddev" => "stddev_samp",
        "variance" => "var_samp",
        other => other,
    };
    let args = emitter.args(&call.args)?;
    let text: Vec<String> =
        args.iter().map(|arg| format!("CAST({} AS DOUBLE)", arg.text)).collect();
    emitter.function(name, &text.join(", "), call).map(Some)
}
