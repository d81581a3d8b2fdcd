//! Escapes inside text literals, where a dialect has more of them than its parser knows.
//!
//! The text is cut into tokens with every escape left as it is written; the escapes of each literal
//! are then replaced here, before the parser sees it.

use sqlparser::tokenizer::{Token, TokenWithSpan};

/// How the backslash escapes of a dialect's text literals are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// By the parser.
    Parser,
    /// `GoogleSQL`: `\n`, `\x41`, `\101`, `\u00e9`, `\U0001F600`; any other escape is an error.
    /// Source: <https://docs.cloud.google.com/bigquery/docs/reference/standard-sql/lexical>
    Google,
}

/// Replaces the escapes in every text token; the error says which escape is not known.
pub(crate) fn replace(tokens: &mut [TokenWithSpan]) -> Result<(), String> {
    for token in tokens {
        match &mut token.token {
            Token::SingleQuotedString(text)
            | Token::DoubleQuotedString(text)
            | Token::TripleSingleQuotedString(text)
            | Token::TripleDoubleQuotedString(text) => *text = google(text)?,
            _ => {}
        }
    }
    Ok(())
}

fn google(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let escape = rest.next().unwrap_or(' ');
        let unknown = || format!("the escape `\\{escape}` is not known");
        let mut code = |first: Option<char>, count: usize, radix: u32| {
            let digits: String = first.into_iter().chain(rest.by_ref().take(count)).collect();
            let whole = digits.chars().count() == count + usize::from(first.is_some());
            let number = u32::from_str_radix(&digits, radix).ok().filter(|_| whole);
            number.and_then(char::from_u32).ok_or_else(unknown)
        };
        out.push(match escape {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '\\' | '?' | '"' | '\'' | '`' => escape,
            'x' | 'X' => code(None, 2, 16)?,
            'u' => code(None, 4, 16)?,
            'U' => code(None, 8, 16)?,
            '0'..='3' => code(Some(escape), 2, 8)?,
            _ => return Err(unknown()),
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_google() {
        for (written, meant) in [
            (r"a\n\t\\\'", "a\n\t\\'"),
            (r"\x41\102\u00e9\U0001F600", "ABé😀"),
            ("é", "é"),
            ("", ""),
        ] {
            assert_eq!(google(written).as_deref(), Ok(meant), "{written}");
        }
        for wrong in [r"\d", r"\x4", r"\u00g0", r"\U00110000", r"\400", "\\"] {
            assert!(google(wrong).is_err(), "{wrong}");
        }
    }
}
