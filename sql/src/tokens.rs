//! What the tokenizer does not know of a dialect, done to its tokens before they are parsed.
//!
//! sqlparser takes a backslash away before any letter that it has no escape for, and reads `''` as a
//! quote everywhere. Where that is another text than the vendor reads, the literals are left as they
//! are written and decoded here.

mod clickhouse;
mod escapes;
mod google;
pub(crate) mod oracle;
mod redshift;
pub(crate) mod standard;
mod teradata;
mod tsql;
pub(crate) mod written;

use model::Dialect;
use sqlparser::{
    dialect::Dialect as ParserDialect,
    parser::ParserError,
    tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace},
};

/// The tokens of a text in a dialect that needs its own; nothing where the tokenizer's are right.
pub(crate) fn read(
    text: &str,
    dialect: Dialect,
    parser: &dyn ParserDialect,
) -> Result<Option<Vec<TokenWithSpan>>, ParserError> {
    let read = literals(text, dialect, parser)?;
    if !written::concerns(text, dialect) {
        return Ok(read);
    }
    let tokens = match read {
        Some(tokens) => tokens,
        None => Tokenizer::new(parser, text).tokenize_with_location()?,
    };
    Ok(Some(written::rewritten(dialect, tokens)))
}

/// Tokens with the dialect's own literals and words.
fn literals(
    text: &str,
    dialect: Dialect,
    parser: &dyn ParserDialect,
) -> Result<Option<Vec<TokenWithSpan>>, ParserError> {
    let decode = match dialect {
        Dialect::Spark => escapes::spark,
        Dialect::ClickHouse => escapes::clickhouse,
        Dialect::Snowflake => escapes::snowflake,
        Dialect::BigQuery => escapes::google,
        Dialect::Oracle => {
            let tokens = Tokenizer::new(parser, text).tokenize_with_location()?;
            return Ok(Some(standard::rewritten(oracle::rewritten(tokens))));
        }
        Dialect::TSql => {
            let tokens = Tokenizer::new(parser, text).tokenize_with_location()?;
            return Ok(Some(tsql::rewritten(tokens)));
        }
        Dialect::Teradata => {
            let tokens = Tokenizer::new(parser, text).tokenize_with_location()?;
            return Ok(Some(teradata::rewritten(tokens)));
        }
        Dialect::Postgres | Dialect::Redshift | Dialect::Trino | Dialect::MySql => {
            let tokens = Tokenizer::new(parser, text).tokenize_with_location()?;
            let tokens = standard::rewritten(tokens);
            return Ok(Some(if dialect == Dialect::Redshift {
                redshift::rewritten(tokens)
            } else {
                tokens
            }));
        }
        _ => return Ok(None),
    };
    let tokens = Tokenizer::new(parser, text).with_unescape(false).tokenize_with_location()?;
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    // Is the last token a text that another text behind it continues?
    let mut open_text = false;
    for mut one in tokens {
        let spark = dialect == Dialect::Spark;
        match &mut one.token {
            Token::SingleQuotedString(raw) | Token::DoubleQuotedString(raw)
                if dialect == Dialect::BigQuery
                    && google::takes_bytes_prefix(&mut out, &one.span) =>
            {
                one.token = google::raw_bytes(raw);
                open_text = false;
            }
            // BigQuery's `0x1F`; it has no `X'1F'`.
            Token::HexStringLiteral(digits) if dialect == Dialect::BigQuery => {
                if let Some(number) = google::hexadecimal(digits) {
                    one.token = number;
                }
                open_text = false;
            }
            Token::SingleQuotedString(raw) => {
                let raw_text = spark && take_raw_prefix(&mut out);
                let decoded = if raw_text { raw.clone() } else { text_of(decode, raw, &one.span)? };
                if let (true, true, Some(before)) = (spark, open_text, last_text(&mut out)) {
                    before.push_str(&decoded);
                    continue;
                }
                *raw = decoded;
                open_text = true;
            }
            Token::SingleQuotedByteStringLiteral(raw)
            | Token::DoubleQuotedByteStringLiteral(raw)
            | Token::TripleSingleQuotedByteStringLiteral(raw)
            | Token::TripleDoubleQuotedByteStringLiteral(raw)
                if dialect == Dialect::BigQuery =>
            {
                one.token = google::bytes(raw).ok_or_else(|| {
                    let place = one.span.start;
                    ParserError::TokenizerError(format!(
                        "an escape in these bytes is not known{place}"
                    ))
                })?;
                open_text = false;
            }
            Token::TripleSingleQuotedString(raw) | Token::TripleDoubleQuotedString(raw) => {
                *raw = text_of(decode, raw, &one.span)?;
                open_text = false;
            }
            Token::DoubleQuotedString(raw) => {
                let raw_text = spark && take_raw_prefix(&mut out);
                if !raw_text {
                    *raw = text_of(decode, raw, &one.span)?;
                }
                open_text = false;
            }
            // `0X1F`, which the tokenizer knows with a small letter alone.
            Token::Word(word)
                if dialect == Dialect::BigQuery
                    && google::is_hexadecimal_tail(&out, &word.value, &one.span) =>
            {
                let digits = word.value.get(1..).unwrap_or_default().to_owned();
                if let Some(number) = google::hexadecimal(&digits) {
                    out.pop();
                    one.token = number;
                }
                open_text = false;
            }
            Token::Word(word) if spark && word.quote_style.is_none() && behind_number(&out) => {
                suffixed(&mut out, &word.value, &one.span)?;
                continue;
            }
            Token::Whitespace(Whitespace::Space | Whitespace::Newline | Whitespace::Tab) => {}
            Token::Word(word) => {
                if let Some(quote) = word.quote_style {
                    word.value = word.value.replace(&format!("{quote}{quote}"), &quote.to_string());
                }
                open_text = false;
            }
            _ => open_text = false,
        }
        out.push(one);
    }
    match dialect {
        Dialect::BigQuery => {
            out = google::safe_calls(google::typed_arrays(&out));
            google::number_labels(&mut out);
        }
        Dialect::ClickHouse => out = clickhouse::values_written_out(out),
        _ => {}
    }
    Ok(Some(out))
}

