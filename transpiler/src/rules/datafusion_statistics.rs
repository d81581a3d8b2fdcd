//! Deviations and correlations of floats that are not finite.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Rule, SUMMED, datafusion},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0181",
    name: "deviation of infinity",
    fidelity: SUMMED,
    constructs: &[
        "stddev_pop",
        "var_pop",
        "corr",
        "regr_slope",
        "regr_intercept",
        "regr_r2",
        "regr_count",
    ],
    page: "\
Where one of the floats is infinite or NaN their deviation is NaN on PostgreSQL; of a single such float it is zero or NULL on DataFusion. It is looked for first. So is what has no spread: of such values a correlation is NULL beside NaN, too, and `regr_r2` of first values without spread is 1.",
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
    let pair = present.join(" AND ");
    if call.name == "regr_count" {
        let counted = format!("CASE WHEN {pair} THEN 1 END");
        return Ok(Some(emitter.function("count", &counted, call)?));
    }
    let finite: Vec<String> =
        texts.iter().map(|text| format!("abs({text}) < CAST('Infinity' AS DOUBLE)")).collect();
    let finite = format!("CASE WHEN {pair} THEN {} END", finite.join(" AND "));
    let finite = emitter.function("bool_and", &finite, call)?;
    let value = emitter.function(call.name, &texts.join(", "), call)?;
    let [first, second] = texts.as_slice() else {
        return Ok(Some(Fragment::atom(format!(
            "CASE WHEN NOT {} THEN CAST('NaN' AS DOUBLE) ELSE {} END",
            finite.text, value.text
        ))));
    };
    // What has no spread is looked for before what is not finite.
    let mut flat = |text: &str| -> Emit<String> {
        let known = format!("CASE WHEN {pair} THEN abs({text}) < CAST('Infinity' AS DOUBLE) END");
        let known = emitter.function("bool_and", &known, call)?;
        let spread = format!("CASE WHEN {pair} THEN {text} END");
        let spread = emitter.function("var_pop", &spread, call)?;
        Ok(format!("{} AND iszero({})", known.text, spread.text))
    };
    let (finite, value) = (finite.text, value.text);
    let text = match call.name {
        "regr_r2" => format!(
            "CASE WHEN {} THEN NULL WHEN {} THEN CAST(1 AS DOUBLE) WHEN {finite} THEN {value} WHEN NOT {finite} THEN CAST('NaN' AS DOUBLE) END",
            flat(second)?,
            flat(first)?
        ),
        "corr" => format!(
            "CASE WHEN {finite} THEN CASE WHEN NOT isnan({value}) THEN {value} END WHEN NOT ({} OR {}) THEN CAST('NaN' AS DOUBLE) END",
            flat(first)?,
            flat(second)?
        ),
        _ => format!(
            "CASE WHEN {finite} THEN {value} WHEN NOT ({}) THEN CAST('NaN' AS DOUBLE) END",
            flat(second)?
        ),
    };
    Ok(Some(Fragment::atom(text)))
}
