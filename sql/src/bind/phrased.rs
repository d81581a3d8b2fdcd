//! Values with a format of their own, and texts made of them (Teradata): `CAST(d AS FORMAT 'YYYY-MM')`,
//! `d (FORMAT 'YYYY-MM') (CHAR(7))`.
//!
//! A format changes no value. It counts where the value becomes a text: then a line
//! `format text(date, text)` shows it. Formats with parts that are not known here are refused there.
//! <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Data-Types-and-Literals/Data-Type-Formats-and-Format-Phrases>

use super::{Binder, Bound, lower::text};
use crate::{tokens::teradata_phrases::FORMATTED, tree::Expr, types::Type};
use sqlparser::ast;

/// The line that shows a value in a format.
const SHOWN: &str = "format text";

impl Binder<'_> {
    /// A cast that gives a value a format, or makes a text of a value that has one; nothing for any
    /// other one.
    pub(super) fn cast_with_format(
        &mut self,
        expr: &ast::Expr,
        data_type: &ast::DataType,
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        if self.speaks_core() || !self.spec.knows(SHOWN) {
            return Ok(None);
        }
        if format_of(data_type).is_some() {
            let value = self.expr(expr)?;
            // A number would lose its format where it becomes a text by itself.
            return match value.ty {
                Type::Date | Type::Timestamp => Ok(Some(value)),
                _ => self.unsupported("FORMAT of this value", span),
            };
        }
        let phrased = data_type.to_string().starts_with("phrased_");
        let shown = formatted(expr);
        if !phrased && shown.is_none() {
            return Ok(None);
        }
        let to = self.data_type(data_type, span)?;
        if !to.is_character() {
            return Ok(None);
        }
        let Some((inner, format)) = shown else {
            let value = self.expr(expr)?;
            // Constants and what is computed of them are of types that this language has no name for.
            let column = matches!(value.kind, crate::tree::ExprKind::Column { .. });
            if value.ty.is_number() && !column {
                return self
                    .unsupported("the text of a number that is no column by a phrase", span);
            }
            let form = if value.ty.is_number() { phrased_form(&to) } else { "cast" };
            return self.cast_by(form, value, to, span).map(Some);
        };
        let value = self.expr(inner)?;
        let (limit, args) = match &value.ty {
            Type::Date | Type::Timestamp => {
                let clock = value.ty == Type::Timestamp;
                let Some(core) = moment(&format, clock) else {
                    return self.unknown_format(&format, span);
                };
                (core.length, vec![value, text(core.format, span)])
            }
            ty if ty.is_integer() => {
                let Some(digits) = digits(&format) else {
                    return self.unknown_format(&format, span);
                };
                let count = self.number(&digits.to_string(), span);
                (digits, vec![value, count])
            }
            _ => return self.unsupported("FORMAT of this value", span),
        };
        let holds = match &to {
            Type::Varchar(Some(most)) | Type::Char(most) => {
                usize::try_from(*most).is_ok_and(|most| most >= limit)
            }
            _ => true,
        };
        if !holds && !phrased {
            return self.unsupported("a text that is shorter than its format", span);
        }
        let shown = self.apply(SHOWN, args, span)?;
        self.cast_by("cast", shown, to, span).map(Some)
    }
}

const fn phrased_form(to: &Type) -> &'static str {
    if matches!(to, Type::Char(_)) { "cast phrased_char" } else { "cast phrased_varchar" }
}

/// The format that a type of tokens is.
fn format_of(data_type: &ast::DataType) -> Option<String> {
    let ast::DataType::Custom(name, modifiers) = data_type else { return None };
    let [modifier] = modifiers.as_slice() else { return None };
    name.to_string().eq_ignore_ascii_case(FORMATTED).then(|| modifier.clone())
}

