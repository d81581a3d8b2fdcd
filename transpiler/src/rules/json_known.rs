//! Rule `TR0710`, `JSON beside a constant`.

use super::json_path;
use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0710",
    name: "JSON beside a constant",
    fidelity: Fidelity::Exact,
    constructs: &["=", "<>", "in list"],
    page: "\
The kind of a JSON value that is compared with constants is asked for by DuckDB's own name. Text out of JSON that is compared with a constant is compared as DuckDB writes it, where the constant begins as no number, array or object does: of all else the text is the same.",
    emit,
    examples: &[
        duckdb(
            "SELECT i FROM t WHERE jb ->> 'user' = 'alice'",
            "SELECT i\nFROM t\nWHERE (jb ->> '$.user') = 'alice'",
        ),
        duckdb(
            "SELECT i FROM t WHERE jb ->> 'user' NOT IN ('alice', 'bob')",
            "SELECT i\nFROM t\nWHERE (jb ->> '$.user') NOT IN ('alice', 'bob')",
        ),
        duckdb(
            "SELECT jsonb_typeof(jb -> 'a') = 'number' AS v FROM t",
            "SELECT json_type(jb, '$.a') IN ('UBIGINT', 'BIGINT', 'DOUBLE') AS v\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    if emitter.target() != Target::DuckDb {
        return Ok(None);
    }
    let (value, constants, negated) = match &expr.kind {
        ExprKind::InList { expr: value, list, negated } => {
            (&**value, list.iter().collect::<Vec<_>>(), *negated)
        }
        ExprKind::Call(call) => match call.args.as_slice() {
            [value, constant] if constant.text().is_some() => {
                (value, vec![constant], call.name == "<>")
            }
            [constant, value] if constant.text().is_some() => {
                (value, vec![constant], call.name == "<>")
            }
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    // What the source shows of a number does not count here either.
    let inside = value.call().filter(|call| call.name == "by_value").and_then(|c| c.args.first());
    let value = inside.unwrap_or(value);
    let Some(call) = value.call() else { return Ok(None) };
    let Some(texts) = constants.iter().map(|c| c.text()).collect::<Option<Vec<&str>>>() else {
        return Ok(None);
    };
    match (call.name, call.args.as_slice()) {
        ("json_typeof" | "jsonb_typeof", [document]) => {
            let Some(kinds) = texts.into_iter().map(kinds).collect::<Option<Vec<_>>>() else {
                return Ok(None);
            };
            let Some(place) = json_path::of(emitter, document)? else { return Ok(None) };
            let kinds: Vec<String> = kinds.concat().into_iter().map(text_literal).collect();
            Ok(Some(one_of(&place.plain_kind(), &kinds, negated)))
        }
        ("->>" | "#>>", _) if value.ty == Type::Text && texts.iter().all(|t| is_other(t)) => {
            let Some(place) = json_path::of(emitter, value)? else { return Ok(None) };
            let texts: Vec<String> = texts.into_iter().map(text_literal).collect();
            Ok(Some(one_of(&place.plain_text(), &texts, negated)))
        }
        _ => Ok(None),
    }
}

fn one_of(value: &Fragment, texts: &[String], negated: bool) -> Fragment {
    let value = value.at(Level::Add);
    let text = match texts {
        [only] => format!("{value} {} {only}", if negated { "<>" } else { "=" }),
        all => format!("{value} {}IN ({})", if negated { "NOT " } else { "" }, all.join(", ")),
    };
    Fragment::new(text, Level::Compare)
}

/// DuckDB's names of a kind.
fn kinds(kind: &str) -> Option<Vec<&'static str>> {
    Some(match kind {
        "object" => vec!["OBJECT"],
        "array" => vec!["ARRAY"],
        "string" => vec!["VARCHAR"],
        "boolean" => vec!["BOOLEAN"],
        "null" => vec!["NULL"],
        "number" => vec!["UBIGINT", "BIGINT", "DOUBLE"],
        _ => return None,
    })
}

/// Is it the text of no number, array or object?
fn is_other(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '{' | '['))
}
