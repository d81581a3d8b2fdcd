//! Rule `TR0702`, `numbers out of JSON`.

use super::float_to_decimal::text_of_float;
use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, ROUNDED, Rule, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0702",
    name: "numbers out of JSON",
    fidelity: ROUNDED,
    constructs: &["cast"],
    page: "\
A value out of a document that is read as a number is read from the number itself, or from its text. A number of more than 15 digits is raised where it becomes `numeric`; `numeric` without digits is a float.",
    emit,
    examples: &[
        duckdb(
            "SELECT (jb ->> 'a')::int AS v FROM t",
            "SELECT CASE WHEN json_extract_string(jb, '$.a') IS NOT NULL AND NOT regexp_full_match(json_extract_string(jb, '$.a'), '\\s*[+-]?[0-9]+\\s*') THEN error('22P02: invalid input syntax for a number') ELSE CAST(trim(json_extract_string(jb, '$.a')) AS INTEGER) END AS v\nFROM t",
        ),
        duckdb(
            "SELECT (jb ->> 'a')::numeric AS v FROM t",
            "SELECT CASE WHEN json_extract_string(jb, '$.a') IS NOT NULL AND NOT regexp_full_match(json_extract_string(jb, '$.a'), '\\s*[+-]?([0-9]{1,150}\\.?[0-9]{0,150}|\\.[0-9]{1,150})([eE][+-]?[0-9]{1,2})?\\s*') THEN error('22P02: invalid input syntax for a number') ELSE CAST(trim(json_extract_string(jb, '$.a')) AS DOUBLE) END AS v\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let ExprKind::Cast { expr: inner } = &expr.kind else { return Ok(None) };
    let out_of_json = inner.call().is_some_and(|call| ["->>", "#>>"].contains(&call.name));
    if emitter.target() != Target::DuckDb || !out_of_json {
        return Ok(None);
    }
    // `numeric` of unknown digits is a float here.
    let to = if expr.ty == Type::NUMERIC { Type::Float8 } else { expr.ty.clone() };
    let pattern = match &to {
        ty if ty.is_integer() => r"\s*[+-]?[0-9]+\s*",
        Type::Numeric(Some(_)) | Type::Float8 => {
            r"\s*[+-]?([0-9]{1,150}\.?[0-9]{0,150}|\.[0-9]{1,150})([eE][+-]?[0-9]{1,2})?\s*"
        }
        _ => return Ok(None),
    };
    let Some(name) = emitter.target().type_name(&to) else { return Ok(None) };
    let Some(place) = super::json_path::of(emitter, inner)? else { return Ok(None) };
    let text = place.text();
    let mut cases = format!(
        "WHEN {text} IS NOT NULL AND NOT regexp_full_match({text}, '{pattern}') THEN error('22P02: invalid input syntax for a number')"
    );
    if matches!(to, Type::Numeric(_)) {
        cases.push_str(&format!(
            " WHEN length(regexp_replace({text}, '[^0-9]', '', 'g')) > 15 AND {} = 'DOUBLE' THEN error('a number of so many digits is not known')",
            place.kind()
        ));
    }
    let number = format!("trim({text})");
    let number = match &to {
        // A text with an exponent below zero is not read right as a decimal.
        Type::Numeric(Some(shape)) => format!(
            "CASE WHEN contains(lower({text}), 'e-') THEN {} ELSE {number} END",
            text_of_float(&format!("CAST({number} AS DOUBLE)"), shape.scale)
        ),
        _ => number,
    };
    Ok(Some(place.guarded(&cases, &format!("CAST({number} AS {name})"))))
}
