//! Just enough of SQL's lexical rules to see where statements end and where `$1` stands, without
//! looking into strings, quoted names and comments. Engines that would silently run a second
//! statement are protected by it; nothing else is decided here.

use crate::failure;
use model::{Failure, SqlState};
use std::ops::Range;

/// Something outside strings, quoted names and comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A `;`.
    Semicolon,
    /// A positional parameter, `$7` at these bytes.
    Parameter { number: usize, at: Range<usize> },
    /// Any other text that is not white space.
    Text,
}

/// The marks of `sql` in order; runs of plain text may give several `Text`.
pub(crate) fn marks(sql: &str) -> Vec<Mark> {
    let bytes = sql.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let mut marks = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        let byte = at(i);
        match byte {
            b'\'' => {
                let escapes =
                    i > 0 && matches!(at(i - 1), b'e' | b'E') && !(i > 1 && is_word(at(i - 2)));
                i = end_of_quoted(bytes, i, b'\'', escapes);
                marks.push(Mark::Text);
            }
            b'"' => {
                i = end_of_quoted(bytes, i, b'"', false);
                marks.push(Mark::Text);
            }
            b'-' if at(i + 1) == b'-' => {
                while i < bytes.len() && at(i) != b'\n' {
                    i += 1;
                }
            }
            b'/' if at(i + 1) == b'*' => i = end_of_comment(bytes, i),
            b'$' if i > 0 && is_word(at(i - 1)) => i += 1,
            b'$' if at(i + 1).is_ascii_digit() => {
                let start = i;
                i += 1;
                while at(i).is_ascii_digit() {
                    i += 1;
                }
                let number = sql.get(start + 1..i).and_then(|digits| digits.parse().ok());
                marks.push(match number {
                    Some(number) => Mark::Parameter { number, at: start..i },
                    None => Mark::Text,
                });
            }
            b'$' => {
                i = end_of_dollar_quoted(bytes, i);
                marks.push(Mark::Text);
            }
            b';' => {
                marks.push(Mark::Semicolon);
                i += 1;
            }
            _ if byte.is_ascii_whitespace() => i += 1,
            _ => {
                if marks.last() != Some(&Mark::Text) {
                    marks.push(Mark::Text);
                }
                i += 1;
            }
        }
    }
    marks
}

/// Refuses a text of more than one statement.
///
/// # Errors
/// SQLSTATE 42601, as PostgreSQL gives it in the extended protocol.
pub(crate) fn check_single(sql: &str) -> Result<(), Failure> {
    let marks = marks(sql);
    let mut rest = marks.iter().skip_while(|mark| **mark != Mark::Semicolon);
    if rest.any(|mark| *mark != Mark::Semicolon) {
        return Err(failure::statement(
            SqlState::SYNTAX_ERROR,
            "the text holds more than one statement; send them one by one",
        ));
    }
    Ok(())
}

