//! Escapes inside text literals, as written between the quotes.

use super::Read;
use sqlparser::{
    parser::ParserError,
    tokenizer::{Span, Token, TokenWithSpan},
};
use std::{iter::Peekable, str::Chars};

/// Reads what stands between the quotes of a text; nothing where an escape is not known.
pub(crate) type Escapes = fn(&str) -> Option<String>;

/// The literals of `ClickHouse`.
pub(crate) fn clickhouse_literals(tokens: Vec<TokenWithSpan>) -> Read {
    decoded(tokens, clickhouse)
}

/// The literals of Snowflake.
pub(crate) fn snowflake_literals(tokens: Vec<TokenWithSpan>) -> Read {
    decoded(tokens, snowflake)
}

fn decoded(mut tokens: Vec<TokenWithSpan>, escapes: Escapes) -> Read {
    for one in &mut tokens {
        decode(one, escapes)?;
    }
    Ok(tokens)
}

/// Decodes a text, and takes the doubled quotes of a name for one.
pub(super) fn decode(one: &mut TokenWithSpan, escapes: Escapes) -> Result<(), ParserError> {
    match &mut one.token {
        Token::SingleQuotedString(raw)
        | Token::DoubleQuotedString(raw)
        | Token::TripleSingleQuotedString(raw)
        | Token::TripleDoubleQuotedString(raw) => {
            *raw = escapes(raw).ok_or_else(|| not_known("this text", &one.span))?;
        }
        Token::Word(word) => {
            if let Some(quote) = word.quote_style {
                word.value = word.value.replace(&format!("{quote}{quote}"), &quote.to_string());
            }
        }
        _ => {}
    }
    Ok(())
}

/// The error of an escape that is not known.
pub(super) fn not_known(place: &str, span: &Span) -> ParserError {
    ParserError::TokenizerError(format!("an escape in {place} is not known{}", span.start))
}

/// What two quotes inside a text are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubled {
    /// One quote.
    Quote,
    /// The end of one text and the beginning of the next, which are joined.
    Nothing,
}

/// Reads a text; `escape` adds what the characters behind a backslash stand for.
fn read(
    raw: &str,
    doubled: Doubled,
    escape: fn(&mut Peekable<Chars<'_>>, &mut String) -> Option<()>,
) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // The tokenizer leaves a quote inside only where two stood together.
            '\'' if chars.next_if_eq(&'\'').is_some() => {
                if doubled == Doubled::Quote {
                    out.push('\'');
                }
            }
            '"' if doubled == Doubled::Nothing && chars.peek() == Some(&'"') => return None,
            '\\' => escape(&mut chars, &mut out)?,
            other => out.push(other),
        }
    }
    Some(out)
}

/// Spark SQL: `\n`, `\u00e4`, `\101`; `\%` and `\_` keep their backslash for LIKE; any other letter
/// stands for itself. Two quotes in the middle end one literal and begin the next, which are joined.
/// <https://spark.apache.org/docs/latest/sql-ref-literals.html>
pub(super) fn spark(raw: &str) -> Option<String> {
    read(raw, Doubled::Nothing, |chars, out| {
        match chars.next()? {
            '0' if !chars.peek().is_some_and(char::is_ascii_digit) => out.push('\0'),
            // Three octal digits.
            '0'..='7' => return None,
            'b' => out.push('\u{8}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'Z' => out.push('\u{1a}'),
            'u' => out.push(code_point(chars, 4)?),
            'U' => out.push(code_point(chars, 8)?),
            wild @ ('%' | '_') => out.extend(['\\', wild]),
            other => out.push(other),
        }
        Some(())
    })
}

/// `ClickHouse`: C's escapes, `\xHH` of ASCII; a backslash before any other character stays. Two
/// quotes are one.
/// <https://clickhouse.com/docs/sql-reference/syntax#string>
fn clickhouse(raw: &str) -> Option<String> {
    read(raw, Doubled::Quote, |chars, out| {
        match chars.next()? {
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'r' => out.push('\r'),
            'n' => out.push('\n'),
            't' => out.push('\t'),
            '0' => out.push('\0'),
            'a' => out.push('\u{7}'),
            'v' => out.push('\u{b}'),
            'e' => out.push('\u{1b}'),
            'x' => out.push(code_point(chars, 2).filter(char::is_ascii)?),
            'N' => {}
            quote @ ('\\' | '\'' | '"' | '`' | '/' | '=') => out.push(quote),
            other => out.extend(['\\', other]),
        }
        Some(())
    })
}

/// Snowflake: C's escapes of control characters, `\ooo`, `\xhh`, `\uhhhh`; any other character
/// stands for itself. Two quotes are one.
/// <https://docs.snowflake.com/en/sql-reference/data-types-text>
fn snowflake(raw: &str) -> Option<String> {
    read(raw, Doubled::Quote, |chars, out| {
        out.push(match chars.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'x' => code_point(chars, 2)?,
            'u' => code_point(chars, 4)?,
            first @ '0'..='7' => octal(first, chars)?,
            '8' | '9' => return None,
            other => other,
        });
        Some(())
    })
}

/// `GoogleSQL`: C's escapes, `\x41`, `\101`, `\u00e9`, `\U0001F600`; any other escape is an error.
/// <https://docs.cloud.google.com/bigquery/docs/reference/standard-sql/lexical>
pub(super) fn google(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { google_escape(&mut chars)? } else { c });
    }
    Some(out)
}

/// The same inside bytes: an escape is one byte, any other character its UTF-8.
pub(super) fn google_bytes(raw: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            if matches!(chars.clone().next(), Some('u' | 'U')) {
                return None;
            }
            out.push(u8::try_from(u32::from(google_escape(&mut chars)?)).ok()?);
        } else {
            out.extend(c.encode_utf8(&mut [0; 4]).bytes());
        }
    }
    Some(out)
}

/// What stands behind a backslash.
fn google_escape(chars: &mut impl Iterator<Item = char>) -> Option<char> {
    Some(match chars.next()? {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        same @ ('\\' | '?' | '"' | '\'' | '`') => same,
        'x' | 'X' => code_point(chars, 2)?,
        'u' => code_point(chars, 4)?,
        'U' => code_point(chars, 8)?,
        first @ '0'..='3' => octal(first, chars)?,
        _ => return None,
    })
}

/// The character of three octal digits, the first of which is known.
fn octal(first: char, chars: &mut impl Iterator<Item = char>) -> Option<char> {
    let mut code = first.to_digit(8)?;
    for _ in 0..2 {
        code = code * 8 + chars.next()?.to_digit(8)?;
    }
    char::from_u32(code)
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
    fn snowflake_escapes() {
        for (raw, text) in [
            (r"it''s \'so\'", Some("it's 'so'")),
            (r"-\041-\x21-\u26c4-\z", Some("-!-!-\u{26c4}-z")),
            (r"C:\\user", Some(r"C:\user")),
            (r"\9", None),
        ] {
            assert_eq!(snowflake(raw).as_deref(), text, "{raw}");
        }
    }

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
    fn google_escapes() {
        for (raw, text) in [
            (r"a\n\t\\\'", Some("a\n\t\\'")),
            (r"\x41\102\u00e9\U0001F600", Some("ABé😀")),
            ("", Some("")),
            (r"\d", None),
            (r"\x4", None),
            (r"\u00g0", None),
            (r"\U00110000", None),
            (r"\400", None),
            ("\\", None),
        ] {
            assert_eq!(google(raw).as_deref(), text, "{raw}");
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
