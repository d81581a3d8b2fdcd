//! Rule `TR0804`, `places of matches`.

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
    code: "TR0804",
    name: "places of matches",
    fidelity: Fidelity::Exact,
    constructs: &["regexp_instr", "regexp_count", "regexp_substr", "regexp_replace"],
    page: "\
Where a pattern is found, and what is found from a place on, as often as asked for: DuckDB has no such functions. The place of a match is counted from what stands before it; DataFusion has `regexp_instr`, and what is found is matched again at that place. The same patterns as for a single match.",
    emit,
    examples: &[
        duckdb(
            "SELECT regexp_instr(x, '[0-9]+') AS p FROM t",
            "SELECT CAST(CASE WHEN regexp_matches(x, '[0-9]+', 's') THEN length(regexp_extract(x, '^(.*?)(?:[0-9]+)', 1, 's')) + 1 WHEN x IS NOT NULL THEN 0 END AS INTEGER) AS p\nFROM t",
        ),
        duckdb(
            "SELECT regexp_count(x, 'a', 3) AS n FROM t",
            "SELECT CAST(len(regexp_extract_all(substr(x, 3), 'a', 0, 's')) AS INTEGER) AS n\nFROM t",
        ),
        duckdb(
            "SELECT regexp_replace(x, 'a', 'b', 1, 2) AS r FROM t",
            "SELECT CASE WHEN len(regexp_extract_all(x, 'a', 0, 's')) >= 2 THEN left(x, CAST(list_sum(list_transform(string_split_regex(x, 'a', 's')[1:2], lambda _item: length(_item))) + list_sum(list_transform(regexp_extract_all(x, 'a', 0, 's')[1:1], lambda _item: length(_item))) AS BIGINT)) || 'b' || substr(x, CAST(list_sum(list_transform(string_split_regex(x, 'a', 's')[1:2], lambda _item: length(_item))) + list_sum(list_transform(regexp_extract_all(x, 'a', 0, 's')[1:1], lambda _item: length(_item))) AS BIGINT) + 1 + length(regexp_extract_all(x, 'a', 0, 's')[2])) ELSE x END AS r\nFROM t",
        ),
        datafusion(
            "SELECT regexp_substr(x, '[0-9]+', 1, 2) AS p FROM t",
            "SELECT CASE WHEN regexp_instr(x, '(?s)[0-9]+', 1, 2) > 0 THEN array_element(regexp_match(substr(x, regexp_instr(x, '(?s)[0-9]+', 1, 2)), '(?s)^([0-9]+)'), 1) END AS p\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT regexp_instr(x, 'a|ab') AS p FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    if let Some(found) = of_any_number(emitter, call)? {
        return Ok(Some(found));
    }
    let Some(search) = Search::read(call) else { return Ok(None) };
    if emitter.target() == Target::DataFusion {
        return search.on_datafusion(emitter, call);
    }
    let Some(template) = search.template(call) else { return Ok(None) };
    let [value, ..] = call.args.as_slice() else { return Ok(None) };
    let value = emitter.expr(value)?;
    let with = call.args.get(2).and_then(Expr::text).unwrap_or_default();
    let texts = [search.regex.text.as_str(), with, &format!("^(.*?)(?:{})", search.regex.text)]
        .map(|text| Fragment::atom(text_literal(text)));
    let args: Vec<Fragment> = std::iter::once(value).chain(texts).collect();
    Ok(Some(fill(&template, &args)))
}

/// `regexp_substr(x, p, 1, n)`, where n is no constant.
fn of_any_number(emitter: &mut Emitter, call: &Call) -> Emit<Option<Fragment>> {
    let ("regexp_substr", [value, pattern, start, nth]) = (call.name, call.args.as_slice()) else {
        return Ok(None);
    };
    if start.integer() != Some(1) || nth.literal().is_some() {
        return Ok(None);
    }
    let Some(text) = pattern.text() else { return Ok(None) };
    // `^` would be the start of each rest, and `$` the end of each match.
    let regex = super::regex::read(text).filter(|regex| {
        let anchored = regex.text.starts_with('^') || regex.text.ends_with('$');
        regex.one_match && !regex.empty && !regex.words && !anchored
    });
    let Some(regex) = regex else { return Ok(None) };
    let (pattern, template) = if emitter.target() == Target::DataFusion {
        // It has to be 1 or more there, too.
        (
            format!("(?s){}", regex.text),
            "CASE WHEN {2} IS NOT NULL AND regexp_instr({0}, {1}, 1, coalesce({2}, 1)) > 0 THEN array_element(regexp_match(substr({0}, regexp_instr({0}, {1}, 1, coalesce({2}, 1))), {3}), 1) END",
        )
    } else {
        (
            regex.text.clone(),
            "CASE WHEN {2} < 1 THEN error('22023: a match is counted from 1') ELSE regexp_extract_all({0}, {1}, 0, 's')[{2}] END",
        )
    };
    let again = format!("(?s)^({})", regex.text);
    let (value, nth) = (emitter.expr(value)?, emitter.expr(nth)?);
    let [pattern, again] = [pattern, again].map(|text| Fragment::atom(text_literal(&text)));
    Ok(Some(fill(template, &[value, pattern, nth, again])))
}

