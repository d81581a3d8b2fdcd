//! `FORMAT('%5.2f of %s', …)` in the manner of C, by a constant format: text joined by `||`.

use super::{Binder, Bound, core_text::quoted};
use crate::{tree::Expr, types::Type};

/// Widest field, and most digits.
const WIDTH_MAX: usize = 200;

/// One mark of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    flags: String,
    width: Option<usize>,
    digits: Option<usize>,
    letter: char,
}

/// A piece of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Mark(Mark),
}

impl Binder<'_> {
    /// `printf($all, $texts)` inside a body, of a format and values, and all of them as text: NULL
    /// where a value is NULL, unless it is shown by `%t`, and an error where the number of values is
    /// another one.
    pub(super) fn printf(&mut self, mut args: Vec<Expr>, span: super::Span) -> Bound<Expr> {
        let texts = args.split_off(args.len() / 2);
        let (format, args) = self.format_and(args, span)?;
        let values: Vec<(Expr, Expr)> = args.into_iter().zip(texts.into_iter().skip(1)).collect();
        let unknown = |binder: &Self| binder.unknown_format(&format, span);
        let Some(pieces) = read(&format) else { return unknown(self) };
        let marks = pieces.iter().filter(|piece| matches!(piece, Piece::Mark(_))).count();
        if marks != values.len() {
            return self.unsupported("a format of another number of values", span);
        }
        let mut parts = Vec::with_capacity(pieces.len());
        let mut shown = Vec::with_capacity(values.len());
        let mut values = values.into_iter();
        for piece in pieces {
            match piece {
                Piece::Text(text) => parts.push(quoted(&text)),
                Piece::Mark(mark) => {
                    let Some((mut value, text)) = values.next() else { return unknown(self) };
                    let place = format!("${}", shown.len() + 1);
                    if value.is_null() && value.ty == Type::Unknown && mark.letter != 't' {
                        parts.push("NULL::text".to_owned());
                        shown.push(value);
                        continue;
                    }
                    if mark.letter == 't' {
                        // A whole float shows a point.
                        if value.ty == Type::Float8 {
                            return unknown(self);
                        }
                        value = text;
                        parts.push(padded(&format!("coalesce({place}, 'NULL')"), &mark));
                    } else if mark.letter == 's' && value.ty == Type::Unknown {
                        value = self.coerce(value, &Type::Text)?;
                        parts.push(padded(&place, &mark));
                    } else {
                        match by_letter(&place, &mark, &value.ty) {
                            Some(part) => parts.push(part),
                            None => return unknown(self),
                        }
                    }
                    shown.push(value);
                }
            }
        }
        if parts.is_empty() {
            parts.push("''".to_owned());
        }
        if parts.iter().any(|part| part == "NULL::text") {
            return self.core_text("NULL::text", Vec::new(), span);
        }
        self.core_text(&parts.join(" || "), shown, span)
    }
}

/// The core expression of a value by its mark; nothing for a value of another type.
fn by_letter(place: &str, mark: &Mark, ty: &Type) -> Option<String> {
    let grouped = mark.flags.contains('\'');
    match (mark.letter, ty) {
        ('s', ty) if ty.is_text() => Some(padded(place, mark)),
        ('d' | 'i', ty) if ty.is_integer() => {
            let digits = if grouped {
                format!("ltrim(grouped({place}::int8), '-')")
            } else if mark.flags.contains(['0', '+', ' ']) || mark.digits.is_some() {
                format!("ltrim({place}::text, '-')")
            } else {
                return Some(padded(&format!("{place}::text"), mark));
            };
            signed(place, &digits, mark)
        }
        ('f', Type::Float8) if !grouped => {
            let digits = mark.digits.unwrap_or(6);
            // Beyond 30 digits before the point, not all of them are right everywhere.
            Some(format!(
                "CASE WHEN abs({place}) >= 1e30 AND abs({place}) < 'Infinity'::float8 THEN (1 / (sign({place})::int4 * 0))::text ELSE {} END",
                float(place, mark, digits)
            ))
        }
        ('e' | 'E' | 'g' | 'G', Type::Float8) if !grouped && !mark.flags.contains('#') => {
            Some(float(place, mark, mark.digits.unwrap_or(6)))
        }
        ('f', Type::Numeric(Some(shape))) => {
            // Half a digit rounds away from zero.
            let digits = mark.digits.unwrap_or(6);
            let digits = u32::try_from(digits).ok().filter(|digits| *digits <= shape.scale)?;
            let rounded = format!("round({place}, {digits})");
            let text = if grouped {
                if digits == 0 {
                    format!("ltrim(grouped({rounded}::int8), '-')")
                } else {
                    return None;
                }
            } else {
                format!("(abs({rounded})::numeric(38, {digits}))::text")
            };
            signed(&rounded, &text, mark)
        }
        ('x', ty) if ty.is_integer() && mark.flags.is_empty() && mark.digits.is_none() => {
            // A negative number has its sign before its digits.
            Some(padded(
                &format!(
                    "CASE WHEN {place} >= 0 THEN to_hex({place}::int8) ELSE '-' || to_hex(-({place}::int8)) END"
                ),
                mark,
            ))
        }
        ('X', ty) if ty.is_integer() && mark.flags.is_empty() && mark.digits.is_none() => {
            Some(padded(
                &format!(
                    "CASE WHEN {place} >= 0 THEN upper(to_hex({place}::int8)) ELSE '-' || upper(to_hex(-({place}::int8))) END"
                ),
                mark,
            ))
        }
        _ => None,
    }
}

