//! Rule `TR0706`, `JSON put together`.

use super::json_as_text;
use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, Literal},
};
use std::collections::BTreeMap;

pub(crate) static RULE: Rule = Rule {
    code: "TR0706",
    name: "JSON put together",
    fidelity: Fidelity::Exact,
    constructs: &[
        "to_json",
        "to_jsonb",
        "json_build_object",
        "jsonb_build_object",
        "json_build_array",
        "jsonb_build_array",
        "jsonb_build_present",
    ],
    page: "\
JSON is put together as text, as PostgreSQL writes it: `{\"a\" : 1}` for `json`, and `{\"a\": 1}` for `jsonb` with its keys by length and bytes, which are constants there. Values are whole numbers, decimals, texts, booleans, dates and JSON; other values have another text.",
    emit,
    examples: &[
        duckdb("SELECT to_jsonb(i) AS v FROM t", "SELECT to_json(i) AS v\nFROM t"),
        duckdb(
            "SELECT jsonb_build_object('bb', x, 'a', i) AS v FROM t",
            "SELECT json_object('bb', x, 'a', i) AS v\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT jsonb_build_object(x, i) AS v FROM t"),
        refused(Target::DuckDb, "SELECT to_jsonb(f) AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() != Target::Postgres) else {
        return Ok(None);
    };
    // Inside `jsonb` keys that stand twice would be one.
    if call.name.contains("jsonb") && call.args.iter().any(|arg| arg.ty == Type::Json) {
        return Ok(None);
    }
    if let Some(plain) = plain(emitter, expr, call)? {
        return Ok(Some(plain));
    }
    let text = match (call.name, call.args.as_slice()) {
        ("to_json" | "to_jsonb", [value]) => {
            let Some(json) = json_of(emitter, value)? else { return Ok(None) };
            return Ok(Some(as_json(emitter, &json)));
        }
        ("json_build_array" | "jsonb_build_array", items) => {
            let mut parts = Vec::with_capacity(items.len());
            for item in items {
                let Some(part) = part(emitter, item)? else { return Ok(None) };
                parts.push(part);
            }
            joined("[", &parts, "]")
        }
        ("json_build_object", members) => {
            let Some(members) = members_of(emitter, members)? else { return Ok(None) };
            let parts: Vec<String> =
                members.into_iter().map(|(key, value)| named(&key, " : ", &value)).collect();
            joined("{", &parts, "}")
        }
        ("jsonb_build_present", members) => {
            let Some(members) = present(emitter, members)? else { return Ok(None) };
            format!("('{{' || concat_ws(', ', {members}) || '}}')")
        }
        (_, members) => {
            let Some(members) = members_of(emitter, members)? else { return Ok(None) };
            // The last of equal keys counts.
            let members: BTreeMap<(usize, String), String> =
                members.into_iter().map(|(key, value)| ((key.len(), key), value)).collect();
            let parts: Vec<String> =
                members.iter().map(|((_, key), value)| named(key, ": ", value)).collect();
            joined("{", &parts, "}")
        }
    };
    Ok(Some(as_json(emitter, &text)))
}

/// The text as a document; on `DataFusion` it is one.
pub(super) fn as_json(emitter: &Emitter, text: &str) -> Fragment {
    Fragment::atom(match emitter.target() {
        Target::DataFusion => format!("({text})"),
        _ => format!("CAST({text} AS JSON)"),
    })
}

/// The call of DuckDB that makes the same value.
fn plain(emitter: &mut Emitter, expr: &Expr, call: &Call) -> Emit<Option<Fragment>> {
    if emitter.keeps_json_text() || emitter.target() != Target::DuckDb {
        return Ok(None);
    }
    let (name, members) = match call.name {
        "to_json" | "to_jsonb" => ("to_json", false),
        "json_build_array" | "jsonb_build_array" => ("json_array", false),
        "json_build_object" | "jsonb_build_object" => ("json_object", true),
        _ => return Ok(None),
    };
    let mut args: Vec<&Expr> = call.args.iter().collect();
    if members {
        let mut last: BTreeMap<&str, &Expr> = BTreeMap::new();
        for pair in call.args.chunks(2) {
            let [key, value] = pair else { return Ok(None) };
            let Some(name) = key.text() else { return Ok(None) };
            // Which of equal keys counts is not the same everywhere.
            if last.insert(name, value).is_some() {
                return Ok(None);
            }
        }
        args = args.into_iter().skip(1).step_by(2).collect();
    }
    if !args.iter().all(|value| value.is_null() || has_one_value(&value.ty)) {
        return Ok(None);
    }
    let shown = emitter.args(&call.args)?;
    let made = Fragment::call(name, &shown);
    // Parts are written anew, with numbers of 64 bits.
    let anew = args.iter().any(|value| {
        matches!(value.ty, Type::Json | Type::Jsonb | Type::Numeric(_)) && !value.is_null()
    });
    Ok(Some(if anew {
        Fragment::atom(emitter.made_by(&super::json_plain::RULE, expr.span, &made.text))
    } else {
        made
    }))
}

/// Does DuckDB make the same JSON of values of this type?
pub(super) fn has_one_value(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Text
            | Type::Varchar(_)
            | Type::Bool
            | Type::Int2
            | Type::Int4
            | Type::Int8
            | Type::Date
            | Type::Json
            | Type::Jsonb
            | Type::Numeric(Some(_))
    )
}