/// What is asked for.
struct Search {
    regex: Regex,
    start: i64,
    nth: i64,
    group: i64,
    /// The place behind the match instead of its own.
    behind: bool,
}

impl Search {
    fn read(call: &Call) -> Option<Self> {
        let [_, pattern, rest @ ..] = call.args.as_slice() else { return None };
        let regex = super::regex::read(pattern.text()?)
            .filter(|regex| regex.one_match && !regex.empty && !regex.words)?;
        let rest = if call.name == "regexp_replace" {
            let with = rest.first()?.text()?;
            // A group of the match is not at hand.
            if with.contains('\\') || rest.len() < 3 {
                return None;
            }
            rest.get(1..)?
        } else {
            rest
        };
        let number = |index: usize, or: i64| rest.get(index).map_or(Some(or), Expr::integer);
        let no_flags = |index: usize| rest.get(index).is_none_or(|flags| flags.text() == Some(""));
        let start = number(0, 1).filter(|start| (1..1_000_000_000).contains(start))?;
        let (nth, behind, flags, group) = match call.name {
            "regexp_count" => (1, 0, 1, 0),
            "regexp_instr" => (number(1, 1)?, number(2, 0)?, 3, number(4, 0)?),
            "regexp_replace" => (number(1, 0)?, 0, 2, 0),
            _ => (number(1, 1)?, 0, 2, number(3, 0)?),
        };
        let of_match = group == 0 || call.name == "regexp_substr";
        let group_alike = group == 0
            || (regex.one_parse && regex.groups_match && group <= i64::from(regex.groups));
        // `^` is the start of the whole text.
        let anchored = regex.text.starts_with('^') && start > 1;
        let least = i64::from(call.name != "regexp_replace");
        let fine = no_flags(flags) && of_match && group_alike && !anchored && group >= 0;
        if !fine || !(least..1_000_000).contains(&nth) || !(0..=1).contains(&behind) {
            return None;
        }
        Some(Self { regex, start, nth, group, behind: behind == 1 })
    }

    fn template(&self, call: &Call) -> Option<String> {
        let Self { start, nth, group, .. } = *self;
        let text = if start == 1 { "{0}".to_owned() } else { format!("substr({{0}}, {start})") };
        let all = format!("regexp_extract_all({text}, {{1}}, 0, 's')");
        Some(match call.name {
            "regexp_count" => format!("CAST(len({all}) AS INTEGER)"),
            "regexp_substr" => format!("regexp_extract_all({text}, {{1}}, {group}, 's')[{nth}]"),
            "regexp_instr" if nth == 1 => {
                let length = if self.behind {
                    format!(" + length(regexp_extract({text}, {{1}}, 0, 's'))")
                } else {
                    String::new()
                };
                format!(
                    "CAST(CASE WHEN regexp_matches({text}, {{1}}, 's') THEN length(regexp_extract({text}, {{3}}, 1, 's')) + {start}{length} WHEN {{0}} IS NOT NULL THEN 0 END AS INTEGER)"
                )
            }
            "regexp_instr" => {
                let length =
                    if self.behind { format!(" + length({all}[{nth}])") } else { String::new() };
                format!(
                    "CAST(CASE WHEN len({all}) >= {nth} THEN {} + {start}{length} WHEN {{0}} IS NOT NULL THEN 0 END AS INTEGER)",
                    self.before(&text, &all)
                )
            }
            // Each match, from the start: as with the flag `g`.
            "regexp_replace" if nth == 0 => {
                let head = if start == 1 {
                    String::new()
                } else {
                    format!("left({{0}}, {}) || ", start - 1)
                };
                format!("({head}regexp_replace({text}, {{1}}, {{2}}, 'gs'))")
            }
            "regexp_replace" if start == 1 => {
                let before = self.before(&text, &all);
                format!(
                    "CASE WHEN len({all}) >= {nth} THEN left({{0}}, {before}) || {{2}} || substr({{0}}, {before} + 1 + length({all}[{nth}])) ELSE {{0}} END"
                )
            }
            _ => return None,
        })
    }