/// Refuses what could end the transaction that it runs in, or whose effect could outlive it. The first
/// word decides, read as the engine reads it: parsers of others do not nest comments as engines do.
///
/// # Errors
/// SQLSTATE 25001 for anything but a query or a change of rows.
pub(crate) fn check_undone(sql: &str) -> Result<(), Failure> {
    const KNOWN: [&str; 9] =
        ["select", "with", "values", "table", "from", "insert", "update", "delete", "merge"];
    let word = first_word(sql);
    if KNOWN.iter().any(|known| word.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    let state = SqlState::parse("25001").unwrap_or(SqlState::SYNTAX_ERROR);
    Err(failure::statement(
        state,
        "in a transaction that is rolled back only queries and changes of rows run",
    ))
}

/// The first word, past white space, comments and parentheses.
fn first_word(sql: &str) -> &str {
    let bytes = sql.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let mut i = 0;
    while i < bytes.len() {
        match at(i) {
            b'-' if at(i + 1) == b'-' => {
                while i < bytes.len() && at(i) != b'\n' {
                    i += 1;
                }
            }
            b'/' if at(i + 1) == b'*' => i = end_of_comment(bytes, i),
            b'(' => i += 1,
            byte if byte.is_ascii_whitespace() => i += 1,
            _ => break,
        }
    }
    let rest = bytes.get(i..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    sql.get(i..i + length).unwrap_or_default()
}

/// Is there nothing to run?
pub(crate) fn is_blank(sql: &str) -> bool {
    marks(sql).iter().all(|mark| *mark == Mark::Semicolon)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// One past the closing quote; a doubled quote stays inside.
fn end_of_quoted(bytes: &[u8], start: usize, quote: u8, escapes: bool) -> usize {
    let mut i = start + 1;
    while let Some(&byte) = bytes.get(i) {
        if escapes && byte == b'\\' {
            i += 2;
        } else if byte == quote {
            if bytes.get(i + 1) != Some(&quote) {
                return i + 1;
            }
            i += 2;
        } else {
            i += 1;
        }
    }
    bytes.len()
}

/// One past the comment; comments nest, as in PostgreSQL.
fn end_of_comment(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut i = start;
    while i < bytes.len() {
        match (bytes.get(i), bytes.get(i + 1)) {
            (Some(b'/'), Some(b'*')) => {
                depth += 1;
                i += 2;
            }
            (Some(b'*'), Some(b'/')) => {
                depth -= 1;
                i += 2;
                if depth == 0 {
                    return i;
                }
            }
            _ => i += 1,
        }
    }
    bytes.len()
}

/// One past a `$tag$ … $tag$` string, or past the lone `$`.
fn end_of_dollar_quoted(bytes: &[u8], start: usize) -> usize {
    let mut end = start + 1;
    while bytes.get(end).is_some_and(|byte| is_word(*byte)) {
        end += 1;
    }
    if bytes.get(end) != Some(&b'$') {
        return start + 1;
    }
    let Some(tag) = bytes.get(start..=end) else { return start + 1 };
    let mut i = end + 1;
    while let Some(rest) = bytes.get(i..) {
        if rest.is_empty() {
            break;
        }
        if rest.starts_with(tag) {
            return i + tag.len();
        }
        i += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_transaction_that_is_rolled_back() {
        for sql in [
            "SELECT 1",
            " -- x\n/* /* */ */ ((select 1))",
            "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
            "merge INTO t USING u ON true WHEN MATCHED THEN DELETE",
        ] {
            assert!(check_undone(sql).is_ok(), "{sql}");
        }
        for sql in [
            "COMMIT",
            "/* /* */ UPDATE t SET n = 0 -- */ COMMIT",
            "/* /* */ UPDATE t SET n = 0 */ COMMIT",
            "END",
            "(commit)",
            "COPY t TO 'x'",
            "DROP TABLE t",
            "updates",
            "",
            "'select'",
        ] {
            assert!(check_undone(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn one_statement_passes() {
        for sql in [
            "SELECT 1",
            "SELECT 1;",
            "SELECT 1 ; ; -- done; really\n",
            "SELECT ';' || \"a;b\" || $$;$$ || $x$ ; $$ ; $x$ /* ; /* ; */ ; */",
            r"SELECT E'\';' || 'it''s;'",
            "SELECT name'; '",
            "",
        ] {
            assert!(check_single(sql).is_ok(), "{sql}");
        }
    }

    #[test]
    fn a_second_statement_is_refused() {
        for sql in [
            "SELECT 1; SELECT 2",
            "SELECT '\\'; DROP TABLE t --'",
            "SELECT 1 /* /* */ */; DROP TABLE t",
            "SELECT $1; DROP TABLE t",
            "SELECT a$b$; DROP TABLE t; --$b$",
            ";DELETE FROM t",
        ] {
            assert_eq!(check_single(sql).unwrap_err().sqlstate, SqlState::SYNTAX_ERROR, "{sql}");
        }
    }

    #[test]
    fn parameters_are_found_outside_strings_only() {
        let found: Vec<usize> = marks("SELECT $1, '$2', \"$3\", $$ $4 $$, x$5, $12 -- $6")
            .into_iter()
            .filter_map(|mark| match mark {
                Mark::Parameter { number, .. } => Some(number),
                _ => None,
            })
            .collect();
        assert_eq!(found, [1, 12]);
    }

    #[test]
    fn unfinished_texts_end() {
        for sql in ["'", "\"", "/*", "$$", "$a$ $a", "E'\\", "$", "--", "/* /*"] {
            marks(sql);
        }
    }

    #[test]
    fn blank_texts_are_blank() {
        assert!(is_blank(" ; -- nothing\n/* here */"));
        assert!(!is_blank("''"));
    }
}
