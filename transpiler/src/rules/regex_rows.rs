//! Matches of a pattern, and the pieces between them, as rows: DuckDB has functions that give them as arrays, which are unnested. The same patterns as for a single match.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0802",
    name: "matches as rows",
    fidelity: Fidelity::Exact,
    constructs: &["regexp_matches", "regexp_split_to_table"],
    page: "\
Matches of a pattern, and the pieces between them, as rows: DuckDB has functions that give them as arrays, which are unnested. The same patterns as for a single match.",
    emit,
    examples: &[
        duckdb(
            "SELECT regexp_matches(x, '[0-9]+', 'g') AS m FROM t",
            "SELECT unnest(list_transform(regexp_extract_all(x, '[0-9]+', 0, 's'), lambda _m: [_m])) AS m\nFROM t",
        ),
        duckdb(
            "SELECT regexp_matches(x, '([a-z]+)=([0-9]+)') AS m FROM t",
            "SELECT unnest(CASE WHEN regexp_matches(x, '([a-z]+)=([0-9]+)', 's') THEN [[regexp_extract(x, '([a-z]+)=([0-9]+)', 1, 's'), regexp_extract(x, '([a-z]+)=([0-9]+)', 2, 's')]] END) AS m\nFROM t",
        ),
        duckdb(
            "SELECT w FROM regexp_split_to_table('a b', ' +') AS w",
            "SELECT w\nFROM unnest(string_split_regex('a b', ' +', 's')) AS w(w)",
        ),
        refused(Target::DuckDb, "SELECT regexp_matches(x, 'a|ab', 'g') AS m FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let (value, pattern, all) = match call.args.as_slice() {
        [value, pattern] => (value, pattern, false),
        [value, pattern, flags] if flags.text() == Some("g") => (value, pattern, true),
        _ => return Ok(None),
    };
    let Some(regex) = pattern.text().and_then(super::regex::read) else { return Ok(None) };
    if !regex.one_match || regex.empty || regex.words {
        return Ok(None);
    }
    let groups = regex.groups;
    if groups > 0 && !(regex.one_parse && regex.groups_match) {
        return Ok(None);
    }
    let template = match (call.name, all, groups) {
        ("regexp_split_to_table", false, 0) => {
            "unnest(string_split_regex({0}, {1}, 's'))".to_owned()
        }
        ("regexp_split_to_table", ..) => return Ok(None),
        (_, true, 0 | 1) => format!(
            "unnest(list_transform(regexp_extract_all({{0}}, {{1}}, {groups}, 's'), lambda _m: [_m]))"
        ),
        (_, true, _) => {
            let found = (1..=groups)
                .map(|group| format!("regexp_extract_all({{0}}, {{1}}, {group}, 's')[_i]"));
            format!(
                "unnest(list_transform(range(1, len(regexp_extract_all({{0}}, {{1}}, 0, 's')) + 1), lambda _i: [{}]))",
                found.collect::<Vec<_>>().join(", ")
            )
        }
        (_, false, _) => {
            let groups = if groups == 0 { 0..=0 } else { 1..=groups };
            let found = groups.map(|group| format!("regexp_extract({{0}}, {{1}}, {group}, 's')"));
            format!(
                "unnest(CASE WHEN regexp_matches({{0}}, {{1}}, 's') THEN [[{}]] END)",
                found.collect::<Vec<_>>().join(", ")
            )
        }
    };
    let args = [emitter.expr(value)?, Fragment::atom(text_literal(&regex.text))];
    Ok(Some(fill(&template, &args)))
}