fn named(key: &str, between: &str, value: &str) -> String {
    format!("{} || {value}", text_literal(&format!("{}{between}", sql::json::string(key))))
}

fn joined(open: &str, parts: &[String], close: &str) -> String {
    if parts.is_empty() {
        return format!("'{open}{close}'");
    }
    format!("('{open}' || {} || '{close}')", parts.join(" || ', ' || "))
}

/// Constant keys with their values as JSON.
fn members_of(emitter: &mut Emitter, args: &[Expr]) -> Emit<Option<Vec<(String, String)>>> {
    let mut members = Vec::with_capacity(args.len() / 2);
    for pair in args.chunks(2) {
        let [key, value] = pair else { return Ok(None) };
        let Some(key) = key.text().map(str::to_owned) else { return Ok(None) };
        let Some(value) = part(emitter, value)? else { return Ok(None) };
        members.push((key, value));
    }
    Ok(Some(members))
}

/// The members whose value is not NULL, sorted by their keys; NULL for the others.
fn present(emitter: &mut Emitter, args: &[Expr]) -> Emit<Option<String>> {
    let mut members = BTreeMap::new();
    for pair in args.chunks(2) {
        let [key, value] = pair else { return Ok(None) };
        let Some(key) = key.text().map(str::to_owned) else { return Ok(None) };
        if value.is_null() {
            continue;
        }
        let Some(value) = json_of(emitter, value)? else { return Ok(None) };
        // Which of equal keys counts is not the same everywhere.
        if members.insert((key.len(), key.clone()), named(&key, ": ", &value)).is_some() {
            return Ok(None);
        }
    }
    let members: Vec<String> = members.into_values().collect();
    Ok(Some(if members.is_empty() { "''".to_owned() } else { members.join(", ") }))
}

/// The value as a part of a document, where NULL is `null`.
fn part(emitter: &mut Emitter, value: &Expr) -> Emit<Option<String>> {
    if value.is_null() {
        return Ok(Some("'null'".to_owned()));
    }
    Ok(json_of(emitter, value)?.map(|json| format!("coalesce({json}, 'null')")))
}

/// The value as the text of JSON, NULL where it is NULL.
pub(super) fn json_of(emitter: &mut Emitter, value: &Expr) -> Emit<Option<String>> {
    if let Some(text) = value.text().filter(|_| matches!(value.kind, ExprKind::Literal(_))) {
        return Ok(Some(text_literal(&sql::json::string(text))));
    }
    if emitter.target() == Target::DataFusion {
        return json_as_text::of(emitter, value);
    }
    let shown = match &value.ty {
        Type::Text | Type::Varchar(_) => {
            let text = emitter.expr(value)?.text;
            // Other control characters have another escape.
            return Ok(Some(super::json_sql::with(
                &text,
                "_text",
                r"CASE WHEN regexp_matches(_text, '[\x0b\x0e\x0f\x1a-\x1f]') THEN error('the text of such JSON is not known') ELSE CAST(to_json(_text) AS VARCHAR) END",
            )));
        }
        Type::Bool => {
            if let Some(Literal::Bool(value)) = value.literal() {
                return Ok(Some(format!("'{value}'")));
            }
            emitter.expr(value)?.text
        }
        Type::Int2 | Type::Int4 | Type::Int8 => emitter.expr(value)?.text,
        Type::Date => {
            let text = emitter.expr(value)?.at(Level::Unary);
            return Ok(Some(format!("('\"' || CAST({text} AS VARCHAR) || '\"')")));
        }
        // What is read of JSON keeps its text, of whichever kind it is.
        Type::Json | Type::Jsonb => emitter.expr(value)?.text,
        Type::Numeric(_) => match emitter.output_text(value)? {
            Some(text) => return Ok(Some(format!("CAST({} AS VARCHAR)", text.text))),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(format!("CAST({shown} AS VARCHAR)")))
}
