//! Rule `TR0803`, `numbers read by a format`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0803",
    name: "numbers read by a format",
    fidelity: Fidelity::Exact,
    constructs: &["to_number"],
    page: "\
A number read by a format of digits, commas each three, a point and a sign. PostgreSQL also reads what follows the format loosely, and leaves out what does not fit; here the text must follow it, or an error is raised.",
    emit,
    examples: &[
        duckdb(
            "SELECT to_number(x, '999.9') AS n FROM t",
            "SELECT CASE WHEN NOT regexp_full_match(x, ' *[+-]?(([0-9]{1,3})([.][0-9]{0,1})?|[.][0-9]{1,1})') THEN error('22P02: text does not follow the format') ELSE CAST(replace(x, ',', '') AS DECIMAL(4, 1)) END AS n\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT to_number(x, '9.99EEEE') AS n FROM t"),
        refused(Target::DuckDb, "SELECT to_number(x, x) AS n FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [value, format] = call.args.as_slice() else { return Ok(None) };
    let Some(format) = format.text().and_then(read) else { return Ok(None) };
    let datafusion = emitter.target() == Target::DataFusion;
    let pattern =
        if datafusion { format!("^({})$", format.pattern) } else { format.pattern.clone() };
    let args = [emitter.expr(value)?, Fragment::atom(text_literal(&pattern))];
    let ty = format!("DECIMAL({}, {})", format.whole + format.fraction, format.fraction);
    let number = if format.sign_behind {
        format!(
            "CAST(CASE WHEN ends_with({{0}}, '-') THEN '-' ELSE '' END || translate({{0}}, ' ,+-', '') AS {ty})"
        )
    } else {
        // Blanks in front are no part of what DataFusion reads as a number.
        let digits = if datafusion { "translate({0}, ' ,', '')" } else { "replace({0}, ',', '')" };
        format!("CAST({digits} AS {ty})")
    };
    if datafusion {
        let condition = "NOT regexp_like({0}, {1})";
        let template = emitter.raise_if_of(std::slice::from_ref(value), condition, &number);
        return Ok(Some(fill(&template, &args)));
    }
    Ok(Some(fill(
        &format!(
            "CASE WHEN NOT regexp_full_match({{0}}, {{1}}) THEN error('22P02: text does not follow the format') ELSE {number} END"
        ),
        &args,
    )))
}

struct Format {
    /// What a text that follows it looks like.
    pattern: String,
    whole: usize,
    fraction: usize,
    sign_behind: bool,
}

fn read(format: &str) -> Option<Format> {
    let body = format.strip_prefix("FM").unwrap_or(format);
    let (body, sign_behind) = if let Some(body) = body.strip_suffix('S').or(body.strip_suffix("MI"))
    {
        (body, true)
    } else {
        (body.strip_prefix('S').unwrap_or(body), false)
    };
    let body = body.replace('G', ",").replace('D', ".");
    let (before, behind) = body.split_once('.').unwrap_or((body.as_str(), ""));
    let is_digit = |c: char| c == '0' || c == '9';
    let whole = before.chars().filter(|c| *c != ',').count();
    let fraction = behind.chars().count();
    let groups = before.matches(',').count();
    let placed = groups == 0
        || before.rsplit(',').enumerate().all(|(index, group)| {
            group.len() == 3 || (index == groups && (1..3).contains(&group.len()))
        });
    let digits = before.chars().all(|c| is_digit(c) || c == ',') && behind.chars().all(is_digit);
    if !digits || !placed || whole == 0 || whole > 18 || fraction > 18 {
        return None;
    }
    let mut wholes = vec![format!("[0-9]{{1,{whole}}}")];
    for count in 1..=groups {
        let first = (whole - 3 * count).min(3);
        wholes.push(format!("[0-9]{{1,{first}}}(,[0-9]{{3}}){{{count}}}"));
    }
    let wholes = wholes.join("|");
    let number = match fraction {
        0 => format!("({wholes})[.]?"),
        _ => format!("(({wholes})([.][0-9]{{0,{fraction}}})?|[.][0-9]{{1,{fraction}}})"),
    };
    let pattern = if sign_behind { format!(" *{number}[+-]?") } else { format!(" *[+-]?{number}") };
    Some(Format { pattern, whole, fraction, sign_behind })
}