/// The value and the format of an expression that has one.
fn formatted(expr: &ast::Expr) -> Option<(&ast::Expr, String)> {
    match expr {
        ast::Expr::Nested(inner) => formatted(inner),
        ast::Expr::Cast { expr: inner, data_type, format: None, .. } => {
            Some((inner, format_of(data_type)?))
        }
        // The value is a date then, which has the format.
        ast::Expr::Cast {
            data_type: ast::DataType::Date,
            format: Some(ast::CastFormat::Value(format)),
            ..
        } => match &format.value {
            ast::Value::SingleQuotedString(format) => Some((expr, format.clone())),
            _ => None,
        },
        _ => None,
    }
}

/// A format of the core, and the length of its texts.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    format: String,
    length: usize,
}

/// Parts of a format of dates and times: what the core calls them, how long they are, and whether they
/// show a clock. Longest first.
const PARTS: [(&str, &str, usize, bool); 13] = [
    ("YYYY", "YYYY", 4, false),
    ("Y4", "YYYY", 4, false),
    ("YY", "YY", 2, false),
    ("MMM", "Mon", 3, false),
    ("M3", "Mon", 3, false),
    ("MM", "MM", 2, false),
    ("DDD", "DDD", 3, false),
    ("D3", "DDD", 3, false),
    ("DD", "DD", 2, false),
    ("HH", "HH24", 2, true),
    ("MI", "MI", 2, true),
    ("SS", "SS", 2, true),
    ("B", " ", 1, false),
];

/// A format of dates and times in the core's words.
fn moment(format: &str, clock: bool) -> Option<Shown> {
    let upper = format.to_ascii_uppercase();
    let mut rest = upper.as_str();
    let mut shown = Shown { format: String::new(), length: 0 };
    let mut before = "";
    while let Some(first) = rest.chars().next() {
        if let Some((part, core, length, of_clock)) =
            PARTS.iter().find(|(part, ..)| rest.starts_with(part))
        {
            // Longer ones and parts side by side that could be one are not told apart here.
            let again = before.chars().last() == part.chars().next() && *part != "B";
            if again || (*of_clock && !clock) {
                return None;
            }
            shown.format.push_str(core);
            shown.length += length;
            before = part;
            rest = rest.get(part.len()..)?;
        } else if "/-.,: ".contains(first) {
            shown.format.push(first);
            shown.length += 1;
            before = "";
            rest = rest.get(1..)?;
        } else {
            return None;
        }
    }
    (shown.length > 0).then_some(shown)
}

/// How many digits a format of nothing but digits shows: `999`, `9(3)`.
fn digits(format: &str) -> Option<usize> {
    if let Some(count) = format.strip_prefix("9(").and_then(|rest| rest.strip_suffix(')')) {
        return count.parse().ok().filter(|count| (1..=18).contains(count));
    }
    let nines = format.chars().all(|c| c == '9');
    (nines && (1..=18).contains(&format.len())).then_some(format.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_part_by_part() {
        for (format, core, length) in [
            ("YYYY-MM-DD", "YYYY-MM-DD", 10),
            ("yyyymmdd", "YYYYMMDD", 8),
            ("Y4-M3-DD", "YYYY-Mon-DD", 11),
            ("DDBMMMBYYYY", "DD Mon YYYY", 11),
            ("YYYYDDD", "YYYYDDD", 7),
            ("YYYY-MM-DDBHH:MI:SS", "YYYY-MM-DD HH24:MI:SS", 19),
        ] {
            let shown = moment(format, true).unwrap();
            assert_eq!((shown.format.as_str(), shown.length), (core, length));
        }
        for other in ["YYYYY", "EEEE", "M4", "HH:MI", "YYYY\"x\"", "", "é"] {
            assert_eq!(moment(other, false), None, "{other}");
        }
    }

    #[test]
    fn formats_of_digits() {
        assert_eq!(digits("999"), Some(3));
        assert_eq!(digits("9(12)"), Some(12));
        for other in ["", "9(", "9()", "9(99)", "ZZ9", "-999", "9.99"] {
            assert_eq!(digits(other), None, "{other}");
        }
    }
}
