//! Rule `TR0215`, `another escape of LIKE`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0215",
    name: "another escape of LIKE",
    fidelity: Fidelity::Exact,
    constructs: &["like escape", "not like escape", "ilike escape", "not ilike escape"],
    page: "\
A pattern with an escape of its own is written with a backslash as escape, so that what follows an escape is a plain character on both; DataFusion takes it for one without a word. Only constant patterns are translated.",
    emit,
    examples: &[
        duckdb(
            "SELECT x LIKE 'a!%%' ESCAPE '!' AS m FROM t",
            "SELECT x LIKE 'a\\%%' ESCAPE '\\' AS m\nFROM t",
        ),
        datafusion(
            "SELECT x LIKE 'a!%%' ESCAPE '!' AS m FROM t",
            "SELECT x LIKE 'a\\%%' AS m\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT x LIKE 'a!' ESCAPE '!' AS m FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [value, pattern, escape] = call.args.as_slice() else { return Ok(None) };
    let converted = pattern.text().zip(escape.text()).and_then(|(p, e)| convert(p, e));
    let Some(pattern) = converted else { return Ok(None) };
    let value = emitter.expr(value)?.at(Level::Add);
    let op = call.name.trim_end_matches(" escape").to_ascii_uppercase();
    let declared = if emitter.target() == Target::DuckDb { " ESCAPE '\\'" } else { "" };
    let text = format!("{value} {op} {}{declared}", text_literal(&pattern));
    Ok(Some(Fragment::new(text, Level::Compare)))
}

/// The pattern with `\` as its escape.
fn convert(pattern: &str, escape: &str) -> Option<String> {
    let mut letters = escape.chars();
    let escape = letters.next();
    if letters.next().is_some() {
        return None;
    }
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        let plain = if Some(c) == escape { chars.next()? } else { c };
        if Some(c) == escape || c == '\\' {
            out.push('\\');
        }
        out.push(plain);
    }
    Some(out)
}
