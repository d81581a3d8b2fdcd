//! Rule `TR0705`, `text read as JSON`.

use super::{json_plain, json_sql as sql_text};
use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0705",
    name: "text read as JSON",
    fidelity: Fidelity::Exact,
    constructs: &["cast", "json_valid"],
    page: "\
Text becomes JSON where it is JSON to PostgreSQL too: DuckDB would also take `NaN` and a last comma. A key that stands twice, and numbers that `jsonb` writes in another way, are raised.",
    emit,
    examples: &[
        duckdb("SELECT x::json AS v FROM t", "SELECT CAST(x AS JSON) AS v\nFROM t"),
        duckdb("SELECT x::jsonb AS v FROM t", "SELECT CAST(x AS JSON) AS v\nFROM t"),
        refused(Target::DataFusion, "SELECT x::jsonb AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    if emitter.target() != Target::DuckDb {
        return Ok(None);
    }
    if let Some(call) = expr.call() {
        let [text] = call.args.as_slice() else { return Ok(None) };
        let text = emitter.expr(text)?.at(Level::Atom);
        return Ok(Some(Fragment::atom(sql_text::is_valid(&text))));
    }
    let ExprKind::Cast { expr: inner } = &expr.kind else { return Ok(None) };
    if json_plain::applies(emitter, expr) {
        return Ok(None);
    }
    let fresh = match (&inner.ty, &expr.ty) {
        (from, Type::Json | Type::Jsonb) if from.is_text() => true,
        (Type::Json, Type::Jsonb) => false,
        (Type::Jsonb, Type::Json | Type::Jsonb) | (Type::Json, Type::Json) => {
            return emitter.expr(inner).map(Some);
        }
        _ => return Ok(None),
    };
    if let Some(text) = inner.text() {
        let kind = ExprKind::Literal(Literal::Typed(text.to_owned()));
        return emitter.expr(&Expr { kind, ..expr.clone() }).map(Some);
    }
    let value = emitter.expr(inner)?.at(Level::Atom);
    let mut whens = Vec::new();
    if fresh {
        whens.push(format!(
            "WHEN NOT {} THEN error('22P02: invalid input syntax for type json')",
            sql_text::is_valid(&value)
        ));
    }
    if expr.ty == Type::Jsonb {
        emitter.reads_json();
        let text = if fresh { value.clone() } else { format!("CAST({value} AS VARCHAR)") };
        whens.push(format!(
            "WHEN {} OR {} THEN error('what such JSON becomes is not known')",
            sql_text::has_other_numbers(&text),
            sql_text::has_a_key_twice(&text)
        ));
    }
    let done = match (fresh, &expr.ty) {
        (_, Type::Jsonb) => {
            let whole = format!("json({})", sql_text::marked(&value));
            format!("CAST({} AS JSON)", sql_text::spaced(&sql_text::unmarked(&whole)))
        }
        (true, _) => format!("CAST({value} AS JSON)"),
        (false, _) => value,
    };
    Ok(Some(Fragment::atom(format!("CASE {} ELSE {done} END", whens.join(" ")))))
}
