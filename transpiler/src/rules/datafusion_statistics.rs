//! Deviations and correlations of floats that are not finite.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0181",
    name: "deviation of infinity",
    fidelity: Fidelity::Exact,
    constructs: &["stddev_pop", "var_pop", "corr"],
    page: "\
Where one of the floats is infinite or NaN their deviation is NaN on PostgreSQL; of a single such float it is zero or NULL on DataFusion. It is looked for first.",
    emit,
    examples: &[datafusion(
        "SELECT var_pop(f) AS v FROM t",
        "SELECT CASE WHEN NOT bool_and(CASE WHEN f IS NOT NULL THEN abs(f) < CAST('Infinity' AS DOUBLE) END) THEN CAST('NaN' AS DOUBLE) ELSE var_pop(f) END AS v\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    if !call.args.iter().all(|arg| arg.ty == Type::Float8) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    let texts: Vec<&str> = args.iter().map(|arg| arg.text.as_str()).collect();
    let present: Vec<String> =
        args.iter().map(|arg| format!("{} IS NOT NULL", arg.at(Level::Atom))).collect();
    let finite: Vec<String> =
        texts.iter().map(|text| format!("abs({text}) < CAST('Infinity' AS DOUBLE)")).collect();
    let finite = format!("CASE WHEN {} THEN {} END", present.join(" AND "), finite.join(" AND "));
    let finite = emitter.function("bool_and", &finite, call)?;
    let value = emitter.function(call.name, &texts.join(", "), call)?;
    Ok(Some(Fragment::atom(format!(
        "CASE WHEN NOT {} THEN CAST('NaN' AS DOUBLE) ELSE {} END",
        finite.text, value.text
    ))))
}
