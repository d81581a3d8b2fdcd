//! Rule `TR0703`, `what a JSON value is`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0703",
    name: "what a JSON value is",
    fidelity: Fidelity::Exact,
    constructs: &[
        "is null",
        "is not null",
        "json_typeof",
        "jsonb_typeof",
        "json_array_length",
        "jsonb_array_length",
    ],
    page: "\
A place of a document that is not there is NULL, a JSON null is not. Kinds have PostgreSQL's names, and the length of what is no array is an error.",
    emit,
    examples: &[
        duckdb(
            "SELECT jb -> 'a' IS NULL AS v FROM t",
            "SELECT (json_type(jb, '$.a') IS NULL) AS v\nFROM t",
        ),
        duckdb(
            "SELECT jsonb_typeof(jb -> 'a') AS v FROM t",
            "SELECT (CASE json_type(jb, '$.a') WHEN 'VARCHAR' THEN 'string' WHEN 'UBIGINT' THEN 'number' WHEN 'BIGINT' THEN 'number' WHEN 'DOUBLE' THEN 'number' ELSE lower(json_type(jb, '$.a')) END) AS v\nFROM t",
        ),
        duckdb(
            "SELECT jsonb_array_length(jb) AS v FROM t",
            "SELECT CASE WHEN json_type(jb) <> 'ARRAY' THEN error('22023: cannot get array length of a scalar') ELSE CAST(json_array_length(jb) AS INTEGER) END AS v\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [value] = call.args.as_slice() else { return Ok(None) };
    let asks_null = call.name.starts_with("is ");
    if !matches!(value.ty, Type::Json | Type::Jsonb) || (asks_null && value.call().is_none()) {
        return Ok(None);
    }
    let Some(place) = super::json_path::of(emitter, value)? else { return Ok(None) };
    let kind = place.kind();
    Ok(Some(match call.name {
        "is null" => place.guarded("", &format!("{kind} IS NULL")),
        "is not null" => place.guarded("", &format!("{kind} IS NOT NULL")),
        "json_array_length" | "jsonb_array_length" => place.guarded(
            &format!("WHEN {kind} <> 'ARRAY' THEN error('22023: cannot get array length of a scalar')"),
            &format!("CAST({} AS INTEGER)", place.applied("json_array_length")),
        ),
        _ => place.guarded(
            "",
            &format!(
                "CASE {kind} WHEN 'VARCHAR' THEN 'string' WHEN 'UBIGINT' THEN 'number' WHEN 'BIGINT' THEN 'number' WHEN 'DOUBLE' THEN 'number' ELSE lower({kind}) END"
            ),
        ),
    }))
}
