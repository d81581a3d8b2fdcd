//! Rule `TR0219`, `what a pattern finds`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0219",
    name: "what a pattern finds",
    fidelity: Fidelity::Exact,
    constructs: &[
        "substring pattern",
        "regexp_substr",
        "regexp_match",
        "regexp_count",
        "regexp_like",
        "~",
        "!~",
    ],
    page: "\
Patterns for which the longest match and the first one are the same, so that both engines find the same text: at each character there is one way to go on, or every match from a place ends at the same place. Without a match PostgreSQL gives NULL and DuckDB an empty text. For `\\w` the engines differ about some characters, which are raised.",
    emit,
    examples: &[
        duckdb(
            "SELECT substring(x from '[0-9]+') AS m FROM t",
            "SELECT CASE WHEN regexp_matches(x, '[0-9]+', 's') THEN regexp_extract(x, '[0-9]+', 0, 's') END AS m\nFROM t",
        ),
        duckdb(
            "SELECT regexp_match(x, '([a-z]+)=([0-9]+)') AS m FROM t",
            "SELECT CASE WHEN regexp_matches(x, '([a-z]+)=([0-9]+)', 's') THEN [regexp_extract(x, '([a-z]+)=([0-9]+)', 1, 's'), regexp_extract(x, '([a-z]+)=([0-9]+)', 2, 's')] END AS m\nFROM t",
        ),
        duckdb(
            "SELECT x ~ '^\\\\w+$' AS m FROM t",
            "SELECT regexp_matches(x, '^\\\\w+$', 's') AS m\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT substring(x from 'a|ab') AS m FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [value, pattern, rest @ ..] = call.args.as_slice() else { return Ok(None) };
    // `regexp_substr(x, p, 1, n, '', group)`: the match of that number, and a part of it.
    let nth = match rest {
        [] => None,
        [start, nth, rest @ ..] if call.name == "regexp_substr" && start.integer() == Some(1) => {
            let group = match rest {
                [] => Some(0),
                [flags, group] if flags.text() == Some("") => group.integer(),
                _ => None,
            };
            match (nth.integer().filter(|nth| *nth > 0), group) {
                (Some(nth), Some(group)) => Some((nth, group)),
                _ => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    let Some(regex) = pattern.text().and_then(super::regex::read) else { return Ok(None) };
    let whole = u32::from(call.name == "substring pattern" && regex.groups > 0);
    // What a group matches, and that it does: DuckDB does not tell nothing from an empty text.
    let of_group = whole > 0
        || (call.name == "regexp_match" && regex.groups > 0)
        || nth.is_some_and(|(_, group)| group > 0);
    let found_alike = regex.one_match && (!of_group || regex.one_parse && regex.groups_match);
    let duckdb = emitter.target() == Target::DuckDb;
    let matches = if duckdb { "regexp_matches({0}, {1}, 's')" } else { "regexp_like({0}, {1})" };
    let found = |group: u32| format!("regexp_extract({{0}}, {{1}}, {group}, 's')");
    let template = match call.name {
        "~" | "regexp_like" => matches.to_owned(),
        "!~" => format!("(NOT {matches})"),
        _ if !found_alike => return Ok(None),
        _ if nth.is_some() => {
            let (nth, group) = nth.unwrap_or_default();
            if regex.empty || group > i64::from(regex.groups) || (!duckdb && nth > 1) {
                return Ok(None);
            }
            if !duckdb {
                let template = format!("regexp_match({{0}}, {{1}})[{}]", group + 1);
                let pattern = format!("(?s)({})", regex.text);
                return finish(emitter, &template, value, &pattern, regex.words).map(Some);
            }
            format!("regexp_extract_all({{0}}, {{1}}, {group}, 's')[{nth}]")
        }
        "regexp_count" if regex.empty => return Ok(None),
        "regexp_count" if duckdb => {
            "CAST(len(regexp_extract_all({0}, {1}, 0, 's')) AS INTEGER)".to_owned()
        }
        "regexp_count" => {
            "CASE WHEN {0} IS NOT NULL THEN CAST(regexp_count({0}, {1}) AS INT) END".to_owned()
        }
        // The groups, or the whole where there are none.
        "regexp_match" if !duckdb => "regexp_match({0}, {1})".to_owned(),
        "substring pattern" if !duckdb => "regexp_match({0}, {1})[1]".to_owned(),
        // The whole as a group of its own.
        "regexp_substr" if !duckdb => "regexp_match({0}, {1})[1]".to_owned(),
        "regexp_match" => {
            let groups: Vec<String> = match regex.groups {
                0 => vec![found(0)],
                groups => (1..=groups).map(found).collect(),
            };
            format!("CASE WHEN {matches} THEN [{}] END", groups.join(", "))
        }
        _ if duckdb => format!("CASE WHEN {matches} THEN {} END", found(whole)),
        _ => return Ok(None),
    };
    let pattern = match call.name {
        _ if duckdb => regex.text,
        "regexp_substr" => format!("(?s)({})", regex.text),
        _ => format!("(?s){}", regex.text),
    };
    finish(emitter, &template, value, &pattern, regex.words).map(Some)
}

fn finish(
    emitter: &mut Emitter,
    template: &str,
    value: &Expr,
    pattern: &str,
    words: bool,
) -> Emit<Fragment> {
    let args = [emitter.expr(value)?, Fragment::atom(text_literal(pattern))];
    if words {
        return Ok(fill(&super::regex::guarded(emitter, template), &args));
    }
    // A subscript binds tighter than anything.
    Ok(Fragment { level: Level::Atom, ..fill(template, &args) })
}
