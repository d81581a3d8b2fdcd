//! Hints to the optimizer, which are left out. The parser keeps them for some dialects and drops them
//! with the comments for others, so that they are looked for in the text.

use super::{Binder, Span};
use crate::{parse::Parsed, tokens::tsql_hints::is_join_hint};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace};

/// What begins a comment that is a hint.
const MARKS: [&str; 2] = ["/*+", "--+"];

impl Binder<'_> {
    /// Notes the words of storage that were left out before the text was parsed.
    pub(super) fn storage_words(&mut self) {
        let parsed = self.parsed;
        for place in self.spec.source.tokens.left_out(&parsed.text, parsed.grammar) {
            if let Some(span) = parsed.lines.span(&parsed.text, place) {
                let words = span.slice(&parsed.text).split_whitespace().collect::<Vec<_>>();
                self.left_out(&format!("`{}`", words.join(" ")), span);
            }
        }
    }

    /// Notes what hints the text has.
    pub(super) fn hints(&mut self) {
        let parsed = self.parsed;
        let clauses = self.spec.traits().hint_clauses;
        let joins = self.spec.traits().join_hints;
        let may = MARKS.iter().any(|mark| parsed.text.contains(mark))
            || clauses.iter().chain(joins).any(|word| holds(&parsed.text, word));
        if !may {
            return;
        }
        let tokenizer = Tokenizer::new(parsed.grammar, &parsed.text);
        let Ok(tokens) = tokenizer.with_unescape(false).tokenize_with_location() else { return };
        for (at, one) in tokens.iter().enumerate() {
            let end = match &one.token {
                Token::Whitespace(
                    Whitespace::MultiLineComment(comment)
                    | Whitespace::SingleLineComment { comment, .. },
                ) if comment.starts_with('+') => Some(at),
                Token::Word(_) if is_join_hint(&tokens, at, joins) => Some(at),
                Token::Word(word) if word.quote_style.is_none() => {
                    let known = clauses.iter().any(|known| known.eq_ignore_ascii_case(&word.value));
                    known.then(|| clause(&tokens, at)).flatten()
                }
                _ => None,
            };
            if let Some(span) = end.and_then(|end| span(parsed, one, tokens.get(end)?)) {
                self.left_out("an optimizer hint", span);
            }
        }
    }
}

/// Where the clause ends that begins here: behind its parentheses, or at once where it is in front
/// of all.
fn clause(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    let solid = |one: &&(usize, &TokenWithSpan)| !matches!(one.1.token, Token::Whitespace(_));
    let behind: Vec<(usize, &TokenWithSpan)> = tokens.iter().enumerate().skip(at + 1).collect();
    let mut depth = 0_u32;
    for (index, one) in behind.iter().filter(solid) {
        match one.token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 1 => return Some(*index),
            Token::RParen => depth = depth.saturating_sub(1),
            _ if depth == 0 => break,
            _ => {}
        }
    }
    let first = tokens.iter().take(at).all(|one| matches!(one.token, Token::Whitespace(_)));
    first.then_some(at)
}

fn span(parsed: &Parsed, first: &TokenWithSpan, last: &TokenWithSpan) -> Option<Span> {
    let place = sqlparser::tokenizer::Span::new(first.span.start, last.span.end);
    let span = parsed.lines.span(&parsed.text, place)?;
    // A comment of one line has its line break.
    let text = span.slice(&parsed.text).trim_end();
    Some(Span::new(span.start, span.start + text.len()))
}

