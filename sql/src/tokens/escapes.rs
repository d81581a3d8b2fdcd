//! Escapes inside text literals, as written between the quotes.

/// Spark SQL: `\n`, `\u00e4`, `\101`; `\%` and `\_` keep their backslash for LIKE; any other letter
/// stands for itself. Two quotes in the middle end one literal and begin the next, which are joined.
/// <https://spark.apache.org/docs/latest/sql-ref-literals.html>
pub(super) fn spark(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // The tokenizer leaves a quote inside only where two stood together.
            '\'' if chars.peek() == Some(&'\'') => {
                chars.next();
            }
            '"' if chars.peek() == Some(&'"') => return None,
            '\\' => match chars.next()? {
                '0' if !chars.peek().is_some_and(char::is_ascii_digit) => out.push('\0'),
                // Three octal digits.
                '0'..='7' => return None,
                'b' => out.push('\u{8}'),
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                'Z' => out.push('\u{1a}'),
                'u' => out.push(code_point(&mut chars, 4)?),
                'U' => out.push(code_point(&mut chars, 8)?),
                wild @ ('%' | '_') => out.extend(['\\', wild]),
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
    Some(out)
}

/// `ClickHouse`: C's escapes, `\xHH` of ASCII; a backslash before any other character stays. Two
/// quotes are one.
/// <https://clickhouse.com/docs/sql-reference/syntax#string>
pub(super) fn clickhouse(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' if chars.peek() == Some(&'\'') => {
                chars.next();
                out.push('\'');
            }
            '\\' => match chars.next()? {
                'b' => out.push('\u{8}'),
                'f' => out.push('\u{c}'),
                'r' => out.push('\r'),
                'n' => out.push('\n'),
                't' => out.push('\t'),
                '0' => out.push('\0'),
                'a' => out.push('\u{7}'),
                'v' => out.push('\u{b}'),
                'e' => out.push('\u{1b}'),
                'x' => match code_point(&mut chars, 2)? {
                    ascii if ascii.is_ascii() => out.push(ascii),
                    _ => return None,
                },
                'N' => {}
                quote @ ('\\' | '\'' | '"' | '`' | '/' | '=') => out.push(quote),
                other => out.extend(['\\', other]),
            },
            other => out.push(other),
        }
    }
    Some(out)
}

/// The character of so many hexadecimal digits.
fn code_point(chars: &mut impl Iterator<Item = char>, digits: usize) -> Option<char> {
    let mut value = 0_u32;
    for _ in 0..digits {
        value = value.checked_mul(16)?.checked_add(chars.next()?.to_digit(16)?)?;
    }
    char::from_u32(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spark_escapes() {
        for (raw, text) in [
            (r"it\'s", Some("it's")),
            (r"tab\there", Some("tab\there")),
            (r"\u0041\n", Some("A\n")),
            (r"x\\y", Some(r"x\y")),
            (r"100\%\_", Some(r"100\%\_")),
            (r"\\_", Some(r"\_")),
            (r"\q", Some("q")),
            (r"\101", None),
            (r"\u12", None),
            ("it''s", Some("its")),
        ] {
            assert_eq!(spark(raw).as_deref(), text, "{raw}");
        }
    }

    #[test]
    fn clickhouse_escapes() {
        for (raw, text) in [
            (r"it\'s it''s", Some("it's it's")),
            (r"\\d\d", Some(r"\d\d")),
            (r"\x41\n", Some("A\n")),
            (r"\xff", None),
            (r"100\%", Some(r"100\%")),
        ] {
            assert_eq!(clickhouse(raw).as_deref(), text, "{raw}");
        }
    }
}
