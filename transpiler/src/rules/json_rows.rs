//! Functions that give rows out of JSON, as lists that DuckDB's `unnest` takes.

use super::json_sql as sql_text;
use crate::{emit::Emitter, rule::Emit};
use sql::tree::{Call, Expr};

/// The list whose elements are the rows of the call; nothing where it is another call.
pub(crate) fn list(emitter: &mut Emitter, call: &Call) -> Emit<Option<String>> {
    let [document] = call.args.as_slice() else { return Ok(None) };
    let name = call.name.trim_start_matches("json_").trim_start_matches("jsonb_");
    match name {
        "array_elements" | "array_elements_text" => elements(emitter, name, document),
        "object_keys" => {
            let Some(place) = super::json_path::of(emitter, document)? else { return Ok(None) };
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

fn elements(emitter: &mut Emitter, name: &str, document: &Expr) -> Emit<Option<String>> {
    let Some(place) = super::json_path::of_value(emitter, document)? else { return Ok(None) };
    let Some(elements) = place.elements() else { return Ok(None) };
    if name == "array_elements" && place.loses_text(emitter) {
        return Ok(None);
    }
    let cases = format!(
        "WHEN {} <> 'ARRAY' THEN error('22023: cannot extract elements from such a value')",
        place.kind()
    );
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
