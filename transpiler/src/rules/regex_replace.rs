//! Rule `TR0212`, `regexp_replace`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0212",
    name: "regexp_replace",
    fidelity: Fidelity::Exact,
    constructs: &["regexp_replace"],
    page: "\
PostgreSQL takes the longest match, DuckDB the first: only patterns for which these are the same are translated. `\\&` and `\\0` in the replacement differ and are refused.",
    emit,
    examples: &[
        duckdb(
            "SELECT regexp_replace(x, '[0-9]+', '') AS r FROM t",
            "SELECT regexp_replace(x, '[0-9]+', '', 's') AS r\nFROM t",
        ),
        datafusion(
            "SELECT regexp_replace(x, '([0-9])k', '\\1000') AS r FROM t",
            "SELECT regexp_replace(x, '(?s)([0-9])k', '${1}000') AS r\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT regexp_replace(x, 'a|ab', '') AS r FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|call| call.args.len() < 5) else { return Ok(None) };
    let (Some(pattern), Some(with)) =
        (call.args.get(1).and_then(Expr::text), call.args.get(2).and_then(Expr::text))
    else {
        return Ok(None);
    };
    let flags = match call.args.get(3) {
        None => "",
        Some(flags) => match flags.text() {
            Some("") => "",
            Some("g") => "g",
            Some("i") => "i",
            Some("gi" | "ig") => "gi",
            _ => return Ok(None),
        },
    };
    let folds = flags.contains('i');
    let alike = |regex: &sql::regex::Regex| {
        !regex.empty && if with.contains('\\') { regex.one_parse } else { regex.one_match }
    };
    let regex = super::regex::read(pattern).filter(alike);
    let Some(regex) = regex.filter(|_| !folds || pattern.is_ascii()) else {
        return Ok(None);
    };
    if !names_groups(with, regex.groups) {
        return Ok(None);
    }
    let value = call.args.first().map(|arg| emitter.expr(arg)).transpose()?;
    let template = if emitter.target() == Target::DuckDb {
        format!("regexp_replace({{0}}, {{1}}, {{2}}, '{flags}s')")
    } else if flags.is_empty() {
        "regexp_replace({0}, {1}, {2})".to_owned()
    } else {
        format!("regexp_replace({{0}}, {{1}}, {{2}}, '{flags}')")
    };
    let (pattern, with) = match emitter.target() {
        Target::DuckDb => (regex.text, with.to_owned()),
        Target::DataFusion | Target::Postgres => (format!("(?s){}", regex.text), one_digit(with)),
    };
    let args: Vec<Fragment> = value
        .into_iter()
        .chain([pattern.as_str(), with.as_str()].map(|text| Fragment::atom(text_literal(text))))
        .collect();
    let template = if regex.words { super::regex::guarded(emitter, &template) } else { template };
    let template = if folds { super::regex::folded(emitter, &template) } else { template };
    Ok(Some(fill(&template, &args)))
}

/// The new text for DataFusion: a dollar would name a group there, and all digits behind a backslash
/// are its number, of which PostgreSQL takes one.
fn one_digit(with: &str) -> String {
    let mut parts = with.split('\\');
    let mut text = parts.next().unwrap_or_default().replace('$', "$$");
    for part in parts {
        let mut rest = part.chars();
        let group = rest.next().unwrap_or_default();
        let digits = rest.as_str().starts_with(|c: char| c.is_ascii_digit());
        text += &if digits { format!("${{{group}}}") } else { format!("\\{group}") };
        text += &rest.as_str().replace('$', "$$");
    }
    text
}

/// Does each backslash of the new text name a group that is there?
fn names_groups(with: &str, groups: u32) -> bool {
    with.split('\\').skip(1).all(|part| {
        let group = part.chars().next().and_then(|c| c.to_digit(10));
        group.is_some_and(|group| (1..=groups).contains(&group))
    })
}
