//! Rule `TR0512`, `dates read by a format`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0512",
    name: "dates read by a format",
    fidelity: Fidelity::Exact,
    constructs: &["to_date", "to_timestamp"],
    page: "\
A format of years, months by number or name, days, hours, minutes, seconds, their fractions and punctuation is translated to `strptime`. PostgreSQL also reads text that follows the format loosely; here it must follow it to the letter, or an error is raised. On DataFusion the parts are taken out and put together as it reads them.",
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
        datafusion(
            "SELECT to_date(x, 'DD.MM.YYYY') AS d FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN NOT regexp_like(x, '^([0-9]{2})[.]([0-9]{2})[.]([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])$') OR x IS NOT NULL AND TRY_CAST(regexp_replace(x, '^([0-9]{2})[.]([0-9]{2})[.]([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])$', '$3-$2-$1') AS DATE) IS NULL THEN 0 ELSE 1 END = 1 THEN TRY_CAST(regexp_replace(x, '^([0-9]{2})[.]([0-9]{2})[.]([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])$', '$3-$2-$1') AS DATE) END AS d\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT to_date(x, 'Month DD') AS d FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let datafusion = emitter.target() == Target::DataFusion;
    let (text, format) = match call.args.as_slice() {
        [seconds] if seconds.ty == Type::Float8 && datafusion => {
            return from_seconds(emitter, seconds).map(Some);
        }
        [seconds] if seconds.ty == Type::Float8 => {
            let seconds = emitter.expr(seconds)?;
            return Ok(Some(Fragment::call("to_timestamp", &[seconds])));
        }
        [text, format] => (text, format.text().and_then(convert)),
        _ => return Ok(None),
    };
    if datafusion {
        return match format {
            // A time of the session's zone may come twice there.
            Some(_) if expr.ty == Type::TimestampTz && !emitter.steady_clock() => Ok(None),
            Some((pattern, format)) => on_datafusion(emitter, expr, text, (&pattern, &format)),
            None => Ok(None),
        };
    }
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

/// The pattern of the texts that follow a format to the letter.
pub(crate) fn pattern_of(format: &str) -> Option<String> {
    convert(format).map(|(pattern, _)| pattern)
}

/// Seconds since 1970, of which PostgreSQL counts those since 2000 and rounds microseconds half to even.
fn from_seconds(emitter: &mut Emitter, seconds: &Expr) -> Emit<Fragment> {
    if let ExprKind::Coerce { expr } | ExprKind::Cast { expr } = &seconds.kind
        && matches!(expr.ty, Type::Int2 | Type::Int4)
    {
        let template = "CAST(arrow_cast(CAST({0} AS BIGINT) * 1000000, 'Timestamp(Microsecond, Some(\"+00:00\"))') AS TIMESTAMP(6) WITH TIME ZONE)";
        return Ok(fill(template, &[emitter.expr(expr)?]));
    }
    let micros = "(({0} - CAST(946684800 AS DOUBLE)) * CAST(1000000 AS DOUBLE))";
    let rounded = format!(
        "CASE WHEN abs({micros} - trunc({micros})) = CAST('0.5' AS DOUBLE) THEN 2 * round({micros} / 2) ELSE round({micros}) END"
    );
    let template = format!(
        "CAST(arrow_cast(CAST({rounded} AS BIGINT) + 946684800000000, 'Timestamp(Microsecond, Some(\"+00:00\"))') AS TIMESTAMP(6) WITH TIME ZONE)"
    );
    // The years from 1 to 9999.
    let condition =
        "NOT ({0} > CAST(-62135596800 AS DOUBLE) AND {0} < CAST(253402300800 AS DOUBLE))";
    let template = emitter.raise_if_of(std::slice::from_ref(seconds), condition, &template);
    Ok(fill(&template, &[emitter.expr(seconds)?]))
}

/// `DataFusion` reads one form: `YYYY-MM-DD HH:MI:SS.US`. Each part is a group of the pattern, in the
/// order of the format.
fn on_datafusion(
    emitter: &mut Emitter,
    expr: &Expr,
    text: &Expr,
    (pattern, format): (&str, &str),
) -> Emit<Option<Fragment>> {
    let codes: Vec<&str> =
        format.match_indices('%').filter_map(|(at, _)| format.get(at..at + 2)).collect();
    let grouped = grouped(pattern, format);
    let place = |code: &str| codes.iter().position(|c| *c == code).map(|at| at + 1);
    let part = |at: usize| format!("array_element(regexp_match({{0}}, {{1}}), {at})");
    let month = |at: usize| {
        format!(
            "lpad(CAST((strpos('janfebmaraprmayjunjulaugsepoctnovdec', lower(left({}, 3))) + 2) / 3 AS VARCHAR), 2, '0')",
            part(at)
        )
    };
    let simple = ["%y", "%b", "%B", "%I"].iter().all(|code| place(code).is_none());
    let date = expr.ty == Type::Date;
    let seconds = place("%S").map_or("00".to_owned(), |at| format!("${at}"));
    let fraction = place("%g").or(place("%f"));
    let value = if simple {
        let of = |code: &str, or: &str| place(code).map_or(or.to_owned(), |at| format!("${at}"));
        let mut whole = format!("{}-{}-{}", of("%Y", ""), of("%m", ""), of("%d", ""));
        if !date {
            whole.push_str(&format!(" {}:{}:{seconds}", of("%H", "00"), of("%M", "00")));
            if let Some(at) = fraction {
                whole.push_str(&format!(".${at}"));
            }
        }
        format!("regexp_replace({{0}}, {{1}}, '{whole}')")
    } else {
        let of = |code: &str| place(code).map_or("'00'".to_owned(), part);
        let year = match (place("%Y"), place("%y")) {
            (Some(at), _) => part(at),
            (None, Some(at)) => {
                format!("CASE WHEN {0} < '70' THEN '20' ELSE '19' END, {0}", part(at))
            }
            (None, None) => return Ok(None),
        };
        let month = match place("%b").or(place("%B")) {
            Some(at) => month(at),
            None => of("%m"),
        };
        let mut parts = vec![year, "'-'".to_owned(), month, "'-'".to_owned(), of("%d")];
        if !date {
            let hour = match (place("%I"), place("%p")) {
                (Some(hour), Some(half)) => format!(
                    "lpad(CAST(CAST({} AS INT) % 12 + CASE WHEN lower({}) = 'pm' THEN 12 ELSE 0 END AS VARCHAR), 2, '0')",
                    part(hour),
                    part(half)
                ),
                _ => of("%H"),
            };
            let clock = ["' '".to_owned(), hour, "':'".to_owned(), of("%M"), "':'".to_owned()];
            parts.extend(clock);
            parts.push(of("%S"));
            if let Some(at) = fraction {
                parts.extend(["'.'".to_owned(), part(at)]);
            }
        }
        format!("concat({})", parts.join(", "))
    };
    let (read, last) = if date {
        (format!("TRY_CAST({value} AS DATE)"), None)
    } else {
        (format!("TRY_CAST({value} AS TIMESTAMP(6))"), Some("TIMESTAMP(6) WITH TIME ZONE"))
    };
    let condition =
        format!("NOT regexp_like({{0}}, {{1}}) OR {{0}} IS NOT NULL AND {read} IS NULL");
    let value = match last.filter(|_| expr.ty == Type::TimestampTz) {
        Some(ty) => format!("CAST({read} AS {ty})"),
        None => read,
    };
    // Of NULL the parts are NULL, which `concat` leaves out.
    let value =
        if simple { value } else { format!("CASE WHEN {{0}} IS NOT NULL THEN {value} END") };
    let template = emitter.raise_if_of(std::slice::from_ref(text), &condition, &value);
    let args = [emitter.expr(text)?, Fragment::atom(text_literal(&grouped))];
    Ok(Some(fill(&template, &args)))
}

/// The pattern with one group for each token.
fn grouped(pattern: &str, format: &str) -> String {
    let mut out = "^".to_owned();
    let mut rest = pattern;
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter == '%' {
            let code = letters.next().unwrap_or_default();
            let reads = TOKENS.iter().find(|t| t.2.ends_with(code) && rest.starts_with(t.1));
            let Some((_, reads, _)) = reads else { continue };
            rest = rest.get(reads.len()..).unwrap_or_default();
            let bare = reads.strip_prefix('(').filter(|inner| !inner.starts_with("?i"));
            match (bare.and_then(|inner| inner.strip_suffix(')')), reads.strip_prefix("(?i:")) {
                (_, Some(names)) => out.push_str(&format!("((?i:{names})")),
                (Some(_), None) => out.push_str(reads),
                (None, None) => out.push_str(&format!("({reads})")),
            }
        } else {
            let written = if letter == '.' { "[.]".to_owned() } else { letter.to_string() };
            rest = rest.get(written.len()..).unwrap_or_default();
            out.push_str(&written);
        }
    }
    out.push('$');
    out
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