fn text_of(
    decode: fn(&str) -> Option<String>,
    raw: &str,
    span: &sqlparser::tokenizer::Span,
) -> Result<String, ParserError> {
    decode(raw).ok_or_else(|| {
        ParserError::TokenizerError(format!("an escape in this text is not known{}", span.start))
    })
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
    let prefix = out.last().is_some_and(|one| {
        matches!(&one.token, Token::Word(word)
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("r"))
    });
    if prefix {
        out.pop();
    }
    prefix
}

fn behind_number(out: &[TokenWithSpan]) -> bool {
    matches!(out.last().map(|one| &one.token), Some(Token::Number(_, false)))
}

/// `1.5D` is a double, `2.50BD` a decimal, `5S` a smallint, `1.5F` a float. The other suffixes are refused: without this the parser
/// takes them for a name of the column.
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
        "BD" => {}
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

    fn spark(text: &str) -> Result<String, String> {
        parse(text, Dialect::Spark)
            .map(|parsed| parsed.statement.to_string())
            .map_err(|d| d.message)
    }

    #[test]
    fn texts_beside_each_other_are_one() {
        assert_eq!(spark("SELECT 'a' 'b', 'it''s'").unwrap(), "SELECT 'ab', 'its'");
        assert_eq!(spark(r"SELECT r'a\n', R'x'").unwrap(), r"SELECT 'a\n', 'x'");
        assert_eq!(spark("SELECT 'a', 'b'").unwrap(), "SELECT 'a', 'b'");
        assert_eq!(spark("SELECT 'a' FROM r").unwrap(), "SELECT 'a' FROM r");
    }

    #[test]
    fn suffixes_of_numbers_are_no_names() {
        assert_eq!(spark("SELECT 1.5D AS x, 2.50BD").unwrap(), "SELECT 1.5e0 AS x, 2.50");
        assert!(spark("SELECT 3Y").is_err());
        let cast = "SELECT CAST(5 AS SMALLINT), CAST(1.5e0 AS FLOAT)";
        assert_eq!(spark("SELECT 5S, 1.5F").unwrap(), cast);
        assert_eq!(spark("SELECT 3 y").unwrap(), "SELECT 3 AS y");
    }

    #[test]
    fn div_binds_like_multiplication() {
        assert_eq!(
            spark("SELECT a DIV 2 + 1").unwrap(),
            spark("SELECT (a DIV 2) + 1").unwrap().replace(['(', ')'], "")
        );
        let parsed =
            format!("{:?}", parse("SELECT a DIV 2 + 1", Dialect::Spark).unwrap().statement);
        assert!(parsed.find("op: Plus").unwrap() > parsed.find("MyIntegerDivide").unwrap());
    }
}
