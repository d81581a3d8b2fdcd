//! Holds a document against the part of JSON Schema that derived schemas use. A keyword that is
//! not known here is an error, so that nothing passes unchecked.

use serde_json::Value;

/// What is wrong, and where.
pub(super) fn check(schema: &Value, document: &Value) -> Result<(), String> {
    node(schema, schema, document, "")
}

fn node(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let members = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Object(members) => members,
        _ => return Err(format!("{at}: nothing is allowed here")),
    };
    for (keyword, rule) in members {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => {}
            "$ref" => {
                let pointer = rule.as_str().and_then(|text| text.strip_prefix('#'));
                let target = pointer.and_then(|pointer| root.pointer(pointer));
                node(root, target.ok_or("a reference leads nowhere")?, value, at)?;
            }
            "type" => {
                let names: Vec<&str> = match rule {
                    Value::String(name) => vec![name],
                    names => names.as_array().unwrap().iter().filter_map(Value::as_str).collect(),
                };
                if !names.iter().any(|name| is_a(value, name)) {
                    return Err(format!("{at}: {value} is not {names:?}"));
                }
            }
            "const" if rule != value => return Err(format!("{at}: {value} is not {rule}")),
            "const" => {}
            "enum" if !rule.as_array().unwrap().contains(value) => {
                return Err(format!("{at}: {value} is none of {rule}"));
            }
            "enum" => {}
            "minimum" => {
                if value.as_f64().is_some_and(|number| number < rule.as_f64().unwrap()) {
                    return Err(format!("{at}: {value} is below {rule}"));
                }
            }
            "maxItems" | "minItems" => return Err(format!("{at}: `{keyword}` is not known")),
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    node(root, rule, item, &format!("{at}/{i}"))?;
                }
            }
            "properties" => {
                for (name, rule) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        node(root, rule, value, &format!("{at}/{name}"))?;
                    }
                }
            }
            "required" => {
                for name in rule.as_array().unwrap().iter().filter_map(Value::as_str) {
                    if value.is_object() && value.get(name).is_none() {
                        return Err(format!("{at}: `{name}` is missing"));
                    }
                }
            }
            "additionalProperties" => {
                assert_eq!(rule, &Value::Bool(false));
                let known = members.get("properties").and_then(Value::as_object);
                for name in value.as_object().into_iter().flat_map(|value| value.keys()) {
                    if !known.is_some_and(|known| known.contains_key(name)) {
                        return Err(format!("{at}: `{name}` is not known"));
                    }
                }
            }
            "anyOf" | "oneOf" => {
                let wrong: Vec<String> = rule
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter_map(|rule| node(root, rule, value, at).err())
                    .collect();
                let fitting = rule.as_array().unwrap().len() - wrong.len();
                if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                    return Err(format!("{at}: {fitting} of the forms fit: {}", wrong.join("; ")));
                }
            }
            unknown => return Err(format!("{at}: `{unknown}` is not known to this check")),
        }
    }
    Ok(())
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}
