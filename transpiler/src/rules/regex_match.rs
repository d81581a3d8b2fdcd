//! PostgreSQL's `~` finds a match anywhere and lets a dot match a line break; DuckDB's `~` matches the whole text: `regexp_matches` with option `s` is written. Patterns with classes or escapes that mean something else in RE2 are refused.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0203",
    name: "regular expression match",
    fidelity: Fidelity::Exact,
    constructs: &["~", "~*", "!~", "!~*"],
    page: "\
PostgreSQL's `~` finds a match anywhere and lets a dot match a line break; DuckDB's `~` matches the whole text: `regexp_matches` with option `s` is written. Patterns with classes or escapes that mean something else in RE2 are refused.",
    emit,
    examples: &[
        duckdb(
            "SELECT x ~ '^a.c' AS m FROM t",
            "SELECT regexp_matches(x, '^a.c', 's') AS m\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT x ~ '\\mword' AS m FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [_, pattern] = call.args.as_slice() else { return Ok(None) };
    if !pattern.text().is_some_and(is_portable) {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(
        match call.name {
            "~" => "regexp_matches({0}, {1}, 's')",
            "~*" => "regexp_matches({0}, {1}, 'si')",
            "!~" => "(NOT regexp_matches({0}, {1}, 's'))",
            _ => "(NOT regexp_matches({0}, {1}, 'si'))",
        },
        &args,
    )))
}

/// Does the pattern mean the same to PostgreSQL and RE2? Only plain constructs pass.
pub(super) fn is_portable(pattern: &str) -> bool {
    if pattern.starts_with("***")
        || pattern.contains("(?")
        || pattern.contains("[[")
        || pattern.contains("[:")
    {
        return false;
    }
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            // Escaped punctuation is a plain character; `\d` is ASCII on both; the rest differs.
            match chars.next() {
                Some('d') => {}
                Some(p) if p.is_ascii_punctuation() => {}
                _ => return false,
            }
        }
    }
    true
}
