//! Where a pattern matches: the place of the text that it finds. A pattern without a mark of the text's end finds no text that stands unmatched before, so that the first place of the text is that of the match.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR1201",
    name: "the place of a match",
    fidelity: Fidelity::Exact,
    constructs: &["regexp_instr"],
    page: "\
Where a pattern matches: the place of the text that it finds. A pattern without a mark of the text's end finds no text that stands unmatched before, so that the first place of the text is that of the match.",
    emit,
    examples: &[
        duckdb(
            "SELECT regexp_instr(x, '[0-9]+') AS p FROM t",
            "SELECT CASE WHEN regexp_matches(x, '[0-9]+', 's') THEN CAST(strpos(x, regexp_extract(x, '[0-9]+', 0, 's')) AS INTEGER) WHEN x IS NOT NULL THEN 0 END AS p\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT regexp_instr(x, '[0-9]+$') AS p FROM t"),
        refused(Target::DuckDb, "SELECT regexp_instr(x, '[0-9]*') AS p FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let (value, pattern, nth) = match call.args.as_slice() {
        [value, pattern] => (value, pattern, Some(1)),
        [value, pattern, start, nth] if start.integer() == Some(1) => {
            (value, pattern, nth.integer().filter(|nth| *nth > 0))
        }
        _ => return Ok(None),
    };
    let (Some(regex), Some(nth)) = (pattern.text().and_then(super::regex::read), nth) else {
        return Ok(None);
    };
    let anchored = regex.text.ends_with('$') || (nth > 1 && regex.text.starts_with('^'));
    if !regex.one_match || regex.empty || regex.words || anchored {
        return Ok(None);
    }
    let args = [
        emitter.expr(value)?,
        Fragment::atom(text_literal(&regex.text)),
        Fragment::atom(text_literal(&format!("(?s){}", regex.text))),
    ];
    let template = if nth == 1 {
        "CASE WHEN regexp_matches({0}, {1}, 's') THEN CAST(strpos({0}, regexp_extract({0}, {1}, 0, 's')) AS INTEGER) WHEN {0} IS NOT NULL THEN 0 END".to_owned()
    } else {
        // What stands between the matches before it, and these matches.
        format!(
            "CASE WHEN len(regexp_extract_all({{0}}, {{1}}, 0, 's')) >= {nth} THEN CAST(1 + length(array_to_string(string_split_regex({{0}}, {{2}})[1:{nth}], '')) + length(array_to_string(regexp_extract_all({{0}}, {{1}}, 0, 's')[1:{}], '')) AS INTEGER) WHEN {{0}} IS NOT NULL THEN 0 END",
            nth - 1
        )
    };
    Ok(Some(fill(&template, &args)))
}
