//! Rule `TR0504`, `dates as text by a format`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0504",
    name: "dates as text by a format",
    fidelity: Fidelity::Exact,
    constructs: &["to_char"],
    page: "\
The everyday tokens of a format are translated to `strftime`, those that it does not have to expressions; text stands in double quotes. Any other token is refused, so that none is passed on as text.",
    emit,
    examples: &[
        duckdb(
            "SELECT to_char(d, 'YYYY-MM') AS m FROM t",
            "SELECT strftime(d, '%Y-%m') AS m\nFROM t",
        ),
        duckdb(
            "SELECT to_char(d, 'Month, \"Q\"Q') AS m FROM t",
            "SELECT (rpad(strftime(d, '%B'), 9, ' ') || strftime(d, ', Q') || CAST(quarter(d) AS VARCHAR)) AS m\nFROM t",
        ),
        duckdb(
            "SELECT to_char(d, 'yyyy WW') AS m FROM t",
            "SELECT (strftime(d, '%Y ') || lpad(CAST((dayofyear(d) - 1) // 7 + 1 AS VARCHAR), 2, '0')) AS m\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT to_char(d, 'MMth') AS m FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [value, format] = call.args.as_slice() else { return Ok(None) };
    // A date was converted to a timestamp only to find the function.
    let value = match &value.kind {
        ExprKind::Coerce { expr } if expr.ty == Type::Date => expr,
        _ => value,
    };
    let Some(pieces) = format.text().and_then(convert) else { return Ok(None) };
    if !value.ty.is_date_or_timestamp() {
        return Ok(None);
    }
    if emitter.target() == Target::DataFusion {
        return on_datafusion(emitter, value, &pieces);
    }
    let value = emitter.expr(value)?;
    let parts: Vec<Fragment> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Plain(format) => {
                let format = Fragment::atom(text_literal(format));
                fill("strftime({0}, {1})", &[value.clone(), format])
            }
            Piece::Other(template) => fill(template, std::slice::from_ref(&value)),
        })
        .collect();
    Ok(Some(match parts.as_slice() {
        [one] => one.clone(),
        parts => {
            let parts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
            Fragment::atom(format!("({})", parts.join(" || ")))
        }
    }))
}

/// `DataFusion` has the formats of `strftime` but for fractions of seconds, and reads parts of dates
/// by `extract`.
fn on_datafusion(emitter: &mut Emitter, value: &Expr, pieces: &[Piece]) -> Emit<Option<Fragment>> {
    if value.ty == Type::TimestampTz {
        return Ok(None);
    }
    // A day has no hours there.
    let timed = |piece: &Piece| {
        let text = match piece {
            Piece::Plain(format) => format.as_str(),
            Piece::Other(template) => template,
        };
        ["%H", "%I", "%M", "%S", "%p", "%g", "%f", "hour(", "minute(", "second("]
            .iter()
            .any(|part| text.contains(part))
    };
    let mut time = emitter.expr(value)?;
    if value.ty == Type::Date && pieces.iter().any(timed) {
        time = fill("CAST({0} AS TIMESTAMP(6))", &[time]);
    }
    let mut parts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let part = match piece {
            Piece::Plain(format) => {
                // A year of more than four digits has a sign there.
                let years = format.matches("%Y").count() + format.matches("%G").count();
                if years > 0 && format.contains('+') {
                    return Ok(None);
                }
                let first = format.starts_with("%Y") || format.starts_with("%G");
                let template = match (years, first) {
                    (0, _) => "to_char({0}, {1})",
                    (1, true) => "ltrim(to_char({0}, {1}), '+')",
                    _ => "replace(to_char({0}, {1}), '+', '')",
                };
                let format = format.replace("%g", "%3f").replace("%f", "%6f");
                let format = Fragment::atom(text_literal(&format));
                fill(template, &[time.clone(), format])
            }
            Piece::Other(template) if template.contains("julian") => return Ok(None),
            Piece::Other(template) => {
                let template = template
                    .replace("strftime({0}, '%g')", "to_char({0}, '%3f')")
                    .replace("strftime(", "to_char(")
                    .replace("dayofyear({0})", "extract(doy FROM {0})")
                    .replace("dayofweek({0})", "extract(dow FROM {0})")
                    .replace("//", "/");
                let parts = ["year", "quarter", "month", "day", "hour", "minute", "second"];
                let template = parts.iter().fold(template, |text, part| {
                    text.replace(&format!("{part}({{0}})"), &format!("extract({part} FROM {{0}})"))
                });
                fill(&template, std::slice::from_ref(&time))
            }
        };
        parts.push(part.text);
    }
    Ok(Some(match parts.as_slice() {
        [one] => Fragment::atom(one.clone()),
        parts => Fragment::atom(format!("({})", parts.join(" || "))),
    }))
}

