//! Number formats of Oracle: `TO_CHAR(x, 'FM999G990D00')`, `TO_NUMBER('1,234.5', '9,999.9')`.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Format-Models.html>. Only
//! digits, groups, a point, a dollar in front and `FM` are read here; the core has the same, but for a number that is too
//! long.

use super::{Binder, Bound, codes};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

/// A format of digits.
struct Format {
    /// As the core writes it.
    core: String,
    /// Digits before the point, and behind it.
    whole: usize,
    scale: usize,
    /// Characters without `FM`.
    width: usize,
    groups: bool,
    /// Does a dollar sign stand in front of the first digit?
    dollar: bool,
    /// Does `FM` leave out the zeros behind the last digit, which nines stand for?
    cuts: bool,
}

fn read(format: &str) -> Option<Format> {
    let upper = format.to_ascii_uppercase().replace('G', ",").replace('D', ".");
    let (fill, body) = match upper.strip_prefix("FM") {
        Some(body) => (false, body),
        None => (true, upper.as_str()),
    };
    let (dollar, body) = match body.strip_prefix('$') {
        Some(body) => (true, body),
        None => (false, body),
    };
    let (before, behind) = body.split_once('.').unwrap_or((body, ""));
    let digit = |c: char| c == '0' || c == '9';
    let whole = before.chars().filter(|c| digit(*c)).count();
    let cuts = !fill && !behind.is_empty() && behind.chars().all(|c| c == '9');
    let fine = before.chars().all(|c| digit(c) || c == ',')
        && behind.chars().all(digit)
        && whole > 0
        && !before.starts_with(',')
        && (!body.contains('.') || !behind.is_empty())
        && (fill || cuts || behind.chars().all(|c| c == '0'));
    fine.then(|| Format {
        core: if cuts {
            format!("FM{before}.{}", "0".repeat(behind.len()))
        } else {
            upper.replace('$', "")
        },
        whole,
        scale: behind.len(),
        width: body.len() + usize::from(dollar),
        dollar,
        groups: before.contains(','),
        cuts,
    })
}

impl Binder<'_> {
    /// What a body asks of a format: `format_text($2)` is the core's, `format_kept($2)` too, of which zeros at
    /// the end go away where `format_cuts($2)` is 1, `format_scale($2)` counts the
    /// digits behind the point, `format_limit($2)` is the first number that is too long and
    /// `format_width($2)` its characters, `format_dollar($2)` the width of a text with a dollar; `format_read($1, $2)` reads a constant.
    pub(super) fn number_format(
        &self,
        name: &str,
        args: &[Expr],
        span: super::Span,
    ) -> Bound<Expr> {
        let written = args.last().and_then(Expr::text);
        let Some(format) = written.and_then(read) else {
            return self.unknown_format(written.unwrap_or(""), span);
        };
        // Who asks for no dollar does not know of it.
        let alone = matches!(name, "format_text" | "format_read");
        if alone && (format.cuts || format.dollar) {
            return self.unknown_format(written.unwrap_or(""), span);
        }
        match name {
            // The width that the sign, the dollar and the digits are filled up to; 0 without a dollar.
            "format_dollar" => {
                let filled = !format.core.starts_with("FM");
                let width = if filled { format.width + 1 } else { 1 };
                let width = if format.dollar { width } else { 0 };
                Ok(self.number(&width.to_string(), span))
            }
            "format_cuts" => Ok(self.number(if format.cuts { "1" } else { "0" }, span)),
            "format_text" | "format_kept" => {
                let kind = ExprKind::Literal(Literal::Text(format.core));
                Ok(Expr { kind, ty: Type::Text, span })
            }
            "format_scale" => Ok(self.number(&format.scale.to_string(), span)),
            "format_width" => Ok(self.number(&format.width.to_string(), span)),
            "format_limit" => {
                let limit = format!("1{}", "0".repeat(format.whole));
                self.read_literal(&limit, &Type::NUMERIC, span)
            }
            _ => {
                let value = args.first().and_then(Expr::text);
                let Some(digits) = value.and_then(|value| number(value, &format)) else {
                    let what = "the constant does not follow its format";
                    return self.refuse(codes::LITERAL, what, span);
                };
                self.read_literal(&digits, &Type::NUMERIC, span)
            }
        }
    }
}

/// The digits of a text that follows a format; groups stand where the format has them.
fn number(text: &str, format: &Format) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (before, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let groups: Vec<&str> = before.split(',').collect();
    let placed = groups.iter().skip(1).all(|group| group.len() == 3);
    let plain = groups.concat();
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fine = !plain.is_empty()
        && all_digits(&plain)
        && all_digits(behind)
        && plain.len() <= format.whole
        && behind.len() <= format.scale
        && placed
        && (groups.len() == 1 || format.groups);
    let point = if behind.is_empty() { "" } else { "." };
    fine.then(|| format!("{sign}{plain}{point}{behind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_digits_are_read() {
        let shown = |format: &str| read(format).map(|f| (f.core, f.whole, f.scale, f.width));
        assert_eq!(shown("9g999D99"), Some(("9,999.99".to_owned(), 4, 2, 8)));
        assert_eq!(shown("FM000"), Some(("FM000".to_owned(), 3, 0, 3)));
        assert_eq!(shown("FM90.99"), Some(("FM90.00".to_owned(), 2, 2, 5)));
        assert_eq!(shown("$9,999.99"), Some(("9,999.99".to_owned(), 4, 2, 9)));
        assert!(read("FM$99").is_some_and(|format| format.dollar && format.core == "FM99"));
        for other in ["FM9.09", "99$", "$", "S9", "9.", ",9", "", "99EEEE", "X"] {
            assert!(read(other).is_none(), "{other}");
        }
    }

    #[test]
    fn constants_follow_their_format() {
        let value = |text: &str, format: &str| number(text, &read(format).unwrap());
        assert_eq!(value("100.00", "9G999D99").as_deref(), Some("100.00"));
        assert_eq!(value("-1,234.5", "9,999.99").as_deref(), Some("-1234.5"));
        for (text, format) in [("12345", "999"), ("1.234", "9.99"), ("1,23", "9,999"), ("x", "9")] {
            assert_eq!(value(text, format), None, "{text} {format}");
        }
    }
}
