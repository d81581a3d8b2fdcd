//! A float is rounded, or cut, to decimal digits as the exact number that it is: 1.115 is a little less, and so 1.11. Its digits are written out and read as a decimal. Numbers of 16 digits and more before the point have none behind it.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, google},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR1002",
    name: "floats rounded exactly",
    fidelity: Fidelity::Exact,
    constructs: &["round_exact", "trunc_exact"],
    page: "\
A float is rounded, or cut, to decimal digits as the exact number that it is: 1.115 is a little less, and so 1.11. Its digits are written out and read as a decimal. Numbers of 16 digits and more before the point have none behind it.",
    emit,
    examples: &[google(
        Target::DuckDb,
        "SELECT round(1.115, 2) AS r",
        "SELECT CASE WHEN NOT abs(CAST('1.115' AS DOUBLE)) < 4503599627370496 THEN CAST('1.115' AS DOUBLE) ELSE CAST(CAST(round(CAST(printf('%.22f', CAST('1.115' AS DOUBLE)) AS DECIMAL(38,22)), 2) AS VARCHAR) AS DOUBLE) END AS r",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [value, digits] = call.args.as_slice() else { return Ok(None) };
    // With 22 digits written out, what is no half of a digit does not look like one.
    let Some(digits) = digits.integer().filter(|digits| (-15..=5).contains(digits)) else {
        return Ok(None);
    };
    let name = if call.name == "round_exact" { "round" } else { "trunc" };
    let value = emitter.expr(value)?;
    let large = if digits >= 0 {
        // A whole number; an infinity; NaN, which is greater than any.
        "{0}"
    } else {
        "CASE WHEN isfinite({0}) THEN error('so large a float is not rounded') ELSE {0} END"
    };
    Ok(Some(fill(
        &format!(
            "CASE WHEN NOT abs({{0}}) < 4503599627370496 THEN {large} ELSE CAST(CAST({name}(CAST(printf('%.22f', {{0}}) AS DECIMAL(38,22)), {digits}) AS VARCHAR) AS DOUBLE) END"
        ),
        &[value],
    )))
}
