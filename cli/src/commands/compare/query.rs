//! A query of the command line: its text, and what is known of it before an engine sees it.

use crate::error::CliError;
use model::{Dialect, StatementFacts};
use sql::Parsed;
use std::{fs::File, io::Read as _, path::Path};

/// Characters of a query that a label shows.
const LABEL_CHARS_MAX: usize = 160;

/// Most bytes of a file with a query; one more than a statement may have, so that it is told of.
const FILE_BYTES_MAX: u64 = sql::STATEMENT_BYTES_MAX as u64 + 1;

/// The text of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueryText {
    /// The option that gives it.
    option: &'static str,
    /// `@file.sql`, where it comes from one.
    file: Option<String>,
    pub(super) sql: String,
}

/// A query that only reads.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) text: QueryText,
    pub(super) dialect: Dialect,
    pub(super) parsed: Parsed,
    pub(super) facts: StatementFacts,
    pub(super) fingerprint: String,
}

impl QueryText {
    /// `SELECT …`, or `@FILE` for the text of a file.
    pub(super) fn read(option: &'static str, given: &str) -> Result<Self, CliError> {
        let Some(path) = given.strip_prefix('@') else {
            return Ok(Self { option, file: None, sql: given.to_owned() });
        };
        let failed = |error: std::io::Error| {
            CliError::usage(format!("`{option}`: the file `{path}` cannot be read: {error}"))
        };
        let mut bytes = Vec::new();
        let file = File::open(Path::new(path)).map_err(failed)?;
        file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            CliError::usage(format!(
                "`{option}`: the file `{path}` is no UTF-8 at byte {}",
                error.utf8_error().valid_up_to()
            ))
        })?;
        // Editors of one system begin files with a mark.
        let sql = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        Ok(Self { option, file: Some(given.to_owned()), sql })
    }

    /// What stands for it in reports: one line.
    pub(super) fn label(&self) -> String {
        if let Some(file) = &self.file {
            return file.clone();
        }
        let words: Vec<&str> = self.sql.split_whitespace().collect();
        let line = words.join(" ");
        let mut shown: String = line.chars().take(LABEL_CHARS_MAX).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        shown
    }

    /// Reads it in the dialect of the engine that will run it.
    pub(super) fn parse(self, dialect: Dialect) -> Result<Query, CliError> {
        let parsed = sql::parse(&self.sql, dialect).map_err(|diagnostic| {
            let message = format!(
                "`{}`: {}; only a query that can be read runs, so that nothing is written",
                self.option, diagnostic.message
            );
            match diagnostic.span {
                Some(span) => {
                    let name = self
                        .file
                        .as_deref()
                        .map_or(self.option, |file| file.trim_start_matches('@'));
                    CliError::usage(message).at(Path::new(name), &self.sql, span.start..span.end)
                }
                None => CliError::usage(message),
            }
        })?;
        let (facts, fingerprint) = (parsed.facts(), parsed.fingerprint());
        Ok(Query { text: self, dialect, parsed, facts, fingerprint })
    }

    /// Which option gives it, for messages.
    pub(super) const fn option(&self) -> &'static str {
        self.option
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(given: &str) -> QueryText {
        QueryText::read("--query", given).unwrap()
    }

    #[test]
    fn a_label_is_one_line() {
        assert_eq!(text(" SELECT a\n\tFROM t ").label(), "SELECT a FROM t");
        let long = text(&"ä ".repeat(1_000)).label();
        assert_eq!(long.chars().count(), LABEL_CHARS_MAX + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn a_file_holds_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("q.sql");
        let given = format!("@{}", path.display());
        let error = QueryText::read("--query", &given).unwrap_err().render(false);
        assert!(error.contains("`--query`") && error.contains("q.sql"), "{error}");
        std::fs::write(&path, "\u{feff}SELECT 1;\n").unwrap();
        let read = text(&given);
        assert_eq!((read.sql.as_str(), read.label()), ("SELECT 1;\n", given.clone()));
        std::fs::write(&path, [b'a', 0xff]).unwrap();
        let error = QueryText::read("--query", &given).unwrap_err().render(false);
        assert!(error.contains("no UTF-8 at byte 1"), "{error}");
        let file = File::create(&path).unwrap();
        file.set_len(1 << 40).unwrap();
        let error = text(&given).parse(Dialect::Postgres).unwrap_err().render(false);
        assert!(error.contains("the limit is"), "{error}");
    }

    #[test]
    fn what_is_no_query_is_shown_with_its_place() {
        for (sql, said) in [
            ("SELECT a,, b FROM t", "--query:1:10"),
            ("SELECT 1; SELECT 2", "2 statements"),
            ("", "no statement"),
            ("\u{0}", "syntax error"),
            ("SELECT 'open", "syntax error"),
        ] {
            let error = text(sql).parse(Dialect::Postgres).unwrap_err().render(false);
            assert!(error.contains(said), "{sql}: {error}");
        }
        let query = text("SELECT a FROM t ORDER BY a LIMIT 3").parse(Dialect::DuckDb).unwrap();
        assert!(query.facts.limited && query.facts.order_by.len() == 1);
    }
}
