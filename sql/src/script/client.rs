//! Lines that the vendors' command-line clients take for themselves.

use crate::parse::UNPARSABLE;
use model::{Diagnostic, Dialect, Span};

/// A line that is no SQL.
pub(super) struct Line {
    /// Where it ends, its line break included; the end of the text where none is there yet.
    pub(super) end: usize,
    /// Why it is no statement; nothing where it only ends one.
    pub(super) refused: Option<Diagnostic>,
}

/// Words that SQL*Plus takes for itself, up to the end of the line.
const SQL_PLUS: &[&str] = &[
    "ACCEPT",
    "BREAK",
    "BTITLE",
    "CLEAR",
    "COLUMN",
    "COMPUTE",
    "CONN",
    "CONNECT",
    "DEF",
    "DEFINE",
    "DISCONNECT",
    "EXIT",
    "HOST",
    "PAUSE",
    "PRINT",
    "PROMPT",
    "QUIT",
    "REM",
    "REMARK",
    "SHOW",
    "SPOOL",
    "TTITLE",
    "UNDEFINE",
    "VARIABLE",
    "WHENEVER",
];

/// What `SET` begins in Oracle's SQL; everything else that it sets is SQL*Plus's.
const ORACLE_SETS: &[&str] = &["TRANSACTION", "ROLE", "CONSTRAINT", "CONSTRAINTS"];

/// The client's line that begins at `start`, where nothing but blanks stands before it on its line.
/// Most are such only where a statement would begin, which is `fresh`.
pub(super) fn line(dialect: Dialect, text: &str, start: usize, fresh: bool) -> Option<Line> {
    let rest = text.get(start..)?;
    let first = rest.chars().next()?;
    // Nearly every word ends here.
    let may = match dialect {
        Dialect::TSql => matches!(first, 'g' | 'G') || (fresh && first == ':'),
        Dialect::Oracle => first == '/' || (fresh && (first == '@' || first.is_alphabetic())),
        Dialect::Postgres | Dialect::Redshift => fresh && first == '\\',
        Dialect::MySql => fresh && matches!(first, 'd' | 'D'),
        Dialect::Snowflake => fresh && first == '!',
        Dialect::Teradata => fresh && first == '.',
        _ => false,
    };
    if !may {
        return None;
    }
    let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let line = rest.get(..length)?.trim_end();
    let end = start + length;
    let word = line.split(|c: char| c.is_whitespace() || c == ';').next().unwrap_or_default();
    let is = |known: &str| word.eq_ignore_ascii_case(known);
    let own = match dialect {
        Dialect::TSql if is("GO") => return batch_end(line, start, end),
        Dialect::TSql => first == ':',
        Dialect::Oracle if first == '/' => {
            let again = || "`/` runs the statement before it once more".to_owned();
            let refused = fresh.then(|| finding(again(), start, line));
            return (line == "/").then_some(Line { end, refused });
        }
        Dialect::Oracle if is("SET") => {
            let set = line.split_whitespace().nth(1).unwrap_or_default();
            !ORACLE_SETS.iter().any(|known| set.eq_ignore_ascii_case(known))
        }
        Dialect::Oracle => first == '@' || SQL_PLUS.iter().any(|known| is(known)),
        Dialect::MySql if is("DELIMITER") => return Some(delimited(text, start, end)),
        Dialect::MySql => false,
        _ => true,
    };
    let message = || format!("`{word}` is a command of the vendor's client, not SQL");
    own.then(|| Line { end, refused: Some(finding(message(), start, line)) })
}

/// `GO` ends a batch; `GO 5` also runs it so many times.
fn batch_end(line: &str, start: usize, end: usize) -> Option<Line> {
    let mut words = line.split_whitespace().skip(1);
    let refused = match words.next() {
        None => None,
        Some(word) if word.starts_with("--") || word.starts_with("/*") => None,
        Some(word) if word.chars().all(|c| c.is_ascii_digit()) => {
            let message = format!("`GO {word}` runs the batch before it {word} times");
            Some(finding(message, start, line))
        }
        Some(_) => return None,
    };
    Some(Line { end, refused })
}

/// What another delimiter ends is a routine: all of it up to the line that takes it back.
fn delimited(text: &str, start: usize, end: usize) -> Line {
    let mut close = end;
    for line in text.get(end..).unwrap_or_default().split_inclusive('\n') {
        close += line.len();
        let mut words = line.split_whitespace();
        let again = words.next().is_some_and(|word| word.eq_ignore_ascii_case("DELIMITER"));
        if again && words.next() == Some(";") {
            // Without a line break the line may go on.
            break;
        }
    }
    let message = "what stands under another `DELIMITER` is a routine, which is not translated";
    let line = text.get(start..end).unwrap_or_default().trim_end();
    Line { end: close, refused: Some(finding(message.to_owned(), start, line)) }
}

fn finding(message: String, start: usize, line: &str) -> Diagnostic {
    Diagnostic::error(UNPARSABLE, message, Some(Span::new(start, start + line.len())))
}
