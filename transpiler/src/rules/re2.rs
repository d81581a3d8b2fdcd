//! Rule `TR1001`, `patterns of RE2`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, google},
    targets::Target,
};
use sql::{
    Type,
    patterns::{self, Use},
    tree::{Call, Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR1001",
    name: "patterns of RE2",
    fidelity: Fidelity::Exact,
    constructs: &["re2_matches", "re2_extract", "re2_extract_all", "re2_replace", "re2_position"],
    page: "\
Patterns of RE2 on DuckDB, which has the same engine: they are passed on as they are. Without a match, or for a group that takes no part in it, the text is NULL, where DuckDB's `regexp_extract` gives an empty one. Patterns that match an empty text are counted in other ways where several matches are looked for: they are raised. PostgreSQL and DataFusion get the patterns that they read alike.",
    emit,
    examples: &[
        google(
            Target::DuckDb,
            "SELECT regexp_contains('a word', r'\\bword') AS m",
            "SELECT regexp_matches('a word', '\\bword') AS m",
        ),
        google(
            Target::DuckDb,
            "SELECT regexp_extract('abc', r'a(b|bc)') AS m",
            "SELECT regexp_extract_all('abc', 'a(b|bc)', 1)[1] AS m",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    if emitter.target() != Target::DuckDb {
        return match core_form(call, expr) {
            Some(core) => emitter.expr(&core).map(Some),
            None if call.name == "re2_extract_all" => all_of(emitter, call, expr),
            None => Ok(None),
        };
    }
    let [value, pattern, rest @ ..] = call.args.as_slice() else { return Ok(None) };
    if call.name == "re2_matches" {
        let args = emitter.args(&call.args)?;
        return Ok(Some(Fragment::call("regexp_matches", &args)));
    }
    let Some((pattern, inside)) = constant(pattern) else { return Ok(None) };
    let shape = Shape::of(pattern);
    if inside && shape.looks_back {
        return Ok(None);
    }
    let text = Fragment::atom(text_literal(pattern));
    // Is it known to match some text, wherever it matches?
    let filled = patterns::of_re2(pattern, Use::Found).is_some();
    let guarded = |template: &str| {
        if filled {
            return template.to_owned();
        }
        format!(
            "CASE WHEN {{0}} IS NOT NULL AND regexp_full_match('', {{1}}) THEN error('matches of nothing are counted in another way') ELSE {template} END"
        )
    };
    let group = shape.groups.min(1);
    let taken = ["re2_extract", "re2_extract_all"].contains(&call.name);
    if taken && shape.groups > 1 {
        let name = emitter.target().type_name(&expr.ty).unwrap_or_default();
        let what = "22023: a pattern of several groups";
        return Ok(Some(Fragment::atom(format!("CAST(error('{what}') AS {name})"))));
    }
    let mut args = vec![emitter.expr(value)?, text];
    let template = match (call.name, rest) {
        ("re2_extract", [nth]) => {
            let first = nth.integer() == Some(1);
            if !first && shape.borders {
                return Ok(None);
            }
            args.push(emitter.expr(nth)?);
            let found = format!("regexp_extract_all({{0}}, {{1}}, {group})[{{2}}]");
            if first { found } else { guarded(&found) }
        }
        ("re2_extract_all", []) if !shape.borders => guarded(&match group {
            0 => "regexp_extract_all({0}, {1})".to_owned(),
            // A group that takes no part in a match is an empty text here.
            _ => {
                "list_transform(regexp_extract_all({0}, {1}, 1), lambda _item: coalesce(_item, ''))"
                    .to_owned()
            }
        }),
        ("re2_replace", [by]) => {
            let Some(by) = by.text() else { return Ok(None) };
            if !replaces(by, shape.groups) {
                let what = "22023: a replacement with a part that is not known";
                return Ok(Some(Fragment::atom(format!("CAST(error('{what}') AS VARCHAR)"))));
            }
            args.push(Fragment::atom(text_literal(by)));
            "regexp_replace({0}, {1}, {2}, 'g')".to_owned()
        }
        ("re2_position", [nth]) if shape.groups == 0 && nth.integer() == Some(1) => {
            let before = format!("^(?s:(.*?))(?:{pattern})");
            args.push(Fragment::atom(text_literal(&before)));
            guarded(
                "CASE WHEN {0} IS NULL THEN NULL WHEN NOT regexp_matches({0}, {1}) THEN 0 ELSE length(regexp_extract({0}, {2}, 1)) + 1 END",
            )
        }
        // Behind the texts before and the matches before.
        ("re2_position", [nth]) if shape.groups == 0 && !shape.borders => {
            let Some(nth) = nth.integer().filter(|nth| *nth > 1) else { return Ok(None) };
            let before = nth - 1;
            guarded(&format!(
                "CASE WHEN {{0}} IS NULL THEN NULL WHEN len(regexp_extract_all({{0}}, {{1}})) < {nth} THEN 0 ELSE length(array_to_string(regexp_split_to_array({{0}}, {{1}})[:{nth}], '')) + length(array_to_string(regexp_extract_all({{0}}, {{1}})[:{before}], '')) + 1 END"
            ))
        }
        _ => return Ok(None),
    };
    let mut done = fill(&template, &args);
    if template.ends_with(']') {
        done.level = Level::Atom;
    }
    Ok(Some(done))
}

/// The call in the core's own functions, where its pattern means the same there.
pub(crate) fn core_form(call: &Call, expr: &Expr) -> Option<Expr> {
    let [value, pattern, rest @ ..] = call.args.as_slice() else { return None };
    let (pattern, inside) = constant(pattern)?;
    let shape = Shape::of(pattern);
    if inside && shape.looks_back {
        return None;
    }
    let text = |text: String| Expr {
        kind: ExprKind::Literal(Literal::Text(text)),
        ty: Type::Text,
        span: expr.span,
    };
    let number = |n: i64| Expr {
        kind: ExprKind::Literal(Literal::Number(n.to_string())),
        ty: Type::Int4,
        span: expr.span,
    };
    let (name, args) = match (call.name, rest) {
        ("re2_matches", []) => {
            ("~", vec![value.clone(), text(patterns::of_re2(pattern, Use::Test)?)])
        }
        ("re2_extract", [nth]) if nth.integer() == Some(1) => {
            let core = patterns::of_re2(pattern, Use::Group)?;
            ("substring pattern", vec![value.clone(), text(core)])
        }
        ("re2_extract", [nth]) if !shape.borders && shape.groups < 2 => {
            let core = patterns::of_re2(pattern, Use::Found)?;
            nth.integer().filter(|nth| *nth > 1)?;
            let (one, group) = (number(1), number(shape.groups.into()));
            let args =
                vec![value.clone(), text(core), one, nth.clone(), text(String::new()), group];
            ("regexp_substr", args)
        }
        ("re2_position", [nth]) if !shape.borders && shape.groups == 0 => {
            let core = patterns::of_re2(pattern, Use::Found)?;
            nth.integer().filter(|nth| *nth >= 1)?;
            ("regexp_instr", vec![value.clone(), text(core), number(1), nth.clone()])
        }
        ("re2_replace", [by]) => {
            let core = patterns::of_re2(pattern, Use::Found)?;
            let groups = Shape::of(pattern).groups;
            let by = by.text().filter(|by| patterns::is_replacement(by) && replaces(by, groups))?;
            let args = vec![value.clone(), text(core), text(by.to_owned()), text("g".to_owned())];
            ("regexp_replace", args)
        }
        _ => return None,
    };
    Some(Expr::scalar(name, args, expr.ty.clone(), expr.span))
}

/// Everything that a pattern finds, on `DataFusion`.
fn all_of(emitter: &mut Emitter, call: &Call, expr: &Expr) -> Emit<Option<Fragment>> {
    let [value, pattern] = call.args.as_slice() else { return Ok(None) };
    let Some((pattern, false)) = constant(pattern) else { return Ok(None) };
    let core = patterns::of_re2(pattern, Use::Found);
    let Some(core) = core.filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    let kind = ExprKind::Literal(Literal::Text(core));
    let pattern = Expr { kind, ty: Type::Text, span: expr.span };
    super::regex_rows::matches(emitter, value, &pattern)
}

/// A constant pattern, and whether it is for a text inside another one.
fn constant(pattern: &Expr) -> Option<(&str, bool)> {
    match pattern.call().filter(|call| call.name == "re2_inside") {
        Some(call) => call.args.first().and_then(Expr::text).map(|text| (text, true)),
        None => pattern.text().map(|text| (text, false)),
    }
}

/// Is it a replacement: text, `\\`, and `\0` to the last group?
fn replaces(by: &str, groups: u32) -> bool {
    let mut chars = by.chars();
    while let Some(c) = chars.next() {
        let known = |d: char| d == '\\' || d.to_digit(10).is_some_and(|d| d <= groups);
        if c == '\\' && !chars.next().is_some_and(known) {
            return false;
        }
    }
    true
}

/// What can be seen of a pattern without understanding it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shape {
    groups: u32,
    /// Does it look at what stands before a match?
    looks_back: bool,
    /// Does it look at borders of words, so that it can match nothing inside a text only?
    borders: bool,
}

impl Shape {
    fn of(pattern: &str) -> Self {
        let mut shape = Self::default();
        let mut chars = pattern.chars().peekable();
        // Inside a class: how many characters of it were read.
        let mut class: Option<usize> = None;
        while let Some(c) = chars.next() {
            match (c, &mut class) {
                ('\\', class) => {
                    let escaped = chars.next();
                    if let Some(read) = class {
                        *read += 1;
                    } else {
                        let border = matches!(escaped, Some('b' | 'B'));
                        shape.borders |= border;
                        shape.looks_back |= border || escaped == Some('A');
                    }
                }
                (']', Some(1..)) => class = None,
                ('[', Some(read)) => {
                    *read += 1;
                    // `[:alpha:]`
                    if chars.peek() == Some(&':') {
                        while chars.next().is_some_and(|c| c != ']') {}
                    }
                }
                ('^', Some(0)) => {}
                (_, Some(read)) => *read += 1,
                ('[', None) => {
                    class = Some(0);
                    if chars.peek() == Some(&'^') {
                        chars.next();
                    }
                }
                ('^', None) => shape.looks_back = true,
                ('(', None) => {
                    let mut ahead = chars.clone();
                    let named = ahead.next() == Some('?') && {
                        let next = ahead.next();
                        next == Some('<') || (next == Some('P') && ahead.next() == Some('<'))
                    };
                    shape.groups += u32::from(named || chars.peek() != Some(&'?'));
                }
                _ => {}
            }
        }
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_patterns() {
        for (pattern, groups, looks_back, borders) in [
            ("(a)(b)", 2, false, false),
            ("(?:a)(?P<x>b)", 1, false, false),
            (r"\(a\)", 0, false, false),
            ("[(]a[^)]", 0, false, false),
            ("[]()]x", 0, false, false),
            ("[[:alpha:](]", 0, false, false),
            ("^a", 0, true, false),
            (r"\bw", 0, true, true),
            (r"[\b^]", 0, false, false),
        ] {
            assert_eq!(Shape::of(pattern), Shape { groups, looks_back, borders }, "{pattern}");
        }
    }

    #[test]
    fn replacements_name_groups_that_are_there() {
        assert!(replaces(r"[\0]\\", 0) && replaces(r"\2", 2) && replaces("$1", 0));
        assert!(!replaces(r"\1", 0) && !replaces(r"\x", 3) && !replaces("\\", 0));
    }
}