    /// `DataFusion` finds places; what stands there is matched again, from its start.
    fn on_datafusion(&self, emitter: &mut Emitter, call: &Call) -> Emit<Option<Fragment>> {
        let Self { start, nth, group, .. } = *self;
        // `^` would be the start of each rest.
        if self.regex.text.starts_with('^') && nth > 1 {
            return Ok(None);
        }
        let text = if start == 1 { "{0}".to_owned() } else { format!("substr({{0}}, {start})") };
        let place = match nth {
            0 | 1 => format!("regexp_instr({text}, {{1}})"),
            nth => format!("regexp_instr({text}, {{1}}, 1, {nth})"),
        };
        let found = |group: i64| {
            format!("array_element(regexp_match(substr({text}, {place}), {{3}}), {})", group + 1)
        };
        let template = match call.name {
            "regexp_count" => {
                format!(
                    "CASE WHEN {{0}} IS NOT NULL THEN CAST(regexp_count({text}, {{1}}) AS INT) END"
                )
            }
            "regexp_substr" => format!("CASE WHEN {place} > 0 THEN {} END", found(group)),
            "regexp_instr" if start == 1 && !self.behind => format!("CAST({place} AS INT)"),
            "regexp_instr" => {
                let length =
                    if self.behind { format!(" + length({})", found(0)) } else { String::new() };
                let before = start - 1;
                format!(
                    "CAST(CASE WHEN {place} > 0 THEN {place} + {before}{length} WHEN {{0}} IS NOT NULL THEN 0 END AS INT)"
                )
            }
            "regexp_replace" if nth == 0 && start == 1 => {
                "regexp_replace({0}, {1}, {2}, 'g')".to_owned()
            }
            "regexp_replace" if nth == 0 => {
                format!("(left({{0}}, {}) || regexp_replace({text}, {{1}}, {{2}}, 'g'))", start - 1)
            }
            "regexp_replace" if start == 1 => format!(
                "CASE WHEN {place} > 0 THEN left({{0}}, {place} - 1) || {{4}} || substr({{0}}, {place} + length({})) ELSE {{0}} END",
                found(0)
            ),
            _ => return Ok(None),
        };
        let [value, ..] = call.args.as_slice() else { return Ok(None) };
        let with = call.args.get(2).and_then(Expr::text).unwrap_or_default();
        let pattern = &self.regex.text;
        let again = pattern.strip_prefix('^').unwrap_or(pattern);
        // Behind an odd number of backslashes it is no anchor.
        let whole = again
            .strip_suffix('$')
            .filter(|before| before.len().abs_diff(before.trim_end_matches('\\').len()) % 2 == 0);
        let again = match whole {
            Some(inner) => format!("(?s)^({inner})$"),
            None => format!("(?s)^({again})"),
        };
        let texts =
            [&format!("(?s){pattern}"), &with.replace('$', "$$"), &again, with].map(text_literal);
        let value = emitter.expr(value)?;
        let args: Vec<Fragment> =
            std::iter::once(value).chain(texts.into_iter().map(Fragment::atom)).collect();
        Ok(Some(fill(&template, &args)))
    }

    /// How many characters stand before the match of that number: the pieces between the matches
    /// before it, and those matches.
    fn before(&self, text: &str, all: &str) -> String {
        let nth = self.nth;
        let pieces = format!(
            "list_sum(list_transform(string_split_regex({text}, {{1}}, 's')[1:{nth}], lambda _item: length(_item)))"
        );
        if nth == 1 {
            return format!("CAST({pieces} AS BIGINT)");
        }
        format!(
            "CAST({pieces} + list_sum(list_transform({all}[1:{}], lambda _item: length(_item))) AS BIGINT)",
            nth - 1
        )
    }
}
