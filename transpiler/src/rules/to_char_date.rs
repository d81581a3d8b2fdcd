//! The everyday tokens of a format are translated to `strftime`, those that it does not have to expressions; text stands in double quotes. Any other token is refused, so that none is passed on as text.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
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
        refused(Target::DuckDb, "SELECT to_char(d, 'DDth') AS m FROM t"),
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
        // Its formats are those of `strftime` but for fractions of seconds.
        let [Piece::Plain(format)] = pieces.as_slice() else { return Ok(None) };
        if format.contains("%g") || format.contains("%f") || value.ty == Type::TimestampTz {
            return Ok(None);
        }
        let format = Fragment::atom(text_literal(format));
        let value = emitter.expr(value)?;
        return Ok(Some(fill("to_char({0}, {1})", &[value, format])));
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

/// A piece of the text.
enum Piece {
    /// A format of `strftime`.
    Plain(String),
    /// An expression over the value.
    Other(&'static str),
}

/// Tokens with their `strftime`, longest first.
const PLAIN: [(&str, &str); 19] = [
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
    ("IW", "%V"),
    ("ID", "%u"),
    ("YY", "%y"),
];

/// Tokens with another expression.
const OTHER: [(&str, &str); 15] = [
    ("FMDDD", "CAST(dayofyear({0}) AS VARCHAR)"),
    ("FMMM", "CAST(month({0}) AS VARCHAR)"),
    ("FMDD", "CAST(day({0}) AS VARCHAR)"),
    ("Month", "rpad(strftime({0}, '%B'), 9, ' ')"),
    ("MONTH", "rpad(upper(strftime({0}, '%B')), 9, ' ')"),
    ("month", "rpad(lower(strftime({0}, '%B')), 9, ' ')"),
    ("MON", "upper(strftime({0}, '%b'))"),
    ("mon", "lower(strftime({0}, '%b'))"),
    ("Day", "rpad(strftime({0}, '%A'), 9, ' ')"),
    ("DAY", "rpad(upper(strftime({0}, '%A')), 9, ' ')"),
    ("DY", "upper(strftime({0}, '%a'))"),
    ("am", "lower(strftime({0}, '%p'))"),
    ("pm", "lower(strftime({0}, '%p'))"),
    ("Q", "CAST(quarter({0}) AS VARCHAR)"),
    ("D", "CAST(dayofweek({0}) + 1 AS VARCHAR)"),
];

fn convert(format: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        // These are other tokens, or change the one before them.
        let foreign = ["SSSS", "YYYYY", "th", "TH", "J", "TM", "Y,YYY"];
        if foreign.iter().any(|token| rest.starts_with(token)) {
            return None;
        }
        let code = PLAIN.iter().find(|(token, _)| rest.starts_with(token));
        let other = OTHER.iter().find(|(token, _)| rest.starts_with(token));
        let longer = other.filter(|o| code.is_none_or(|c| o.0.len() > c.0.len()));
        if let Some((token, template)) = longer {
            if !plain.is_empty() {
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Other(template));
            rest = rest.strip_prefix(token)?;
        } else if let Some((token, code)) = code {
            plain.push_str(code);
            rest = rest.strip_prefix(token)?;
        } else if let Some(after) = ["AM", "PM"].iter().find_map(|t| rest.strip_prefix(t)) {
            plain.push_str("%p");
            rest = after;
        } else if first == '"' {
            let (text, after) = rest.strip_prefix('"')?.split_once('"')?;
            if text.contains(['\\', '%']) {
                return None;
            }
            plain.push_str(text);
            rest = after;
        } else if "-/:., _()".contains(first) {
            plain.push(first);
            rest = rest.strip_prefix(first)?;
        } else {
            return None;
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    (!pieces.is_empty()).then_some(pieces)
}
