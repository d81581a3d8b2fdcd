//! Texts with other values in place of their literals: for who may keep a statement, but not its values.

use crate::{
    SourceSettings,
    location::LineIndex,
    parse::{diagnose, grammar},
};
use model::{Diagnostic, Dialect};
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace};

/// A value in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Literal<'t> {
    /// A text, bytes, or whatever else stands in quotes, with its quotes and prefix.
    Text(&'t str),
    /// A number.
    Number(&'t str),
}

/// The text with what `replace` gives for each of its literals, and without comments, which may hold
/// anything. What it gives for a number has to be a number, and a text in single quotes otherwise: then the
/// statement has the form that it had.
///
/// # Errors
/// The text cannot be cut into words, so that nobody knows what is a value in it.
pub fn with_literals(
    text: &str,
    dialect: Dialect,
    mut replace: impl FnMut(Literal<'_>) -> String,
) -> Result<String, Diagnostic> {
    let lines = LineIndex::new(text);
    let settings = SourceSettings::of(dialect);
    let tokens = Tokenizer::new(grammar(&settings), text)
        .with_unescape(false)
        .tokenize_with_location()
        .map_err(|error| diagnose(&error.into(), text, &lines))?;
    let lost = || Diagnostic::error(crate::UNPARSABLE, "a word of the text has no place", None);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for one in &tokens {
        if matches!(one.token, Token::EOF) {
            continue;
        }
        let span = lines.span(text, one.span).ok_or_else(lost)?;
        // Between two words stands nothing: each byte of the text is one of a word.
        if span.start < at {
            return Err(lost());
        }
        out.push_str(text.get(at..span.start).ok_or_else(lost)?);
        at = span.end;
        let own = text.get(span.start..span.end).ok_or_else(lost)?;
        match kind(&one.token) {
            Kind::Kept => out.push_str(own),
            Kind::Comment => out.push(if own.ends_with('\n') { '\n' } else { ' ' }),
            Kind::Text => out.push_str(&replace(Literal::Text(own))),
            Kind::Number => out.push_str(&replace(Literal::Number(own))),
        }
    }
    out.push_str(text.get(at..).ok_or_else(lost)?);
    Ok(out)
}

enum Kind {
    Kept,
    Comment,
    Text,
    Number,
}

const fn kind(token: &Token) -> Kind {
    match token {
        Token::Whitespace(
            Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_),
        ) => Kind::Comment,
        Token::Number(..) => Kind::Number,
        Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::TripleSingleQuotedString(_)
        | Token::TripleDoubleQuotedString(_)
        | Token::DollarQuotedString(_)
        | Token::SingleQuotedByteStringLiteral(_)
        | Token::DoubleQuotedByteStringLiteral(_)
        | Token::TripleSingleQuotedByteStringLiteral(_)
        | Token::TripleDoubleQuotedByteStringLiteral(_)
        | Token::SingleQuotedRawStringLiteral(_)
        | Token::DoubleQuotedRawStringLiteral(_)
        | Token::TripleSingleQuotedRawStringLiteral(_)
        | Token::TripleDoubleQuotedRawStringLiteral(_)
        | Token::NationalStringLiteral(_)
        | Token::QuoteDelimitedStringLiteral(_)
        | Token::NationalQuoteDelimitedStringLiteral(_)
        | Token::EscapedStringLiteral(_)
        | Token::UnicodeStringLiteral(_)
        | Token::HexStringLiteral(_) => Kind::Text,
        _ => Kind::Kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use proptest::prelude::*;

    fn hidden(text: &str, dialect: Dialect) -> String {
        let replace = |literal: Literal<'_>| match literal {
            Literal::Text(_) => "'x'".to_owned(),
            Literal::Number(_) => "0".to_owned(),
        };
        with_literals(text, dialect, replace).unwrap()
    }

    #[test]
    fn values_and_comments_go_and_all_else_stays() {
        let text = "SELECT \"Na me\", 'it''s', 4.5e3 -- who\nFROM t /* 7 */ WHERE a1 = $1 AND b = E'\\'' || $q$z$q$;";
        let expected = "SELECT \"Na me\", 'x', 0 \nFROM t   WHERE a1 = $1 AND b = 'x' || 'x';";
        assert_eq!(hidden(text, Dialect::Postgres), expected);
    }

    #[test]
    fn every_spelling_of_a_value_is_one() {
        use Dialect::{
            BigQuery, ClickHouse, DuckDb, MySql, Oracle, Postgres, Redshift, Snowflake, Spark,
            TSql, Trino,
        };
        for (dialect, spelled) in [
            (Postgres, "E'geheim'"),
            (Postgres, "U&'geheim'"),
            (Postgres, "$$geheim$$"),
            (Postgres, "$a$geheim$a$"),
            (Postgres, "X'abcdef'"),
            (Postgres, "'geheim'::text"),
            (Redshift, "'it''s geheim'"),
            (Snowflake, "'it\\'s geheim'"),
            (Snowflake, "$$geheim$$"),
            (BigQuery, "\"geheim\""),
            (BigQuery, "r'geheim'"),
            (BigQuery, "b\"geheim\""),
            (BigQuery, "'''geheim'''"),
            (BigQuery, "\"\"\"geheim\"\"\""),
            (MySql, "\"geheim\""),
            (MySql, "N'geheim'"),
            (MySql, "'it\\'s geheim'"),
            (Spark, "\"geheim\""),
            (Spark, "'it\\'s geheim'"),
            (TSql, "N'geheim'"),
            (Oracle, "q'[geheim]'"),
            (Trino, "U&'geheim'"),
            (ClickHouse, "'it\\'s geheim'"),
            (DuckDb, "'geheim'"),
        ] {
            let out = hidden(&format!("SELECT {spelled}, b FROM t"), dialect);
            assert!(
                !out.contains("geheim") && !out.contains("abcdef"),
                "{dialect}: {spelled}: {out}"
            );
            assert!(out.ends_with(", b FROM t"), "{dialect}: {spelled}: {out}");
        }
    }

    #[test]
    fn a_text_that_does_not_end_is_an_error() {
        for text in ["SELECT 'geheim", "SELECT /* geheim", "SELECT $$geheim"] {
            let error = with_literals(text, Dialect::Postgres, |_| String::new()).unwrap_err();
            assert!(!error.message.contains("geheim"), "{error:?}");
        }
    }

    proptest! {
        /// A statement has the same fingerprint without its values, and no value of it is left.
        #[test]
        fn the_form_stays(
            values in proptest::collection::vec("[a-zä-ü ]{3,9}", 1..4),
            number in 1_000_000..9_000_000_u64,
        ) {
            let listed: Vec<String> = values.iter().map(|value| format!("'q{value}'")).collect();
            let text = format!(
                "SELECT a, {number} /* {} */ FROM t WHERE b IN ({}) LIMIT {number}",
                values[0], listed.join(", "));
            let out = hidden(&text, Dialect::Postgres);
            for value in &values {
                let quoted = format!("q{value}");
                prop_assert!(!out.contains(&quoted), "{}", out);
            }
            prop_assert!(!out.contains(&number.to_string()));
            let fingerprint = |text: &str| parse(text, Dialect::Postgres).unwrap().fingerprint();
            prop_assert_eq!(fingerprint(&out), fingerprint(&text));
        }

        /// Any text gives an error or a text in which only literals and comments differ.
        #[test]
        fn any_text_is_read_or_refused(text in "[ -~ä\n]{0,60}", dialect in 0..Dialect::ALL.len()) {
            let same = |literal: Literal<'_>| match literal {
                Literal::Text(own) | Literal::Number(own) => own.to_owned(),
            };
            let dialect = Dialect::ALL[dialect];
            if let Ok(out) = with_literals(&text, dialect, same)
                && !["--", "/*", "#", "//"].iter().any(|mark| text.contains(mark))
            {
                prop_assert_eq!(out, text);
            }
        }
    }
}
