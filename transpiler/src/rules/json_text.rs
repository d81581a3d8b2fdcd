//! Rule `TR0701`, `text out of JSON`.

use super::{json_plain, json_sql as sql_text};
use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0701",
    name: "text out of JSON",
    fidelity: Fidelity::Exact,
    constructs: &[
        "->>",
        "#>>",
        "json_scalar",
        "json_lax",
        "json_compact",
        "json_plain",
        "json_sorted",
        "cast",
    ],
    page: "\
`->>` along a path is `json_extract_string`. DuckDB writes numbers with a fraction, objects and arrays in another way than they stand in the document, so these are taken out of it with their numbers as texts. Where a key stands twice in `json` PostgreSQL takes the last and DuckDB the first: that is raised. Keys of `#>>` that are numbers are positions too.",
    emit,
    examples: &[
        duckdb("SELECT jb ->> 'a' AS v FROM t", "SELECT jb ->> '$.a' AS v\nFROM t"),
        duckdb(
            "SELECT jb #>> '{a,0}' AS v FROM t",
            "SELECT (coalesce(jb ->> '$.a[0]', jb ->> '$.a.\"0\"')) AS v\nFROM t",
        ),
        duckdb("SELECT jb::text AS v FROM t", "SELECT CAST(jb AS VARCHAR) AS v\nFROM t"),
        refused(Target::DuckDb, "SELECT jb #>> ARRAY[x] AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    if emitter.target() != Target::DuckDb || json_plain::applies(emitter, expr) {
        return Ok(None);
    }
    let (name, value) = match &expr.kind {
        ExprKind::Cast { expr: inner }
            if expr.ty == Type::Text && matches!(inner.ty, Type::Json | Type::Jsonb) =>
        {
            ("cast", &**inner)
        }
        ExprKind::Call(call)
            if ["json_compact", "json_plain", "json_sorted"].contains(&call.name) =>
        {
            match call.args.as_slice() {
                [value] => (call.name, value),
                _ => return Ok(None),
            }
        }
        ExprKind::Call(call) => (call.name, expr),
        _ => return Ok(None),
    };
    if name == "cast" && value.ty == Type::Json && value.call().is_none_or(|call| builds(call.name))
    {
        // `json` is its text.
        let text = emitter.expr(value)?.text;
        return Ok(Some(Fragment::atom(format!("CAST({text} AS VARCHAR)"))));
    }
    let Some(place) = super::json_path::of(emitter, value)? else { return Ok(None) };
    Ok(Some(match name {
        "cast" => {
            let shown = place.shown(emitter);
            place.guarded("", &shown)
        }
        "json_compact" => place.guarded("", &sql_text::known(&place.compact())),
        "json_plain" => place.guarded("", &sql_text::plain(&place.marked())),
        "json_sorted" => {
            let text = place.guarded("", &sql_text::plain(&place.marked())).text;
            let unsorted = sql_text::is_unsorted(&emitter.expr(value)?.text);
            Fragment::atom(format!(
                "CASE WHEN {unsorted} THEN error('the order of such keys is not known') ELSE {text} END"
            ))
        }
        // Of objects and arrays nothing. Of `-0`, a whole number, the sign would be lost.
        "json_scalar" | "json_lax" => {
            let cases = format!(
                "WHEN {kind} IN ('OBJECT', 'ARRAY') THEN NULL WHEN {kind} IN ('DOUBLE', 'BIGINT') THEN {}",
                place.compact(),
                kind = place.kind()
            );
            place.guarded(&cases, &place.text())
        }
        _ => {
            let shown = place.shown(emitter);
            let cases = format!(
                "WHEN {} IN ('OBJECT', 'ARRAY', {}) THEN {shown}",
                place.kind(),
                place.written_numbers()
            );
            place.guarded(&cases, &place.text())
        }
    }))
}

/// Does the call make `json` anew, as PostgreSQL writes it?
fn builds(name: &str) -> bool {
    matches!(name, "to_json" | "json_build_object" | "json_build_array" | "json_agg")
}
