//! Rule `TR0802`, `matches as rows`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use sql::{
    regex::Regex,
    tree::{Call, Expr},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0802",
    name: "matches as rows",
    fidelity: Fidelity::Exact,
    constructs: &["regexp_matches", "regexp_split_to_table"],
    page: "\
Matches of a pattern, and the pieces between them, as rows: DuckDB has functions that give them as arrays, which are unnested. DataFusion has none: what stands around the matches is marked by characters that no text has, and the text is cut there. The same patterns as for a single match.",
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
        datafusion(
            "SELECT w FROM regexp_split_to_table('a b', ' +') AS w",
            "SELECT w\nFROM unnest(CASE WHEN 1 / CASE WHEN strpos('a b', chr(1)) > 0 THEN CAST(floor(random()) AS integer) ELSE 1 END = 1 THEN CASE WHEN 'a b' = '' THEN [''] ELSE string_to_array(regexp_replace('a b', '(?s) +', chr(1), 'g'), chr(1)) END END) AS w(w)",
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

/// The rows of a call as an array on `DataFusion`; rows of arrays are given as their only elements,
/// where `single`.
pub(crate) fn as_array(emitter: &mut Emitter, call: &Call) -> Emit<Option<(Fragment, bool)>> {
    match (call.name, call.args.as_slice()) {
        ("regexp_split_to_table", [value, pattern]) => {
            Ok(pieces(emitter, value, pattern)?.map(|array| (array, false)))
        }
        ("regexp_matches", [value, pattern, flags]) if flags.text() == Some("g") => {
            Ok(matches(emitter, value, pattern)?.map(|array| (array, true)))
        }
        _ => Ok(None),
    }
}

/// A pattern whose matches both engines find at the same places, none of them empty.
fn plain(pattern: &Expr) -> Option<Regex> {
    let regex = super::regex::read(pattern.text()?)?;
    let groups = regex.groups == 0 || (regex.groups == 1 && regex.one_parse && regex.groups_match);
    (regex.one_match && !regex.empty && !regex.words && groups).then_some(regex)
}

/// The pieces between the matches of a pattern on `DataFusion`.
pub(super) fn pieces(
    emitter: &mut Emitter,
    value: &Expr,
    pattern: &Expr,
) -> Emit<Option<Fragment>> {
    let Some(regex) = plain(pattern).filter(|regex| regex.groups == 0) else { return Ok(None) };
    let pieces = "CASE WHEN {0} = '' THEN [''] ELSE string_to_array(regexp_replace({0}, {1}, chr(1), 'g'), chr(1)) END";
    marked(emitter, value, "strpos({0}, chr(1)) > 0", pieces, &regex)
}

/// What a pattern, or its only group, matches in a text, one after the other, on `DataFusion`.
pub(super) fn matches(
    emitter: &mut Emitter,
    value: &Expr,
    pattern: &Expr,
) -> Emit<Option<Fragment>> {
    let Some(regex) = plain(pattern) else { return Ok(None) };
    let group = regex.groups;
    let around = format!("regexp_replace({{0}}, {{1}}, concat(chr(2), '${group}', chr(1)), 'g')");
    let ended = format!(
        "regexp_replace({around}, '[^\\x01\\x02]*\\x02([^\\x01]*)\\x01', concat('$1', chr(1)), 'g')"
    );
    let all = format!(
        "array_pop_back(string_to_array(regexp_replace({ended}, '[^\\x01]*$', ''), chr(1)))"
    );
    let condition = "strpos({0}, chr(1)) > 0 OR strpos({0}, chr(2)) > 0";
    marked(emitter, value, condition, &all, &regex)
}

fn marked(
    emitter: &mut Emitter,
    value: &Expr,
    condition: &str,
    template: &str,
    regex: &Regex,
) -> Emit<Option<Fragment>> {
    let template = emitter.raise_if_of(std::slice::from_ref(value), condition, template);
    let pattern = Fragment::atom(text_literal(&format!("(?s){}", regex.text)));
    Ok(Some(fill(&template, &[emitter.expr(value)?, pattern])))
}