/// A piece of the text.
enum Piece {
    /// A format of `strftime`.
    Plain(String),
    /// An expression over the value.
    Other(&'static str),
}

/// Tokens with their `strftime`, longest first.
const PLAIN: [(&str, &str); 20] = [
    ("YYYY", "%Y"),
    ("IYYY", "%G"),
    ("HH24", "%H"),
    ("HH12", "%I"),
    ("FMMonth", "%B"),
    ("FMDay", "%A"),
    ("DDD", "%j"),
    ("Mon", "%b"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("Dy", "%a"),
    ("HH", "%I"),
    ("MI", "%M"),
    ("SS", "%S"),
    ("MS", "%g"),
    ("US", "%f"),
    ("FF6", "%f"),
    ("IW", "%V"),
    ("ID", "%u"),
    ("YY", "%y"),
];

/// The letters behind a day of the month, which is written by `{0}`.
macro_rules! ordinal {
    ($number:literal, $th:literal, $st:literal, $nd:literal, $rd:literal) => {
        concat!(
            $number,
            " || CASE WHEN day({0}) IN (11, 12, 13) THEN '",
            $th,
            "' WHEN day({0}) % 10 = 1 THEN '",
            $st,
            "' WHEN day({0}) % 10 = 2 THEN '",
            $nd,
            "' WHEN day({0}) % 10 = 3 THEN '",
            $rd,
            "' ELSE '",
            $th,
            "' END"
        )
    };
}

/// Tokens with another expression.
const OTHER: [(&str, &str); 39] = [
    ("FMDDth", ordinal!("CAST(day({0}) AS VARCHAR)", "th", "st", "nd", "rd")),
    ("FMDDTH", ordinal!("CAST(day({0}) AS VARCHAR)", "TH", "ST", "ND", "RD")),
    ("DDth", ordinal!("strftime({0}, '%d')", "th", "st", "nd", "rd")),
    ("DDTH", ordinal!("strftime({0}, '%d')", "TH", "ST", "ND", "RD")),
    ("FMDDD", "CAST(dayofyear({0}) AS VARCHAR)"),
    ("FMYYYY", "CAST(year({0}) AS VARCHAR)"),
    ("FMHH24", "CAST(hour({0}) AS VARCHAR)"),
    ("FMHH12", "CAST((hour({0}) + 11) % 12 + 1 AS VARCHAR)"),
    ("FMMM", "CAST(month({0}) AS VARCHAR)"),
    ("FMDD", "CAST(day({0}) AS VARCHAR)"),
    ("FMHH", "CAST((hour({0}) + 11) % 12 + 1 AS VARCHAR)"),
    ("FMMI", "CAST(minute({0}) AS VARCHAR)"),
    ("FMSS", "CAST(second({0}) AS VARCHAR)"),
    ("Month", "rpad(strftime({0}, '%B'), 9, ' ')"),
    ("MONTH", "rpad(upper(strftime({0}, '%B')), 9, ' ')"),
    ("month", "rpad(lower(strftime({0}, '%B')), 9, ' ')"),
    ("FMMONTH", "upper(strftime({0}, '%B'))"),
    ("FMmonth", "lower(strftime({0}, '%B'))"),
    ("FMDAY", "upper(strftime({0}, '%A'))"),
    ("FMday", "lower(strftime({0}, '%A'))"),
    ("MON", "upper(strftime({0}, '%b'))"),
    ("mon", "lower(strftime({0}, '%b'))"),
    ("Day", "rpad(strftime({0}, '%A'), 9, ' ')"),
    ("DAY", "rpad(upper(strftime({0}, '%A')), 9, ' ')"),
    ("day", "rpad(lower(strftime({0}, '%A')), 9, ' ')"),
    ("DY", "upper(strftime({0}, '%a'))"),
    ("dy", "lower(strftime({0}, '%a'))"),
    ("am", "lower(strftime({0}, '%p'))"),
    ("pm", "lower(strftime({0}, '%p'))"),
    ("SSSSS", SECONDS),
    ("SSSS", SECONDS),
    ("YYY", "right(strftime({0}, '%Y'), 3)"),
    ("Y", "right(strftime({0}, '%Y'), 1)"),
    ("WW", "lpad(CAST((dayofyear({0}) - 1) // 7 + 1 AS VARCHAR), 2, '0')"),
    ("W", "CAST((day({0}) - 1) // 7 + 1 AS VARCHAR)"),
    ("J", "CAST(CAST(floor(julian({0})) AS BIGINT) AS VARCHAR)"),
    ("Q", "CAST(quarter({0}) AS VARCHAR)"),
    ("D", "CAST(dayofweek({0}) + 1 AS VARCHAR)"),
    ("FF3", "strftime({0}, '%g')"),
];

/// Seconds since midnight.
const SECONDS: &str = "CAST(hour({0}) * 3600 + minute({0}) * 60 + second({0}) AS VARCHAR)";

/// Does the format go on with this token? Numbers are written alike in both cases.
pub(super) fn begins(rest: &str, token: &str) -> bool {
    let number = !["MONTH", "MON", "DAY", "DY", "FMMONTH", "FMDAY"].contains(&token)
        && token.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    rest.starts_with(token) || (number && rest.starts_with(&token.to_ascii_lowercase()))
}

fn longest(
    rest: &str,
    table: &'static [(&'static str, &'static str)],
) -> Option<(&'static str, &'static str)> {
    table.iter().filter(|(token, _)| begins(rest, token)).max_by_key(|(t, _)| t.len()).copied()
}

fn convert(format: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        // Other tokens, or what changes the token before them.
        let foreign = ["th", "TH", "TM", "tm", "Y,YYY", "y,yyy", "SSSSSS", "A.M", "P.M"];
        if foreign.iter().any(|token| rest.starts_with(token)) {
            return None;
        }
        let code = longest(rest, &PLAIN);
        let other = longest(rest, &OTHER);
        let longer = other.filter(|o| code.is_none_or(|c| o.0.len() > c.0.len()));
        if let Some((token, template)) = longer {
            if !plain.is_empty() {
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Other(template));
            rest = rest.get(token.len()..)?;
        } else if let Some((token, code)) = code {
            plain.push_str(code);
            rest = rest.get(token.len()..)?;
        } else if let Some(after) = ["AM", "PM"].iter().find_map(|t| rest.strip_prefix(t)) {
            plain.push_str("%p");
            rest = after;
        } else if first == '"' {
            let (text, after) = rest.strip_prefix('"')?.split_once('"')?;
            if text.contains('\\') {
                return None;
            }
            plain.push_str(&text.replace('%', "%%"));
            rest = after;
        } else if "-/:., _()|;=+%".contains(first) {
            plain.push_str(if first == '%' { "%%" } else { rest.get(..1)? });
            rest = rest.get(1..)?;
        } else {
            return None;
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    (!pieces.is_empty()).then_some(pieces)
}
