//! What sqlparser does not know of GoogleSQL: bytes `b'…'` and `rb'…'`, numbers `0x1F`, typed arrays
//! `ARRAY<T>[…]`, and `SAFE.` before functions that have a syntax of their own.

use super::{Read, escapes, is_word};
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};
use std::{collections::BTreeSet, fmt::Write as _};

/// The tokens with their literals as they are meant.
pub(crate) fn literals(mut tokens: Vec<TokenWithSpan>) -> Read {
    // Places of what the literal behind it took in: few or none.
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for at in 0..tokens.len() {
        let (before, rest) = tokens.split_at_mut(at);
        let Some(one) = rest.first_mut() else { break };
        match &one.token {
            Token::SingleQuotedString(raw) | Token::DoubleQuotedString(raw)
                if has_bytes_prefix(before, &one.span) =>
            {
                one.token = digits_of(raw.as_bytes());
                taken.insert(at - 1);
            }
            Token::SingleQuotedByteStringLiteral(raw)
            | Token::DoubleQuotedByteStringLiteral(raw)
            | Token::TripleSingleQuotedByteStringLiteral(raw)
            | Token::TripleDoubleQuotedByteStringLiteral(raw) => {
                let bytes = escapes::google_bytes(raw);
                let bytes = bytes.ok_or_else(|| escapes::not_known("these bytes", &one.span))?;
                one.token = digits_of(&bytes);
            }
            // `0x1F`; there is no `X'1F'`.
            Token::HexStringLiteral(digits) => {
                if let Some(number) = hexadecimal(digits) {
                    one.token = number;
                }
            }
            // `0X1F`, which the tokenizer knows with a small letter alone.
            Token::Word(word) if is_hexadecimal_tail(before, &word.value, &one.span) => {
                if let Some(number) = word.value.get(1..).and_then(hexadecimal) {
                    one.token = number;
                    taken.insert(at - 1);
                }
            }
            _ => escapes::decode(one, escapes::google)?,
        }
    }
    if !taken.is_empty() {
        let mut places = 0..;
        tokens.retain(|_| places.next().is_none_or(|at| !taken.contains(&at)));
    }
    Ok(tokens)
}

/// Bytes as the token of hexadecimal digits.
fn digits_of(bytes: &[u8]) -> Token {
    let digits = bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    });
    Token::HexStringLiteral(digits)
}

/// Does the `rb` or `br` stand right before that leaves backslashes in bytes as they are?
fn has_bytes_prefix(before: &[TokenWithSpan], span: &Span) -> bool {
    before.last().is_some_and(|one| {
        ["rb", "br"].iter().any(|word| is_word(&one.token, word)) && one.span.end == span.start
    })
}

/// Is it the `X1F` behind a `0`?
fn is_hexadecimal_tail(before: &[TokenWithSpan], word: &str, span: &Span) -> bool {
    let digits = word.strip_prefix('X').unwrap_or_default();
    let hexadecimal = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    hexadecimal
        && before.last().is_some_and(|one| {
            one.span.end == span.start && one.token == Token::Number("0".to_owned(), false)
        })
}

/// The integer that hexadecimal digits are, if it is one of 64 bits.
fn hexadecimal(digits: &str) -> Option<Token> {
    let value = i64::from_str_radix(digits, 16).ok()?;
    Some(Token::Number(value.to_string(), false))
}

/// A number as a name, `UNPIVOT (… IN (q1 AS 1))`, is quoted: the parser takes no number there, and
/// nowhere else can one stand behind `AS`.
pub(crate) fn number_labels(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut named = false;
    for one in &mut tokens {
        match &one.token {
            Token::Whitespace(_) => continue,
            Token::Number(digits, false) if named => {
                one.token = Token::make_word(digits, Some('`'));
            }
            _ => {}
        }
        named = is_word(&one.token, "AS");
    }
    tokens
}

