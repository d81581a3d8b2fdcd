//! MySQL's slow log: <https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html>.
//!
//! With `long_query_time = 0` it has every statement. An entry is lines with a number sign, then `use db;` and
//! `SET timestamp=…;`, then the text. It is written after the statement was executed.

use super::{History, Order, Out};
use crate::import::{
    csv::Header,
    entries,
    record::{Record, Unreadable, Wanted},
    time,
};
use chrono::{DateTime, TimeDelta, Utc};
use model::{Dialect, Statement};
use std::collections::HashMap;

/// The log.
#[derive(Debug, Default)]
pub(super) struct SlowLog {
    /// Of each session: entries so far, and the database in use.
    sessions: HashMap<String, (u64, Option<String>)>,
}

/// Does a line open an entry? Its time is left out where it is that of the entry before.
fn opens(line: &[u8], before: Option<&[u8]>) -> bool {
    line.starts_with(b"# Time: ")
        || (line.starts_with(b"# User@Host: ")
            && before.is_none_or(|before| !before.starts_with(b"# Time: ")))
}

/// What the lines before the text say.
#[derive(Debug, Default)]
struct Head<'e> {
    time: Option<DateTime<Utc>>,
    user: Option<&'e str>,
    thread: Option<&'e str>,
    duration: Option<TimeDelta>,
    rows: Option<u64>,
    database: Option<&'e str>,
    has_timestamp: bool,
}

impl<'e> Head<'e> {
    /// Reads the head of an entry, and gives the text behind it.
    fn read(entry: &'e str) -> (Self, &'e str) {
        let (mut head, mut rest) = (Self::default(), entry);
        while let Some((line, behind)) = rest.split_once('\n') {
            if !head.line(line.trim_end()) {
                break;
            }
            rest = behind;
        }
        (head, rest.trim())
    }

    /// Is this line a part of the head?
    fn line(&mut self, line: &'e str) -> bool {
        if let Some(at) = line.strip_prefix("# Time: ") {
            self.time = time::parse(at);
        } else if let Some(who) = line.strip_prefix("# User@Host: ") {
            self.user = who.split('[').next().map(str::trim).filter(|user| !user.is_empty());
            self.thread = who.split("Id:").nth(1).map(str::trim);
        } else if line.starts_with("# Query_time: ") {
            let value = |name: &str| line.split(name).nth(1)?.split_whitespace().next();
            self.duration = value("Query_time: ").and_then(seconds);
            self.rows = value("Rows_sent: ").and_then(|rows| rows.parse().ok());
        } else if line.starts_with('#') || is_banner(line) {
        } else if let Some(name) = statement(line, "use ") {
            self.database = Some(name.trim_matches('`'));
        } else if let Some(at) = statement(line, "SET timestamp=").filter(|_| !self.has_timestamp) {
            self.has_timestamp = true;
            self.time = self.time.or_else(|| time::of_seconds(at));
        } else {
            return false;
        }
        true
    }
}

/// What the server writes where it starts: its version, its socket, the names of columns.
fn is_banner(line: &str) -> bool {
    line.starts_with("Tcp port: ") || line.starts_with("Time  ") || line.ends_with("started with:")
}

/// What a line of the server's own says behind these words, in whatever case.
fn statement<'l>(line: &'l str, words: &str) -> Option<&'l str> {
    let (head, rest) = line.split_at_checked(words.len())?;
    head.eq_ignore_ascii_case(words).then(|| rest.strip_suffix(';'))?
}

fn seconds(text: &str) -> Option<TimeDelta> {
    Some(time::of_seconds(text)? - DateTime::UNIX_EPOCH)
}

impl History for SlowLog {
    fn wanted(&self) -> &'static [Wanted] {
        entries::WANTED
    }

    fn header(&self) -> Header {
        Header::Entries(opens)
    }

    fn order(&self) -> Order {
        Order::BySession
    }

    fn time(&self, record: &Record<'_>) -> Option<DateTime<Utc>> {
        Head::read(record.get(entries::ENTRY).ok()??).0.time
    }

    fn record(&mut self, record: &Record<'_>, out: &mut Out) -> Result<(), Unreadable> {
        let (head, text) = Head::read(record.need(entries::ENTRY)?);
        if head.user.is_none() && head.thread.is_none() {
            out.leave_out("a banner of the server");
            return Ok(());
        }
        let text = text.strip_suffix(';').unwrap_or(text);
        if text.is_empty() || text.starts_with("# administrator command:") {
            out.leave_out("an entry without a text");
            return Ok(());
        }
        let session = head.thread.or(head.user).unwrap_or_default().to_owned();
        let (entries, database) = self.sessions.entry(session.clone()).or_default();
        *entries += 1;
        if let Some(name) = head.database {
            *database = Some(name.to_owned());
        }
        out.statement(Statement {
            time: head.time.map(|end| end - head.duration.unwrap_or_default()),
            database: database.clone(),
            user: head.user.map(str::to_owned),
            latency_us: head.duration.and_then(super::micros),
            rows: head.rows,
            ..Statement::new(
                format!("{session}:{entries}"),
                (session, *entries),
                Dialect::MySql,
                text,
            )
        });
        Ok(())
    }
}
