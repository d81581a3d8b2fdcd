//! Rule `TR0707`, `JSON of many rows`.

use super::json_build::{as_json, has_one_value, json_of};
use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0707",
    name: "JSON of many rows",
    fidelity: Fidelity::Exact,
    constructs: &["json_agg", "jsonb_agg", "jsonb_object_agg"],
    page: "\
Aggregates that make JSON put the texts of its parts together. `jsonb_object_agg` takes the last of equal keys, which depends on the order of rows: equal keys are raised, and so is a key that is NULL.",
    emit,
    examples: &[
        duckdb(
            "SELECT jsonb_agg(i ORDER BY i) AS v FROM t",
            "SELECT to_json(list(i ORDER BY i NULLS LAST)) AS v\nFROM t",
        ),
        duckdb(
            "SELECT jsonb_object_agg(x, i) AS v FROM t",
            "SELECT CAST(CASE WHEN count(*) > count(DISTINCT x) THEN error('a key twice, or none') ELSE '{' || string_agg(CAST(to_json(x) AS VARCHAR) || ': ' || coalesce(CAST(i AS VARCHAR), 'null'), ', ') || '}' END AS JSON) AS v\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT jsonb_agg(f) AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() != Target::Postgres) else {
        return Ok(None);
    };
    let inside_jsonb = call.name.starts_with("jsonb");
    if call.distinct || (inside_jsonb && call.args.iter().any(|arg| arg.ty == Type::Json)) {
        return Ok(None);
    }
    let text = match call.args.as_slice() {
        [value]
            if !emitter.keeps_json_text()
                && emitter.target() == Target::DuckDb
                && has_one_value(&value.ty) =>
        {
            let shown = emitter.expr(value)?.text;
            let made = format!("to_json({})", emitter.function("list", &shown, call)?.text);
            // Parts are written anew, with numbers of 64 bits.
            let anew = matches!(value.ty, Type::Json | Type::Jsonb | Type::Numeric(_));
            return Ok(Some(Fragment::atom(if anew {
                emitter.made_by(&super::json_plain::RULE, expr.span, &made)
            } else {
                made
            })));
        }
        [value] => {
            let Some(json) = json_of(emitter, value)? else { return Ok(None) };
            let parts =
                emitter.function("string_agg", &format!("coalesce({json}, 'null'), ', '"), call)?;
            format!("('[' || {} || ']')", parts.text)
        }
        [key, value]
            if emitter.target() == Target::DuckDb
                && key.ty.is_text()
                && call.order_by.is_empty() =>
        {
            let Some(json) = json_of(emitter, value)? else { return Ok(None) };
            let key = emitter.expr(key)?;
            let parts = format!(
                "CAST(to_json({}) AS VARCHAR) || ': ' || coalesce({json}, 'null'), ', '",
                key.text
            );
            // The order of the rows is that of the keys.
            emitter.reads_json();
            let parts = emitter.function("string_agg", &parts, call)?.text;
            let rows = emitter.function("count", "*", call)?.text;
            let keys =
                emitter.function("count", &format!("DISTINCT {}", key.at(Level::Atom)), call)?;
            return Ok(Some(Fragment::atom(format!(
                "CAST(CASE WHEN {rows} > {} THEN error('a key twice, or none') ELSE '{{' || {parts} || '}}' END AS JSON)",
                keys.text
            ))));
        }
        _ => return Ok(None),
    };
    Ok(Some(as_json(emitter, &text)))
}