/// Does the text hold the word, in any case?
fn holds(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse};
    use model::Dialect;

    fn noted(dialect: Dialect, text: &str) -> Vec<String> {
        let settings = SourceSettings::of(dialect);
        let catalog = Catalog::under(&settings, &[]);
        let bound = parse(text, dialect).unwrap().bind_under(&catalog, &[], &settings).unwrap();
        bound.notes.iter().map(|note| note.span.unwrap().slice(text).to_owned()).collect()
    }

    #[test]
    fn hints_are_noted_in_every_dialect() {
        for (dialect, from) in [
            (Dialect::Postgres, ""),
            (Dialect::Redshift, ""),
            (Dialect::Snowflake, ""),
            (Dialect::BigQuery, ""),
            (Dialect::Spark, ""),
            (Dialect::MySql, ""),
            (Dialect::TSql, ""),
            (Dialect::Oracle, " FROM dual"),
            (Dialect::Teradata, ""),
            (Dialect::Trino, ""),
            (Dialect::ClickHouse, ""),
        ] {
            let text = format!("SELECT /*+ one */ 1 AS a, '/*+ no */' AS b{from}");
            assert_eq!(noted(dialect, &text), ["/*+ one */"], "{dialect}");
        }
    }

    #[test]
    fn hints_of_joins_are_noted() {
        let text =
            "SELECT 1 AS a FROM (SELECT 2 AS b) x INNER HASH JOIN (SELECT 3 AS c) y ON b = c";
        assert_eq!(noted(Dialect::TSql, text), ["HASH"]);
        let text = "SELECT 1 AS a FROM (SELECT 2 AS b) x STRAIGHT_JOIN (SELECT 3 AS c) y ON b = c";
        assert_eq!(noted(Dialect::MySql, text).len(), 1);
    }

    #[test]
    fn words_of_storage_are_noted() {
        for (dialect, text, words) in [
            (
                Dialect::Redshift,
                "CREATE TABLE t (a INT ENCODE az64 DISTKEY, b INT) COMPOUND SORTKEY (b)",
                &["ENCODE az64 DISTKEY", "COMPOUND"][..],
            ),
            (
                Dialect::Spark,
                "CREATE TABLE t (a INT COMMENT 'x') USING delta",
                &["COMMENT 'x'", "USING delta"],
            ),
            (
                Dialect::Trino,
                "CREATE TABLE t (a BIGINT COMMENT 'x') COMMENT 'y'",
                &["COMMENT 'x'", "COMMENT 'y'"],
            ),
            (
                Dialect::Teradata,
                "CREATE MULTISET TABLE t (a INTEGER) PRIMARY INDEX (a)",
                &["PRIMARY INDEX (a)"],
            ),
            (
                Dialect::Teradata,
                "CREATE MULTISET TABLE t AS (SELECT 1 AS a) WITH DATA",
                &["WITH DATA"],
            ),
            (Dialect::Teradata, "CREATE MULTISET TABLE t (a INTEGER)", &[]),
            (Dialect::Spark, "CREATE TABLE t (a INT)", &[]),
        ] {
            let settings = SourceSettings::of(dialect);
            let catalog = Catalog::under(&settings, &[]);
            let bound = parse(text, dialect).unwrap().bind_under(&catalog, &[], &settings).unwrap();
            let noted: Vec<&str> =
                bound.notes.iter().filter_map(|note| Some(note.span?.slice(text))).collect();
            for word in words {
                assert!(noted.iter().any(|n| n.contains(word)), "{text}: {word}: {noted:?}");
            }
            assert!(!words.is_empty() || noted.is_empty(), "{text}: {noted:?}");
        }
    }

    #[test]
    fn clauses_of_hints_are_noted() {
        let text = "SELECT 1 AS [option] OPTION (MAXDOP 1, USE HINT ('x'))";
        assert_eq!(noted(Dialect::TSql, text), ["OPTION (MAXDOP 1, USE HINT ('x'))"]);
        let text = "SELECT 1 OPTION (RECOMPILE)";
        assert_eq!(noted(Dialect::TSql, text), ["OPTION (RECOMPILE)"]);
        let text = "LOCKING ROW FOR ACCESS SELECT 1 AS a";
        assert_eq!(noted(Dialect::Teradata, text), ["LOCKING"]);
        let text = "SELECT --+ FIRST_ROWS\n1 AS a FROM dual";
        assert_eq!(noted(Dialect::Oracle, text), ["--+ FIRST_ROWS"]);
        assert!(noted(Dialect::Postgres, "SELECT 1 AS a -- none").is_empty());
    }
}
