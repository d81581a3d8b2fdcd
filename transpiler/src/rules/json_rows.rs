//! Functions that give rows out of JSON, as lists that DuckDB's `unnest` takes.

use super::{
    json_path::{self, Place},
    json_plain, json_sql as sql_text,
};
use crate::{emit::Emitter, rule::Emit};
use sql::tree::{Call, Expr, ExprKind};

/// The list whose elements are the rows of the call; nothing where it is another call.
pub(crate) fn list(emitter: &mut Emitter, call: &Call) -> Emit<Option<String>> {
    let [document] = call.args.as_slice() else { return Ok(None) };
    let name = call.name.trim_start_matches("json_").trim_start_matches("jsonb_");
    match name {
        "array_elements" | "array_elements_text" => elements(emitter, name, document),
        "object_keys" => {
            if let Some(place) = of_kind(emitter, document, "object")? {
                return Ok(Some(place.plain_keys().text));
            }
            let Some(place) = json_path::of(emitter, document)? else { return Ok(None) };
            let kind = place.kind();
            let cases = format!(
                "WHEN {kind} <> 'OBJECT' THEN error('22023: cannot call {} on such a value')",
                call.name
            );
            Ok(Some(place.guarded(&cases, &place.applied("json_keys")).text))
        }
        _ => Ok(None),
    }
}

/// The place of `document` in `CASE WHEN jsonb_typeof(document) = 'kind' THEN document END`: of
/// another kind there are no rows, as on DuckDB.
fn of_kind(emitter: &mut Emitter, expr: &Expr, kind: &str) -> Emit<Option<Place>> {
    let ExprKind::Case { operand: None, branches, otherwise: None } = &expr.kind else {
        return Ok(None);
    };
    let [(when, then)] = branches.as_slice() else { return Ok(None) };
    let asked = when.call().filter(|call| call.name == "=").and_then(|test| {
        let [kind_of, wanted] = test.args.as_slice() else { return None };
        let kind_of = kind_of.call().filter(|_| wanted.text() == Some(kind))?;
        matches!(kind_of.name, "json_typeof" | "jsonb_typeof").then(|| kind_of.args.first())?
    });
    if asked.is_some_and(|document| document.kind == then.kind) {
        json_path::of(emitter, then)
    } else {
        Ok(None)
    }
}

/// The elements as DuckDB writes them.
fn plain_elements(emitter: &mut Emitter, texts: bool, document: &Expr) -> Emit<Option<String>> {
    let known = of_kind(emitter, document, "array")?;
    let guarded = known.is_none();
    let place = if known.is_some() { known } else { json_path::of(emitter, document)? };
    let Some(place) = place else { return Ok(None) };
    let cases = if guarded { not_an_array(&place) } else { String::new() };
    Ok(place
        .plain_elements(&cases, texts)
        .map(|list| emitter.made_by(&json_plain::RULE, document.span, &list.text)))
}

fn not_an_array(place: &Place) -> String {
    format!(
        "WHEN {} <> 'ARRAY' THEN error('22023: cannot extract elements from such a value')",
        place.kind()
    )
}

fn elements(emitter: &mut Emitter, name: &str, document: &Expr) -> Emit<Option<String>> {
    if json_plain::applies(emitter, document) {
        return plain_elements(emitter, name == "array_elements_text", document);
    }
    let Some(place) = json_path::of_value(emitter, document)? else { return Ok(None) };
    let Some(elements) = place.elements() else { return Ok(None) };
    if name == "array_elements" && place.loses_text(emitter) {
        return Ok(None);
    }
    let cases = not_an_array(&place);
    let element = if name == "array_elements" {
        place.value_of(&sql_text::unmarked("_element"))
    } else {
        let other = place.shown_part(
            emitter,
            &sql_text::unmarked("_element"),
            r#"starts_with(CAST(_element AS VARCHAR), '"\u0001')"#,
            "error('the text of such JSON is not known')",
        );
        format!(
            r#"CASE WHEN json_type(_element) = 'NULL' THEN NULL WHEN json_type(_element) <> 'VARCHAR' OR starts_with(CAST(_element AS VARCHAR), '"\u0001') THEN {other} ELSE json_extract_string(_element, '$') END"#
        )
    };
    let list = format!("list_transform({elements}, lambda _element: {element})");
    Ok(Some(place.guarded(&cases, &list).text))
}
