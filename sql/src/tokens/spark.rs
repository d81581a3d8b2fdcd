//! Literals of Spark SQL: raw texts `r'…'`, texts beside each other, which are one, and numbers with a
//! suffix.

use super::{Read, escapes, is_word};
use sqlparser::{
    parser::ParserError,
    tokenizer::{Token, TokenWithSpan, Whitespace},
};

/// The tokens with their literals as they are meant.
pub(crate) fn literals(tokens: Vec<TokenWithSpan>) -> Read {
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    // Is the last token a text that another text behind it continues?
    let mut open_text = false;
    for mut one in tokens {
        match &one.token {
            Token::Whitespace(Whitespace::Space | Whitespace::Newline | Whitespace::Tab) => {}
            Token::Word(word) if word.quote_style.is_none() && behind_number(&out) => {
                suffixed(&mut out, &word.value, &one.span)?;
                continue;
            }
            Token::SingleQuotedString(_) | Token::DoubleQuotedString(_) => {
                if !take_raw_prefix(&mut out) {
                    escapes::decode(&mut one, escapes::spark)?;
                }
                let continues = open_text;
                open_text = false;
                if let Token::SingleQuotedString(text) = &one.token {
                    if let (true, Some(before)) = (continues, last_text(&mut out)) {
                        before.push_str(text);
                        open_text = true;
                        continue;
                    }
                    open_text = true;
                }
            }
            _ => {
                escapes::decode(&mut one, escapes::spark)?;
                open_text = false;
            }
        }
        out.push(one);
    }
    Ok(out)
}

/// The text token that the new one continues; only blanks lie between.
fn last_text(out: &mut [TokenWithSpan]) -> Option<&mut String> {
    out.iter_mut().rev().find_map(|one| match &mut one.token {
        Token::SingleQuotedString(text) => Some(text),
        _ => None,
    })
}

/// Takes the `r` of a raw text `r'…'` away.
fn take_raw_prefix(out: &mut Vec<TokenWithSpan>) -> bool {
    let prefix = out.last().is_some_and(|one| is_word(&one.token, "r"));
    if prefix {
        out.pop();
    }
    prefix
}

fn behind_number(out: &[TokenWithSpan]) -> bool {
    matches!(out.last().map(|one| &one.token), Some(Token::Number(_, false)))
}

/// `1.5D` is a double, `2.50BD` a decimal, `5S` a smallint, `1.5F` a float. The other suffixes are
/// refused: without this the parser takes them for a name of the column.
fn suffixed(
    out: &mut Vec<TokenWithSpan>,
    suffix: &str,
    span: &sqlparser::tokenizer::Span,
) -> Result<(), ParserError> {
    let Some(Token::Number(digits, _)) = out.last_mut().map(|one| &mut one.token) else {
        return Ok(());
    };
    match suffix.to_ascii_uppercase().as_str() {
        "D" => as_double(digits),
        // Without a point it is a decimal too.
        "BD" if digits.contains(['.', 'e', 'E']) => {}
        "BD" => digits.push('.'),
        "S" => cast(out, "SMALLINT"),
        "F" => {
            as_double(digits);
            cast(out, "FLOAT");
        }
        other => {
            return Err(ParserError::TokenizerError(format!(
                "a number with the suffix `{other}` is not supported{}",
                span.start
            )));
        }
    }
    Ok(())
}

/// A number with an exponent is a double.
fn as_double(digits: &mut String) {
    if !digits.contains(['e', 'E']) {
        digits.push_str("e0");
    }
}

/// `5S` as `CAST(5 AS SMALLINT)`.
fn cast(out: &mut Vec<TokenWithSpan>, ty: &str) {
    if let Some(number) = out.pop() {
        let span = number.span;
        let word = |text: &str| Token::make_word(text, None);
        let blank = || Token::Whitespace(Whitespace::Space);
        let mut tokens = vec![word("CAST"), Token::LParen, number.token, blank(), word("AS")];
        tokens.extend([blank(), word(ty), Token::RParen]);
        out.extend(tokens.into_iter().map(|token| TokenWithSpan { token, span }));
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::Dialect;

    fn read(text: &str) -> Result<String, String> {
        parse(text, Dialect::Spark)
            .map(|parsed| parsed.statement.to_string())
            .map_err(|d| d.message)
    }

    #[test]
    fn texts_beside_each_other_are_one() {
        assert_eq!(read("SELECT 'a' 'b', 'it''s'").unwrap(), "SELECT 'ab', 'its'");
        assert_eq!(read(r"SELECT r'a\n', R'x'").unwrap(), r"SELECT 'a\n', 'x'");
        assert_eq!(read("SELECT 'a', 'b'").unwrap(), "SELECT 'a', 'b'");
        assert_eq!(read("SELECT 'a' FROM r").unwrap(), "SELECT 'a' FROM r");
    }

    #[test]
    fn suffixes_of_numbers_are_no_names() {
        assert_eq!(read("SELECT 1.5D AS x, 2.50BD").unwrap(), "SELECT 1.5e0 AS x, 2.50");
        assert_eq!(read("SELECT 3BD").unwrap(), "SELECT 3.");
        assert!(read("SELECT 3Y").is_err());
        let cast = "SELECT CAST(5 AS SMALLINT), CAST(1.5e0 AS FLOAT)";
        assert_eq!(read("SELECT 5S, 1.5F").unwrap(), cast);
        assert_eq!(read("SELECT 3 y").unwrap(), "SELECT 3 AS y");
    }

    #[test]
    fn div_binds_like_multiplication() {
        assert_eq!(
            read("SELECT a DIV 2 + 1").unwrap(),
            read("SELECT (a DIV 2) + 1").unwrap().replace(['(', ')'], "")
        );
        let parsed =
            format!("{:?}", parse("SELECT a DIV 2 + 1", Dialect::Spark).unwrap().statement);
        assert!(parsed.find("op: Plus").unwrap() > parsed.find("MyIntegerDivide").unwrap());
    }
}