/// `SAFE.SUBSTR(` becomes one word: behind a point the parser takes no function that it has a syntax
/// for.
pub(crate) fn safe_calls(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !tokens.iter().any(|one| is_word(&one.token, "SAFE")) {
        return tokens;
    }
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    for one in tokens {
        if one.token == Token::LParen
            && let [.., safe, point, name] = out.as_slice()
            && is_word(&safe.token, "SAFE")
            && let (Token::Word(safe), Token::Period, Token::Word(called)) =
                (&safe.token, &point.token, &name.token)
        {
            let token = Token::make_word(&format!("{}.{}", safe.value, called.value), None);
            let span = name.span;
            out.truncate(out.len() - 3);
            out.push(TokenWithSpan { token, span });
        }
        out.push(one);
    }
    out
}

/// `ARRAY<T>[…]` becomes `CAST([…] AS ARRAY<T>)`.
pub(crate) fn typed_arrays(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !(0..tokens.len()).any(|at| type_end(&tokens, at).is_some()) {
        return tokens;
    }
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    // Types of the arrays that are open, with the depth of brackets at which each closes.
    let mut open: Vec<(usize, Vec<TokenWithSpan>)> = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(one) = tokens.get(at) {
        if let Some(end) = type_end(&tokens, at)
            && let Some(bracket) = tokens.get(end)
        {
            let like = |token: Token| TokenWithSpan { token, span: one.span };
            out.push(like(Token::make_keyword("CAST")));
            out.push(like(Token::LParen));
            out.push(bracket.clone());
            open.push((depth, tokens.get(at..end).unwrap_or_default().to_vec()));
            depth += 1;
            at = end + 1;
            continue;
        }
        match one.token {
            Token::LBracket => depth += 1,
            Token::RBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
        out.push(one.clone());
        if one.token == Token::RBracket && open.last().is_some_and(|(at, _)| *at == depth) {
            let like = |token: Token| TokenWithSpan { token, span: one.span };
            out.push(like(Token::make_keyword("AS")));
            out.extend(open.pop().map(|(_, ty)| ty).unwrap_or_default());
            out.push(like(Token::RParen));
        }
        at += 1;
    }
    out
}

/// Where the `[` of a typed array stands that begins at `at`.
fn type_end(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    if !is_word(&tokens.get(at)?.token, "ARRAY") || tokens.get(at + 1)?.token != Token::Lt {
        return None;
    }
    let mut open = 0_usize;
    let mut index = at + 1;
    loop {
        let closes = match &tokens.get(index)?.token {
            Token::Lt => {
                open += 1;
                0
            }
            Token::Gt => 1,
            Token::ShiftRight => 2,
            Token::Word(_) | Token::Comma | Token::Whitespace(_) => 0,
            _ => return None,
        };
        index += 1;
        if closes > 0 {
            open = open.checked_sub(closes)?;
            if open == 0 {
                break;
            }
        }
    }
    while matches!(tokens.get(index)?.token, Token::Whitespace(_)) {
        index += 1;
    }
    (tokens.get(index)?.token == Token::LBracket).then_some(index)
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::Dialect;

    fn read(text: &str) -> String {
        parse(text, Dialect::BigQuery).unwrap().statement.to_string()
    }

    #[test]
    fn typed_arrays_are_cast() {
        assert_eq!(
            read("SELECT ARRAY<INT64>[], ARRAY<STRING>['a', b[0]] FROM t"),
            read("SELECT CAST([] AS ARRAY<INT64>), CAST(['a', b[0]] AS ARRAY<STRING>) FROM t")
        );
        assert_eq!(
            read("SELECT f(ARRAY<FLOAT64> [1, x[2]])[0]"),
            read("SELECT f(CAST([1, x[2]] AS ARRAY<FLOAT64>))[0]")
        );
    }

    #[test]
    fn numbers_can_be_hexadecimal() {
        assert_eq!(read("SELECT 0x1F, -0XA"), "SELECT 31, -10");
    }

    #[test]
    fn safe_stands_before_any_function() {
        let safe = "SELECT SAFE.SUBSTR('a', 1), SAFE.LN(0), safe.x";
        assert_eq!(read(safe), safe);
    }

    #[test]
    fn bytes_are_digits() {
        assert_eq!(read(r"SELECT rb'a\n', BR'\x'"), "SELECT X'615c6e', X'5c78'");
        assert_eq!(read(r"SELECT b'a\x00\377é'"), "SELECT X'6100ffc3a9'");
        assert!(parse(r"SELECT b'\q'", Dialect::BigQuery).is_err());
    }
}
