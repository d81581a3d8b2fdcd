//! A format of years, months by number or name, days, hours, minutes, seconds, their fractions and punctuation is translated to `strptime`. PostgreSQL also reads text that follows the format loosely; here it must follow it to the letter, or an error is raised.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0512",
    name: "dates read by a format",
    fidelity: Fidelity::Exact,
    constructs: &["to_date", "to_timestamp"],
    page: "\
A format of years, months by number or name, days, hours, minutes, seconds, their fractions and punctuation is translated to `strptime`. PostgreSQL also reads text that follows the format loosely; here it must follow it to the letter, or an error is raised.",
    emit,
    examples: &[
        duckdb(
            "SELECT to_date(x, 'YYYY-MM-DD') AS d FROM t",
            "SELECT CASE WHEN x IS NULL OR regexp_full_match(x, '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2}') THEN CAST(strptime(x, '%Y-%m-%d') AS DATE) ELSE error('22007: text does not follow the format') END AS d\nFROM t",
        ),
        duckdb("SELECT to_timestamp(f) AS d FROM t", "SELECT to_timestamp(f) AS d\nFROM t"),
        duckdb(
            "SELECT to_date(x, 'DD Mon yyyy') AS d FROM t",
            "SELECT CASE WHEN x IS NULL OR regexp_full_match(x, '[0-9]{2} (?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) ([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])') THEN CAST(strptime(x, '%d %b %Y') AS DATE) ELSE error('22007: text does not follow the format') END AS d\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT to_date(x, 'Month DD') AS d FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let (text, format) = match call.args.as_slice() {
        [seconds] if seconds.ty == Type::Float8 => {
            let seconds = emitter.expr(seconds)?;
            return Ok(Some(Fragment::call("to_timestamp", &[seconds])));
        }
        [text, format] => (text, format.text().and_then(convert)),
        _ => return Ok(None),
    };
    let Some((pattern, format)) = format else { return Ok(None) };
    let Some(name) = emitter.target().type_name(&expr.ty) else { return Ok(None) };
    let text = emitter.expr(text)?;
    // A zoned result is of the session's zone, as a plain timestamp is read there.
    let args =
        [text, Fragment::atom(text_literal(&pattern)), Fragment::atom(text_literal(&format))];
    Ok(Some(fill(
        &format!(
            "CASE WHEN {{0}} IS NULL OR regexp_full_match({{0}}, {{1}}) THEN CAST(strptime({{0}}, {{2}}) AS {name}) ELSE error('22007: text does not follow the format') END"
        ),
        &args,
    )))
}

/// Tokens with the pattern of what they read, and their `strptime`; those that begin like another
/// one before it. What two digits of a year mean differs for 69, and hours of half a day need to know
/// which half.
const TOKENS: [(&str, &str, &str); 21] = [
    ("YYYY", "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])", "%Y"),
    ("YY", "([0-57-9][0-9]|6[0-8])", "%y"),
    ("HH24", "[0-9]{2}", "%H"),
    ("HH12", "(0[1-9]|1[0-2])", "%I"),
    ("HH", "(0[1-9]|1[0-2])", "%I"),
    ("FMMonth", MONTH, "%B"),
    ("FMMONTH", MONTH, "%B"),
    ("Month", MONTH, "%B"),
    ("MONTH", MONTH, "%B"),
    ("month", MONTH, "%B"),
    ("Mon", MON, "%b"),
    ("MON", MON, "%b"),
    ("mon", MON, "%b"),
    ("MM", "[0-9]{2}", "%m"),
    ("DD", "[0-9]{2}", "%d"),
    ("MI", "[0-9]{2}", "%M"),
    ("SS", "[0-9]{2}", "%S"),
    ("MS", "[0-9]{3}", "%g"),
    ("US", "[0-9]{6}", "%f"),
    ("AM", "(?i:am|pm)", "%p"),
    ("PM", "(?i:am|pm)", "%p"),
];

const MON: &str = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)";
const MONTH: &str =
    "(?i:january|february|march|april|may|june|july|august|september|october|november|december)";

/// A pattern of the text and the format of `strptime`; a date needs all of its parts.
fn convert(format: &str) -> Option<(String, String)> {
    let (mut pattern, mut out, mut seen) = (String::new(), String::new(), Vec::new());
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if let Some((token, digits, code)) =
            TOKENS.iter().find(|t| super::to_char_date::begins(rest, t.0))
        {
            if seen.contains(code) {
                return None;
            }
            seen.push(*code);
            pattern.push_str(digits);
            out.push_str(code);
            rest = rest.get(token.len()..)?;
        } else if first == '"' {
            // Text in quotes stands for itself.
            let end = rest.get(1..)?.find('"')? + 1;
            let text = rest.get(1..end).filter(|text| text.chars().all(char::is_alphanumeric))?;
            pattern.push_str(text);
            out.push_str(text);
            rest = rest.get(end + 1..)?;
        } else if "-/:., _".contains(first) {
            pattern.push_str(if first == '.' { "[.]" } else { rest.get(..1)? });
            out.push(first);
            rest = rest.strip_prefix(first)?;
        } else {
            return None;
        }
    }
    let one = |all: &[&str]| all.iter().filter(|code| seen.contains(code)).count();
    let whole = one(&["%Y", "%y"]) == 1 && one(&["%m", "%b", "%B"]) == 1 && one(&["%d"]) == 1;
    // Half days need their half; two tokens for one part would have to agree.
    let clock = one(&["%I"]) == one(&["%p"]) && one(&["%H", "%I"]) < 2 && one(&["%g", "%f"]) < 2;
    let upper = format.to_uppercase();
    let ambiguous = ["DDD", "SSS", "YYYYY", "MMM"].iter().any(|t| upper.contains(t));
    (whole && clock && !ambiguous).then_some((pattern, out))
}
