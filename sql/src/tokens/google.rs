//! What sqlparser does not know of GoogleSQL: bytes `b'…'` and typed arrays `ARRAY<T>[…]`.

use super::escapes;
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};
use std::fmt::Write as _;

/// The digits of a bytes literal, as the token of hexadecimal digits; nothing where an escape is
/// not known.
pub(super) fn bytes(raw: &str) -> Option<Token> {
    let mut digits = String::new();
    for byte in escapes::google_bytes(raw)? {
        write!(digits, "{byte:02x}").ok()?;
    }
    Some(Token::HexStringLiteral(digits))
}

/// `ARRAY<T>[…]` becomes `CAST([…] AS ARRAY<T>)`.
pub(super) fn typed_arrays(tokens: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    // Types of the arrays that are open, with the depth of brackets at which each closes.
    let mut open: Vec<(usize, Vec<TokenWithSpan>)> = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(one) = tokens.get(at) {
        if let Some(end) = type_end(tokens, at)
            && let Some(bracket) = tokens.get(end)
        {
            let like = |token: Token| TokenWithSpan { token, span: one.span };
            out.push(like(word("CAST")));
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
            out.push(like(word("AS")));
            out.extend(open.pop().map(|(_, ty)| ty).unwrap_or_default());
            out.push(like(Token::RParen));
        }
        at += 1;
    }
    out
}

/// Where the `[` of a typed array stands that begins at `at`.
fn type_end(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    let is_array = matches!(&tokens.get(at)?.token, Token::Word(word)
        if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("array"));
    if !is_array || tokens.get(at + 1)?.token != Token::Lt {
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

fn word(text: &str) -> Token {
    Token::Word(Word {
        value: text.to_owned(),
        quote_style: None,
        keyword: match text {
            "CAST" => sqlparser::keywords::Keyword::CAST,
            _ => sqlparser::keywords::Keyword::AS,
        },
    })
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
    fn bytes_are_digits() {
        assert_eq!(read(r"SELECT b'a\x00\377é'"), "SELECT X'6100ffc3a9'");
        assert!(parse(r"SELECT b'\q'", Dialect::BigQuery).is_err());
    }
}
