//! Rule `TR0708`, `JSON in JSON`.

use super::json_path::Place;
use crate::{
    emit::{Emitter, text_literal},
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    json::Value,
    tree::{Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0708",
    name: "JSON in JSON",
    fidelity: Fidelity::Exact,
    constructs: &["@>", "<@", "?"],
    page: "\
What a constant document asks of another one is written out: the type of each object and array, the members, and that an element is like it. `?` asks for a key, an element or a text.",
    emit,
    examples: &[
        duckdb(
            "SELECT jb @> '{\"a\": 1}' AS v FROM t",
            "SELECT CASE WHEN json_type(jb) IS NULL THEN NULL ELSE coalesce((json_type(jb, '$') = 'OBJECT' AND (json_type(jb, '$.\"a\"') IN ('UBIGINT', 'BIGINT') AND json_extract_string(jb, '$.\"a\"') = '1' OR CASE WHEN json_type(jb, '$.\"a\"') = 'DOUBLE' AND TRY_CAST(json_extract_string(jb, '$.\"a\"') AS DOUBLE) = 1 THEN error('the digits of such JSON are not known') ELSE FALSE END)), FALSE) END AS v\nFROM t",
        ),
        duckdb(
            "SELECT jb ? 'a' AS v FROM t",
            "SELECT CASE WHEN json_type(jb) IS NULL THEN NULL ELSE coalesce((json_type(jb, '$') = 'OBJECT' AND list_contains(json_keys(jb, '$'), 'a') OR (json_type(jb, '$') = 'VARCHAR' AND json_extract_string(jb, '$') = 'a') OR (json_type(jb, '$') = 'ARRAY' AND len(list_filter(json_extract(jb, '$[*]'), lambda _element0: (json_type(_element0, '$') = 'VARCHAR' AND json_extract_string(_element0, '$') = 'a'))) > 0)), FALSE) END AS v\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT jb @> jb AS v FROM t"),
        refused(Target::DuckDb, "SELECT jb @> '1.5' AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let (("@>" | "?", [document, asked]) | ("<@", [asked, document])) =
        (call.name, call.args.as_slice())
    else {
        return Ok(None);
    };
    if document.ty != Type::Jsonb {
        return Ok(None);
    }
    let key = asked.text().map(str::to_owned);
    let value = match &asked.kind {
        ExprKind::Literal(Literal::Typed(text)) if call.name != "?" => sql::json::value(text),
        _ => None,
    };
    if value.is_none() && (call.name != "?" || key.is_none()) {
        return Ok(None);
    }
    let Some(place) = super::json_path::of(emitter, document)? else { return Ok(None) };
    let holds = match (value, key) {
        (Some(value), _) => place.one().and_then(|here| match &value {
            Value::Object(_) | Value::Array(_) => holds(&here, &value, 0),
            // An array contains its elements.
            scalar => {
                Some(format!("({} OR {})", is(&here, scalar)?, any_element(&here, scalar, 0)?))
            }
        }),
        (None, Some(key)) => has_key(&place, &key),
        (None, None) => None,
    };
    Ok(holds.map(|holds| {
        let missing = format!("WHEN {} IS NULL THEN NULL", place.kind());
        place.guarded(&missing, &format!("coalesce({holds}, FALSE)"))
    }))
}

/// A document, or a part of it, as SQL.
pub(super) struct Here {
    pub(super) document: String,
    pub(super) path: String,
}

impl Here {
    fn call(&self, name: &str) -> String {
        format!("{name}({}, {})", self.document, text_literal(&self.path))
    }
}

/// Is what `asked` has here? Nothing where that cannot be said.
fn holds(here: &Here, asked: &Value, depth: usize) -> Option<String> {
    match asked {
        Value::Object(members) => {
            let mut all = vec![format!("{} = 'OBJECT'", here.call("json_type"))];
            for ((_, key), value) in members {
                if key.is_empty() || key.contains(['"', '\\', '*']) {
                    return None;
                }
                let path = format!("{}.\"{key}\"", here.path);
                let there = Here { document: here.document.clone(), path };
                all.push(holds(&there, value, depth)?);
            }
            Some(format!("({})", all.join(" AND ")))
        }
        Value::Array(items) => {
            let mut all = vec![format!("{} = 'ARRAY'", here.call("json_type"))];
            for item in items {
                all.push(any_element(here, item, depth)?);
            }
            Some(format!("({})", all.join(" AND ")))
        }
        scalar => is(here, scalar),
    }
}

/// Is an element of the array here like `asked`?
fn any_element(here: &Here, asked: &Value, depth: usize) -> Option<String> {
    let variable = format!("_element{depth}");
    let inner =
        holds(&Here { document: variable.clone(), path: "$".to_owned() }, asked, depth + 1)?;
    let elements = Here { document: here.document.clone(), path: format!("{}[*]", here.path) };
    let elements = elements.call("json_extract");
    let kind = here.call("json_type");
    Some(format!(
        "({kind} = 'ARRAY' AND len(list_filter({elements}, lambda {variable}: {inner})) > 0)"
    ))
}

/// Is the value here this scalar?
fn is(here: &Here, scalar: &Value) -> Option<String> {
    let (kind, text) = (here.call("json_type"), here.call("json_extract_string"));
    Some(match scalar {
        Value::Text(wanted) => {
            format!("({kind} = 'VARCHAR' AND {text} = {})", text_literal(wanted))
        }
        Value::Word(word) if word == "null" => format!("{kind} = 'NULL'"),
        Value::Word(word) if word == "true" || word == "false" => {
            format!("({kind} = 'BOOLEAN' AND {text} = '{word}')")
        }
        // Of a number with a point that could be the same one the digits are not known.
        Value::Word(number) if number.len() < 16 && !number.contains('.') => format!(
            "({kind} IN ('UBIGINT', 'BIGINT') AND {text} = '{number}' OR CASE WHEN {kind} = 'DOUBLE' AND TRY_CAST({text} AS DOUBLE) = {number} THEN error('the digits of such JSON are not known') ELSE FALSE END)"
        ),
        _ => return None,
    })
}

fn has_key(place: &Place, key: &str) -> Option<String> {
    let here = place.one()?;
    let wanted = Value::Text(key.to_owned());
    Some(format!(
        "({kind} = 'OBJECT' AND list_contains({keys}, {key}) OR {text} OR {element})",
        kind = here.call("json_type"),
        keys = here.call("json_keys"),
        key = text_literal(key),
        text = is(&here, &wanted)?,
        element = any_element(&here, &wanted, 0)?,
    ))
}
