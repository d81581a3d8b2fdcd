//! Texts with other values in place of their literals: for who may keep a statement, but not its values.

use crate::{
    SourceSettings,
    location::{LineIndex, Places},
    parse::{diagnose, grammar},
    script::{PieceKind, Script},
};
use model::{Diagnostic, Dialect};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace};

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
/// The text cannot be read as statements of the dialect: nobody can be sure what is a value in it, since a
/// quote that is taken for another turns values into words.
pub fn with_literals(
    text: &str,
    dialect: Dialect,
    mut replace: impl FnMut(Literal<'_>) -> String,
) -> Result<String, Diagnostic> {
    let settings = SourceSettings::of(dialect);
    is_read(text, &settings)?;
    let tokens = Tokenizer::new(grammar(&settings), text)
        .with_unescape(false)
        .tokenize_with_location()
        .map_err(|error| diagnose(&error.into(), text, &LineIndex::new(text)))?;
    let words = words(text, &tokens, dialect)?;
    let mut out = String::with_capacity(text.len());
    for (number, word) in words.iter().enumerate() {
        match word.kind {
            Kind::Kept => out.push_str(word.own),
            Kind::Comment => out.push(if word.own.ends_with('\n') { '\n' } else { ' ' }),
            Kind::Text => out.push_str(&replace(Literal::Text(word.own))),
            Kind::Number if dialect == Dialect::BigQuery && is_of_name(&words, number) => {
                out.push_str(word.own);
            }
            Kind::Number => {
                // The parser's number may have the period of the name behind it.
                let number = word.own.strip_suffix('.').unwrap_or(word.own);
                out.push_str(&replace(Literal::Number(number)));
                out.push_str(word.own.get(number.len()..).unwrap_or_default());
            }
        }
    }
    Ok(out)
}

/// Is the text one statement of the dialect, or several?
fn is_read(text: &str, settings: &SourceSettings) -> Result<(), Diagnostic> {
    let Err(refused) = settings.parse(text, settings.dialect()) else { return Ok(()) };
    let mut script = Script::under(settings);
    let (mut at, mut statements) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let cut = script.cut(rest, true);
        for piece in cut.pieces {
            let own = rest.get(piece.span.start..piece.span.end).unwrap_or_default();
            match piece.kind {
                PieceKind::Comment(_) => {}
                PieceKind::Statement => {
                    settings.parse(own, settings.dialect())?;
                    statements += 1;
                }
                PieceKind::Refused(_) => return Err(refused),
            }
        }
        if cut.taken == 0 {
            break;
        }
        at += cut.taken;
    }
    if statements > 1 { Ok(()) } else { Err(refused) }
}

/// A word of a text, as it stands there.
struct Word<'t> {
    kind: Kind,
    own: &'t str,
}

/// The words of a text, which together are the text; what belongs to one value is one word.
///
/// # Errors
/// Something of the text is in no word: the parser has read a comment as words, for example.
fn words<'t>(
    text: &'t str,
    tokens: &[TokenWithSpan],
    dialect: Dialect,
) -> Result<Vec<Word<'t>>, Diagnostic> {
    let misread = || {
        let message = "a part of the text is in no word of it";
        Diagnostic::error(crate::UNPARSABLE, message, None)
    };
    let mut places = Places::new(text);
    let mut words: Vec<Word<'t>> = Vec::with_capacity(tokens.len());
    let (mut at, mut begins) = (0, 0);
    for one in tokens.iter().filter(|one| !matches!(one.token, Token::EOF)) {
        if places.offset(one.span.start) != at {
            return Err(misread());
        }
        let end = places.offset(one.span.end);
        let own = text.get(at..end).filter(|own| !own.is_empty()).ok_or_else(misread)?;
        let kind = kind(&one.token, own, dialect);
        // `0b101`, `0o17` and `1_000` are a number and a word where the parser does not know them.
        let goes_on = matches!(kind, Kind::Number)
            || matches!(&one.token, Token::Word(word) if word.quote_style.is_none());
        match words.last_mut() {
            Some(last)
                if matches!(last.kind, Kind::Number) && goes_on && !last.own.ends_with('.') =>
            {
                last.own = text.get(begins..end).ok_or_else(misread)?;
            }
            _ => {
                begins = at;
                words.push(Word { kind, own });
            }
        }
        at = end;
    }
    if at == text.len() { Ok(words) } else { Err(misread()) }
}

