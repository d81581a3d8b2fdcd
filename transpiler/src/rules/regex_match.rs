//! Rule `TR0203`, `regular expression match`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0203",
    name: "regular expression match",
    fidelity: Fidelity::Exact,
    constructs: &["~", "~*", "!~", "!~*"],
    page: "\
PostgreSQL's `~` finds a match anywhere and lets a dot match a line break; DuckDB's `~` matches the whole text: `regexp_matches` with option `s` is written. Patterns with classes or escapes that mean something else in RE2 are refused. DataFusion has `regexp_like`, whose `\\d` takes the digits of all scripts.",
    emit,
    examples: &[
        datafusion(
            "SELECT x ~ '^\\d+$' AS m FROM t",
            "SELECT regexp_like(x, '(?s)^[0-9]+$') AS m\nFROM t",
        ),
        duckdb(
            "SELECT x ~ '^a.c' AS m FROM t",
            "SELECT regexp_matches(x, '^a.c', 's') AS m\nFROM t",
        ),
        datafusion(
            "SELECT x ~* '^a' AS m FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN regexp_like(x, '[\\x{130}\\x{131}\\x{17F}\\x{212A}]') THEN 0 ELSE 1 END = 1 THEN regexp_like(x, '(?si)^a') END AS m\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT x ~ '\\mword' AS m FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [value, pattern] = call.args.as_slice() else { return Ok(None) };
    let folds = call.name.ends_with('*');
    if !pattern.text().is_some_and(|p| is_portable(p) && (!folds || p.is_ascii())) {
        return Ok(None);
    }
    // A constant that would be raised is refused at once.
    if folds && value.text().is_some_and(|text| !text.is_ascii()) {
        return Ok(None);
    }
    if emitter.target() == Target::DataFusion {
        let Some(pattern) = pattern.text().and_then(in_rust) else {
            return Ok(None);
        };
        let flags = if folds { "si" } else { "s" };
        let pattern = Fragment::atom(text_literal(&format!("(?{flags}){pattern}")));
        let args = [emitter.expr(value)?, pattern];
        let template = match (call.name.starts_with('!'), folds) {
            (false, false) => "regexp_like({0}, {1})".to_owned(),
            (true, false) => {
                let found = fill("NOT regexp_like({0}, {1})", &args);
                return Ok(Some(Fragment { level: Level::Not, ..found }));
            }
            (false, true) => super::regex::folded(emitter, "regexp_like({0}, {1})"),
            (true, true) => super::regex::folded(emitter, "NOT regexp_like({0}, {1})"),
        };
        return Ok(Some(fill(&template, &args)));
    }
    let args = emitter.args(&call.args)?;
    let template = match call.name {
        "~" => "regexp_matches({0}, {1}, 's')",
        "~*" => "regexp_matches({0}, {1}, 'si')",
        "!~" => "(NOT regexp_matches({0}, {1}, 's'))",
        _ => "(NOT regexp_matches({0}, {1}, 'si'))",
    };
    Ok(Some(if folds {
        fill(&super::regex::folded(emitter, template), &args)
    } else {
        fill(template, &args)
    }))
}

/// Does the pattern mean the same to PostgreSQL and RE2? Only plain constructs pass.
pub(super) fn is_portable(pattern: &str) -> bool {
    let foreign = ["(?", "[:", "[=", "[.", "{"];
    if pattern.starts_with("***") || foreign.iter().any(|f| pattern.contains(f)) {
        return false;
    }
    // Anchors stand at the ends only, and nothing repeats an anchor or a repeat.
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let mut chars = inner.chars();
    let mut repeatable = false;
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                // Escaped punctuation is a plain character; `\d` is ASCII on both; the rest differs.
                match chars.next() {
                    Some('d') => {}
                    Some(p) if p.is_ascii_punctuation() => {}
                    _ => return false,
                }
                repeatable = true;
            }
            '[' => in_class = true,
            ']' => {
                in_class = false;
                repeatable = true;
            }
            _ if in_class => {}
            '^' | '$' => return false,
            '*' | '+' | '?' => {
                if !repeatable {
                    return false;
                }
                repeatable = false;
            }
            '(' | '|' => repeatable = false,
            _ => repeatable = true,
        }
    }
    !in_class
}

/// A portable pattern as Rust's regular expressions have it: there `\\d` takes digits of all scripts,
/// `\\<` is no character, and a class may hold others.
fn in_rust(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('d')) => {
                chars.next();
                out.push_str(if in_class { "0-9" } else { "[0-9]" });
            }
            ('\\', Some('<' | '>') | None) => return None,
            ('\\', Some(next)) => {
                out.extend([c, *next]);
                chars.next();
            }
            ('[', _) if in_class => return None,
            ('&', Some('&')) | ('-', Some('-')) | ('~', Some('~')) if in_class => return None,
            _ => {
                in_class = match c {
                    '[' => true,
                    ']' => false,
                    _ => in_class,
                };
                out.push(c);
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rust_reads_in_another_way_is_written_out() {
        assert_eq!(in_rust(r"^\d+[\d.]\.$").as_deref(), Some(r"^[0-9]+[0-9.]\.$"));
        for other in [r"\<a", "[a[b]", "[a&&b]", "[a--b]", "[a~~b]"] {
            assert_eq!(in_rust(other), None, "{other}");
        }
    }

    #[test]
    fn only_plain_patterns_pass() {
        for fine in ["^a.c$", "a|b", "(ab)+c", "[a-z]+", r"\d+\.", "", "x*"] {
            assert!(is_portable(fine), "{fine}");
        }
        for other in
            ["a$b", "a^b", "^*", "a**", "a{2}", "[[:alpha:]]", "[a", r"\w", "(?i)a", "***=a", "|*"]
        {
            assert!(!is_portable(other), "{other}");
        }
    }
}