/// A float by a mark of `printf`. What is not finite is not filled with zeros.
fn float(place: &str, mark: &Mark, digits: usize) -> String {
    let width = mark.width.map_or_else(String::new, |width| width.to_string());
    let form =
        |flags: &str| format!("c_format('%{flags}{width}.{digits}{}', {place})", mark.letter);
    if !mark.flags.contains('0') {
        return form(&mark.flags);
    }
    let (zeros, blanks) = (form(&mark.flags), form(&mark.flags.replace('0', "")));
    format!(
        "CASE WHEN abs({place}) < 'Infinity'::float8 THEN {zeros} WHEN {place} IS NOT NULL THEN {blanks} END"
    )
}

/// The digits of a number with its sign, filled to the width.
fn signed(place: &str, digits: &str, mark: &Mark) -> Option<String> {
    let plus = if mark.flags.contains('+') {
        "+"
    } else if mark.flags.contains(' ') {
        " "
    } else {
        ""
    };
    let sign = format!("CASE WHEN {place} < 0 THEN '-' ELSE '{plus}' END");
    let least = match (mark.letter, mark.digits) {
        ('d' | 'i', Some(digits)) => Some(digits),
        _ => None,
    };
    let mut number = digits.to_owned();
    if let Some(least) = least {
        if mark.flags.contains('\'') {
            return None;
        }
        number = zeros(&number, &least.to_string());
    } else if mark.flags.contains('0')
        && !mark.flags.contains('-')
        && let Some(width) = mark.width
    {
        if mark.flags.contains('\'') {
            return None;
        }
        let width = format!("{width} - length({sign})");
        number = zeros(&number, &width);
    }
    Some(padded(&format!("{sign} || {number}"), mark))
}

/// Digits with zeros in front, up to a width.
fn zeros(digits: &str, width: &str) -> String {
    format!("repeat('0', greatest({width} - length({digits}), 0)) || {digits}")
}

/// A text filled with blanks to the width of its mark, and cut to its digits.
fn padded(text: &str, mark: &Mark) -> String {
    let text = match (mark.letter, mark.digits) {
        ('s' | 't', Some(digits)) => format!("substring({text}, 1, {digits})"),
        _ => text.to_owned(),
    };
    let Some(width) = mark.width else { return format!("({text})") };
    let blanks = format!("repeat(' ', greatest({width} - length({text}), 0))");
    if mark.flags.contains('-') {
        format!("({text} || {blanks})")
    } else {
        format!("({blanks} || {text})")
    }
}

/// The pieces of a format; nothing where a mark is not known.
fn read(format: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        if chars.peek() == Some(&'%') {
            chars.next();
            text.push('%');
            continue;
        }
        let mut take = |test: fn(char) -> bool| {
            let mut taken = String::new();
            while let Some(c) = chars.next_if(|c| test(*c)) {
                taken.push(c);
            }
            taken
        };
        let flags = take(|c| "-+ 0'#".contains(c));
        let width = take(|c| c.is_ascii_digit());
        let digits = if take(|c| c == '.') == "." {
            // A point alone is zero digits.
            Some(take(|c| c.is_ascii_digit()))
        } else {
            None
        };
        let number = |text: &str| text.parse::<usize>().ok().filter(|n| *n <= WIDTH_MAX);
        let width = if width.is_empty() { None } else { Some(number(&width)?) };
        let digits = match digits.as_deref() {
            None => None,
            Some("") => Some(0),
            Some(digits) => Some(number(digits)?),
        };
        let letter = chars.next().filter(|c| "disfeEgGtxX".contains(*c))?;
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(Piece::Mark(Mark { flags, width, digits, letter }));
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read() {
        let mark = |flags: &str, width, digits, letter| {
            Piece::Mark(Mark { flags: flags.to_owned(), width, digits, letter })
        };
        assert_eq!(
            read("a%%%-5s|%+08.2f"),
            Some(vec![
                Piece::Text("a%".to_owned()),
                mark("-", Some(5), None, 's'),
                Piece::Text("|".to_owned()),
                mark("+0", Some(8), Some(2), 'f'),
            ])
        );
        for unknown in ["%", "%q", "%*d", "%5", "%999d"] {
            assert_eq!(read(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn types_must_fit_their_marks() {
        let plain = |letter| Mark { flags: String::new(), width: None, digits: None, letter };
        assert!(by_letter("$1", &plain('d'), &Type::Int8).is_some());
        assert!(by_letter("$1", &plain('d'), &Type::Float8).is_none());
        assert!(by_letter("$1", &plain('s'), &Type::Int8).is_none());
        assert!(by_letter("$1", &plain('f'), &Type::Int8).is_none());
    }
}
