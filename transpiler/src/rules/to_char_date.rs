//! A format of plain numbers and names of days and months, punctuation and text in quotes is translated to `strftime`. Any other token is refused, so that none is passed on as text.

use crate::{
    emit::Emitter,
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
A format of plain numbers and names of days and months, punctuation and text in quotes is translated to `strftime`. Any other token is refused, so that none is passed on as text.",
    emit,
    examples: &[
        duckdb(
            "SELECT to_char(d, 'YYYY-MM') AS m FROM t",
            "SELECT strftime(d, '%Y-%m') AS m\nFROM t",
        ),
        duckdb(
            "SELECT to_char(d, 'Dy, DD Mon YYYY\"T\"') AS m FROM t",
            "SELECT strftime(d, '%a, %d %b %YT') AS m\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT to_char(d, 'MON YYYY') AS m FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [value, format] = call.args.as_slice() else { return Ok(None) };
    // A date was converted to a timestamp only to find the function.
    let value = match &value.kind {
        ExprKind::Coerce { expr } if expr.ty == Type::Date => expr,
        _ => value,
    };
    let Some(format) = format.text().and_then(convert) else { return Ok(None) };
    if !matches!(value.ty, Type::Date | Type::Timestamp) {
        return Ok(None);
    }
    let value = emitter.expr(value)?;
    let format = Fragment::atom(crate::emit::text_literal(&format));
    Ok(Some(fill("strftime({0}, {1})", &[value, format])))
}

fn convert(format: &str) -> Option<String> {
    const TOKENS: [(&str, &str); 16] = [
        ("YYYY", "%Y"),
        ("HH24", "%H"),
        ("HH12", "%I"),
        ("FMMonth", "%B"),
        ("FMDay", "%A"),
        ("Mon", "%b"),
        ("Dy", "%a"),
        ("DDD", "%j"),
        ("MM", "%m"),
        ("DD", "%d"),
        ("MI", "%M"),
        ("SS", "%S"),
        ("YY", "%y"),
        ("AM", "%p"),
        ("IW", "%V"),
        ("ID", "%u"),
    ];
    let mut out = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if let Some((token, code)) = TOKENS.iter().find(|(token, _)| rest.starts_with(token)) {
            out.push_str(code);
            rest = rest.strip_prefix(token)?;
        } else if first == '"' {
            // Text in quotes stands for itself.
            let end = rest.get(1..)?.find('"')? + 1;
            let text = rest.get(1..end)?;
            if text.contains(['%', '\\']) {
                return None;
            }
            out.push_str(text);
            rest = rest.get(end + 1..)?;
        } else if first == '%' {
            out.push_str("%%");
            rest = rest.get(1..)?;
        } else if "-/:., _|".contains(first) {
            out.push(first);
            rest = rest.strip_prefix(first)?;
        } else {
            return None;
        }
    }
    // A digit right behind a token (`DDD`, `SSSS`) would have been another token.
    let ambiguous = ["DDDD", "SSS", "YYYYY", "YYYYYY", "MMM"].iter().any(|t| format.contains(t));
    (!ambiguous).then_some(out)
}
