//! Rule `TR0709`, `JSON by its value`.

use super::json_path;
use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb, refused, value_itself},
    targets::Target,
};
use model::Caveat;
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0709",
    name: "JSON by its value",
    fidelity: Fidelity::Approximate(Caveat::JsonText),
    constructs: &[
        "->",
        "->>",
        "#>",
        "#>>",
        "json_at",
        "json_lax_at",
        "json_scalar",
        "json_lax",
        "json_compact",
        "json_plain",
        "json_sorted",
        "by_value",
        "cast",
    ],
    page: "\
JSON is read and written as DuckDB does it: the value is kept, and so is the text of strings, whole numbers, booleans and nulls. A number with a fraction is a float there, written with its shortest digits; objects and arrays are written without blanks; text is JSON where DuckDB reads it, which takes `NaN` and a last comma too; and of equal keys in one object the first counts. Under the setting `json_text = exact` the text is kept digit by digit. Where it is the source that writes a number of a value of type JSON with other digits, as Trino does, this holds on all targets.",
    emit,
    examples: &[
        duckdb("SELECT jb ->> 'a' AS v FROM t", "SELECT jb ->> '$.a' AS v\nFROM t"),
        duckdb(
            "SELECT jb -> 'a' -> 0 ->> 'b c' AS v FROM t",
            "SELECT CASE WHEN json_type(jb, '$.a') NOT IN ('ARRAY', 'OBJECT', 'NULL') THEN error('the place in such JSON is not known') ELSE (jb ->> '$.a[0].\"b c\"') END AS v\nFROM t",
        ),
        duckdb("SELECT jb -> 'a' AS v FROM t", "SELECT json_extract(jb, '$.a') AS v\nFROM t"),
        duckdb("SELECT jb::text AS v FROM t", "SELECT CAST(jb AS VARCHAR) AS v\nFROM t"),
        duckdb("SELECT x::jsonb ->> 'a' AS v FROM t", "SELECT x ->> '$.a' AS v\nFROM t"),
        refused(Target::DuckDb, "SELECT jb #>> ARRAY[x] AS v FROM t"),
    ],
};

/// Is JSON read by its value here? Of a constant document the text is always kept.
pub(super) fn applies(emitter: &Emitter, expr: &Expr) -> bool {
    if emitter.keeps_json_text() {
        return false;
    }
    let document = match &expr.kind {
        ExprKind::Cast { expr: inner } => {
            let is_json = |ty: &Type| matches!(ty, Type::Json | Type::Jsonb);
            let reads = is_json(&expr.ty) && (is_json(&inner.ty) || inner.ty.is_text());
            let writes = expr.ty == Type::Text && is_json(&inner.ty);
            if !reads && !writes {
                return false;
            }
            if inner.ty.is_text() {
                return inner.text().is_none();
            }
            inner
        }
        ExprKind::Call(call) if call.name.starts_with("json_") => match call.args.as_slice() {
            [only] => only,
            _ => expr,
        },
        _ => expr,
    };
    !json_path::is_of_constant(document)
}

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    if expr.call().is_some_and(|call| call.name == "by_value") {
        return value_itself(emitter, expr);
    }
    if emitter.target() != Target::DuckDb || !applies(emitter, expr) {
        return Ok(None);
    }
    let call = match &expr.kind {
        ExprKind::Cast { expr: inner } => return cast(emitter, expr, inner),
        ExprKind::Call(call) => call,
        _ => return Ok(None),
    };
    let value = match (call.name, call.args.as_slice()) {
        ("json_compact" | "json_plain" | "json_sorted", [value]) => value,
        _ => expr,
    };
    let Some(place) = json_path::of(emitter, value)? else { return Ok(None) };
    Ok(Some(match call.name {
        "->>" | "#>>" => place.plain_text(),
        "json_scalar" | "json_lax" => place.plain_scalar(),
        "json_compact" | "json_plain" | "json_sorted" => written(&place.plain_value()),
        _ => place.plain_value(),
    }))
}

fn cast(emitter: &mut Emitter, expr: &Expr, inner: &Expr) -> Emit<Option<Fragment>> {
    if inner.ty.is_text() {
        let text = emitter.expr(inner)?.text;
        return Ok(Some(Fragment::atom(format!("CAST({text} AS JSON)"))));
    }
    let value = emitter.expr(inner)?;
    Ok(Some(if expr.ty == Type::Text { written(&value) } else { value }))
}

/// The text of JSON.
fn written(value: &Fragment) -> Fragment {
    Fragment::atom(format!("CAST({} AS VARCHAR)", value.text))
}
