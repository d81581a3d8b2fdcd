//! The least and the greatest of floats of a group.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0391",
    name: "least float of a group",
    fidelity: Fidelity::Exact,
    constructs: &["min", "max"],
    page: "\
In groups DataFusion begins the least of floats with the greatest finite one, and compares as the processor does: of infinity alone the least is 1.8e308, and beside NaN it depends on the order of the rows. The same holds for the greatest. NaN, which is above all, and infinity are looked for first, and left out of the rest.",
    emit,
    examples: &[
        datafusion(
            "SELECT min(f) AS v FROM t",
            "SELECT CASE WHEN bool_and(isnan(f)) THEN CAST('NaN' AS DOUBLE) WHEN bool_and(isnan(f) OR f = CAST('Infinity' AS DOUBLE)) THEN CAST('Infinity' AS DOUBLE) ELSE min(CASE WHEN f < CAST('Infinity' AS DOUBLE) AND NOT isnan(f) THEN f END) END AS v\nFROM t",
        ),
        datafusion(
            "SELECT max(f) AS v FROM t",
            "SELECT CASE WHEN bool_or(isnan(f)) THEN CAST('NaN' AS DOUBLE) WHEN bool_and(f = CAST('-Infinity' AS DOUBLE)) THEN CAST('-Infinity' AS DOUBLE) ELSE max(CASE WHEN f > CAST('-Infinity' AS DOUBLE) AND NOT isnan(f) THEN f END) END AS v\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    let [value] = call.args.as_slice() else { return Ok(None) };
    if !value.ty.is_float() {
        return Ok(None);
    }
    if call.over.is_some() {
        let text = emitter.ranked(value)?.text;
        return Ok(Some(emitter.function(call.name, &text, call)?));
    }
    let kind = if value.ty == Type::Float4 { "REAL" } else { "DOUBLE" };
    let constant = |text: &str| format!("CAST('{text}' AS {kind})");
    let (nan, most, least) = (constant("NaN"), constant("Infinity"), constant("-Infinity"));
    let value = emitter.expr(value)?;
    let (text, side) = (&value.text, value.at(Level::Add));
    let mut aggregate =
        |name, args: String| -> Emit<String> { Ok(emitter.function(name, &args, call)?.text) };
    let is_nan = format!("isnan({text})");
    let cases = if call.name == "min" {
        let all_nan = aggregate("bool_and", is_nan.clone())?;
        let all_most = aggregate("bool_and", format!("{is_nan} OR {side} = {most}"))?;
        let present = format!("{side} < {most} AND NOT {is_nan}");
        let rest = aggregate("min", format!("CASE WHEN {present} THEN {text} END"))?;
        [(all_nan, nan), (all_most, most), (rest, String::new())]
    } else {
        let any_nan = aggregate("bool_or", is_nan.clone())?;
        let all_least = aggregate("bool_and", format!("{side} = {least}"))?;
        let present = format!("{side} > {least} AND NOT {is_nan}");
        let rest = aggregate("max", format!("CASE WHEN {present} THEN {text} END"))?;
        [(any_nan, nan), (all_least, least), (rest, String::new())]
    };
    let [(first, one), (second, two), (rest, _)] = cases;
    Ok(Some(Fragment::atom(format!(
        "CASE WHEN {first} THEN {one} WHEN {second} THEN {two} ELSE {rest} END"
    ))))
}