/// Is the number a part of a name such as `shop-123456.sales.orders`, as BigQuery's projects have them? Only
/// where a table stands.
fn is_of_name(words: &[Word<'_>], number: usize) -> bool {
    let mut before = words.iter().take(number).rev().skip_while(|word| {
        word.own == "-" || word.own.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    let is_dashed = number > 0 && words.get(number - 1).is_some_and(|word| word.own == "-");
    let is_blank = before.next().is_some_and(|word| word.own.trim().is_empty());
    let word = before.find(|word| !word.own.trim().is_empty());
    let opens = ["from", "join", "into", "update", "table"];
    is_dashed
        && is_blank
        && word.is_some_and(|word| opens.iter().any(|open| word.own.eq_ignore_ascii_case(open)))
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Kept,
    Comment,
    Text,
    Number,
}

fn kind(token: &Token, own: &str, dialect: Dialect) -> Kind {
    match token {
        Token::Whitespace(
            Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_),
        ) => Kind::Comment,
        Token::Number(..) => Kind::Number,
        // A name does not begin with a digit, and money does with a sign in T-SQL.
        Token::Word(word) if word.quote_style.is_none() && begins_with_digit(own) => Kind::Number,
        Token::Placeholder(_)
            if dialect == Dialect::TSql && own.strip_prefix('$').is_some_and(begins_with_digit) =>
        {
            Kind::Number
        }
        _ if is_text(token) => Kind::Text,
        _ => Kind::Kept,
    }
}

/// Does it stand in quotes as a value does, in any dialect?
pub(crate) const fn is_text(token: &Token) -> bool {
    matches!(
        token,
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
            | Token::HexStringLiteral(_)
    )
}

fn begins_with_digit(text: &str) -> bool {
    text.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
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
    fn numbers_that_the_parser_does_not_know_go_as_a_whole() {
        use Dialect::{BigQuery, ClickHouse, DuckDb, MySql, Postgres, TSql, Trino};
        for (dialect, spelled) in [
            (Postgres, "0b1011017"),
            (Postgres, "0o1777777"),
            (Postgres, "1_777_777"),
            (ClickHouse, "0b1011017"),
            (MySql, "0b0101017"),
            (DuckDb, "123_456_777"),
            (Trino, "123_456_777"),
            (TSql, "$12377.45"),
            (BigQuery, "12377.45"),
        ] {
            match with_literals(&format!("SELECT {spelled} FROM t"), dialect, |_| "0".to_owned()) {
                Ok(out) => assert!(!out.contains('1') && !out.contains('7'), "{dialect}: {out}"),
                // Then nothing of it is kept.
                Err(error) => assert!(!error.message.contains("77"), "{dialect}: {error:?}"),
            }
        }
    }

    #[test]
    fn a_project_keeps_its_number_and_a_value_does_not() {
        let text = "SELECT a-5 FROM shop-forest-123456.sales.orders WHERE a = x-77";
        let expected = "SELECT a-0 FROM shop-forest-123456.sales.orders WHERE a = x-0";
        assert_eq!(hidden(text, Dialect::BigQuery), expected);
    }

    #[test]
    fn what_a_parser_may_take_for_words_is_refused() {
        for (dialect, text) in [
            // Comments that some servers execute: their words have places of their own.
            (Dialect::MySql, "SELECT /*!50000 'geheim', */ a FROM t"),
            (Dialect::Trino, "SELECT /*! 'geheim', */ a FROM t"),
            // A quote behind a backslash, which ends the text for one and not for the other.
            (
                Dialect::BigQuery,
                r"SELECT 1 FROM t WHERE f(a, r'\'x') AND n = 'geheim' AND f(b, r'\'y')",
            ),
            (
                Dialect::DuckDb,
                r"SELECT 1 FROM t WHERE a = E'it\'s' AND n = 'geheim' AND c = E'x\'y'",
            ),
            (Dialect::Postgres, r"SELECT 1 FROM t WHERE a = 'a\' AND n = 'geheim' AND m = 'x'"),
            (Dialect::Postgres, "SELECT 1; SELECT 'geheim' geheim geheim"),
        ] {
            if let Ok(out) = with_literals(text, dialect, |_| "'x'".to_owned()) {
                assert!(!out.contains("geheim"), "{dialect}: {out}");
            }
        }
        let several = hidden("SELECT 'a'; SELECT 5;", Dialect::Postgres);
        assert_eq!(several, "SELECT 'x'; SELECT 0;");
    }

    #[test]
    fn a_long_line_of_any_letters_takes_a_moment() {
        let text = format!("SELECT 1 IN ({}'ü')", "'ü',".repeat(50_000));
        let begun = std::time::Instant::now();
        assert!(!hidden(&text, Dialect::Postgres).contains('ü'));
        // Minutes, where each word looked for its place from the start of the line.
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{:?}", begun.elapsed());
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
