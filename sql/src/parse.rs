//! Text to tree.

mod alone;
mod plain_prefix;

pub use alone::printed_by_parser_alone;
pub(crate) use plain_prefix::plain_prefix;

use crate::{SourceSettings, dialects, location::LineIndex};
use model::{Diagnostic, Dialect, Span};
use sqlparser::{
    ast::Statement,
    dialect::{Dialect as ParserDialect, DuckDbDialect, GenericDialect},
    parser::{Parser, ParserError},
    tokenizer::Location,
};

/// Longest statement that is parsed, in bytes: a bound for hostile input.
pub const STATEMENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Deepest nesting that is parsed.
pub(crate) const DEPTH_MAX: usize = 128;

/// Code of every parse failure.
pub const UNPARSABLE: &str = "TR9001";

/// One parsed statement.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The text it was parsed from.
    pub text: String,
    /// The dialect it was parsed as.
    pub dialect: Dialect,
    /// The tree.
    pub statement: Statement,
    pub(crate) lines: LineIndex,
    /// What it was parsed with.
    pub(crate) grammar: &'static (dyn ParserDialect + Sync),
}

/// Parses exactly one statement under the vendor's settings; a final semicolon is allowed.
///
/// # Errors
/// A diagnostic with the place where the text stops making sense. Never panics.
pub fn parse(text: &str, dialect: Dialect) -> Result<Parsed, Diagnostic> {
    parse_under(text, &SourceSettings::of(dialect))
}

/// The same under settings, some of which change the grammar.
pub(crate) fn parse_under(text: &str, settings: &SourceSettings) -> Result<Parsed, Diagnostic> {
    if text.len() > STATEMENT_BYTES_MAX {
        return Err(Diagnostic::error(
            UNPARSABLE,
            format!(
                "the statement has {} bytes, the limit is {STATEMENT_BYTES_MAX} bytes",
                text.len()
            ),
            None,
        ));
    }
    let (dialect, grammar) = (settings.dialect(), grammar(settings));
    let lines = LineIndex::new(text);
    let mut statements = statements(text, settings, &lines)?;
    match (statements.pop(), statements.len()) {
        (Some(statement), 0) => {
            Ok(Parsed { text: text.to_owned(), dialect, statement, lines, grammar })
        }
        (None, _) => Err(Diagnostic::error(UNPARSABLE, "the text holds no statement", None)),
        (Some(_), before) => Err(Diagnostic::error(
            UNPARSABLE,
            format!("the text holds {} statements", before + 1),
            None,
        )
        .with_hint("give each statement an entry of its own in the workload")),
    }
}

/// Every statement of a text.
pub(crate) fn statements(
    text: &str,
    settings: &SourceSettings,
    lines: &LineIndex,
) -> Result<Vec<Statement>, Diagnostic> {
    let grammar = grammar(settings);
    let parser = Parser::new(grammar).with_recursion_limit(DEPTH_MAX);
    let parser = match dialects::spec(settings.dialect()) {
        Some(spec) => spec
            .source
            .tokens
            .read(text, grammar)
            .map(|read| parser.with_tokens_with_locations(read)),
        None => parser.try_with_sql(text),
    };
    parser
        .and_then(|mut parser| parser.parse_statements())
        .map_err(|error| diagnose(&error, text, lines))
}

pub(crate) fn grammar(settings: &SourceSettings) -> &'static (dyn ParserDialect + Sync) {
    match (settings.dialect(), dialects::spec(settings.dialect())) {
        (_, Some(spec)) => (spec.source.parser)(settings),
        (Dialect::DuckDb, None) => &DuckDbDialect {},
        (_, None) => &GenericDialect {},
    }
}

pub(crate) fn diagnose(error: &ParserError, text: &str, lines: &LineIndex) -> Diagnostic {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => {
            message.as_str()
        }
        ParserError::RecursionLimitExceeded => {
            return Diagnostic::error(
                UNPARSABLE,
                format!("the statement nests deeper than {DEPTH_MAX} levels"),
                None,
            );
        }
    };
    let (message, location) = split_location(message);
    let span = location.and_then(|location| lines.offset(text, location)).map(|start| {
        // Point at one whole character, or just behind the last one.
        let width = text.get(start..).and_then(|r| r.chars().next()).map_or(0, char::len_utf8);
        Span::new(start, start + width)
    });
    let mut message = message.to_owned();
    if let Some(first) = message.get(..1).map(str::to_ascii_lowercase) {
        message.replace_range(..1, &first);
    }
    Diagnostic::error(UNPARSABLE, format!("syntax error: {message}"), span)
}

/// sqlparser ends its messages with ` at Line: 1, Column: 8`.
fn split_location(message: &str) -> (&str, Option<Location>) {
    let Some((before, place)) = message.rsplit_once(" at Line: ") else {
        return (message, None);
    };
    let location = place.split_once(", Column: ").and_then(|(line, column)| {
        let line = line.trim().parse().ok()?;
        let digits: String = column.trim().chars().take_while(char::is_ascii_digit).collect();
        Some(Location::new(line, digits.parse().ok()?))
    });
    (before, location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_statement_with_a_final_semicolon() {
        assert!(parse("SELECT 1;", Dialect::Postgres).is_ok());
    }

    #[test]
    fn none_and_two_are_refused() {
        for text in ["", "  -- nothing\n", "SELECT 1; SELECT 2"] {
            assert!(parse(text, Dialect::Postgres).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_error_says_where_in_bytes() {
        let text = "SELECT 'ü',\n  FROM WHERE";
        let error = parse(text, Dialect::Postgres).unwrap_err();
        let span = error.span.unwrap();
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
        assert!(error.message.starts_with("syntax error: "), "{}", error.message);
    }

    #[test]
    fn hostile_text_is_an_error_not_a_panic() {
        let deep = format!("SELECT {}1{}", "(".repeat(5000), ")".repeat(5000));
        let nots = format!("SELECT {} true", "NOT ".repeat(5000));
        for text in [deep.as_str(), nots.as_str(), "SELECT 'open", "\u{0}", "SELECT $a$x", "/*"] {
            assert!(parse(text, Dialect::Postgres).is_err());
        }
    }

    #[test]
    fn a_long_chain_of_operators_is_fine_or_an_error() {
        let long = format!("SELECT 1{}", " + 1".repeat(20_000));
        let _ = parse(&long, Dialect::Postgres);
    }
}
