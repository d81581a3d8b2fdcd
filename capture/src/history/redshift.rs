//! Redshift: what its system views and its activity log say of queries.
//!
//! `SYS_QUERY_HISTORY` and `STL_QUERY` cut a text after 4,000 characters. The whole is in `SYS_QUERY_TEXT` and
//! `STL_QUERYTEXT`, in pieces; an import takes the files of both views, in any order, and joins them.

mod activity;
mod pieces;

pub(super) use activity::Activity;

use super::{History, Out};
use crate::import::{
    record::{Record, Unreadable, Wanted, needed, optional},
    time,
};
use model::{Dialect, Incomplete, Statement};
use pieces::Pieces;

/// The views cut texts there, in characters; trailing blanks are part of the text.
const TEXT_CHARS_MAX: usize = 4_000;

/// `SYS_QUERY_HISTORY` (<https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_HISTORY.html>) and
/// `SYS_QUERY_TEXT`.
const SYS: &[Wanted] = &[
    needed("query_id"),
    optional("sequence"),
    optional("text"),
    optional("query_text"),
    optional("start_time"),
    optional("end_time"),
    optional("session_id"),
    optional("user_id"),
    optional("database_name"),
    optional("status"),
    optional("returned_rows"),
];

/// `STL_QUERY` (<https://docs.aws.amazon.com/redshift/latest/dg/r_STL_QUERY.html>) and `STL_QUERYTEXT`.
const STL: &[Wanted] = &[
    needed("query"),
    optional("sequence"),
    optional("text"),
    optional("querytxt"),
    optional("starttime"),
    optional("endtime"),
    optional("pid"),
    optional("userid"),
    optional("database"),
    optional("aborted"),
    optional("returned_rows"),
];

const ID: usize = 0;
const SEQUENCE: usize = 1;
const PIECE: usize = 2;
const TEXT: usize = 3;
const START: usize = 4;
const END: usize = 5;
const SESSION: usize = 6;
const USER: usize = 7;
const DATABASE: usize = 8;
const STATUS: usize = 9;
const ROWS: usize = 10;

/// The views, exported.
#[derive(Debug)]
pub(super) struct Views {
    wanted: &'static [Wanted],
    /// Of the texts that are cut.
    pieces: Pieces,
}

impl Views {
    /// `SYS_QUERY_HISTORY` and `SYS_QUERY_TEXT`.
    pub(super) fn sys() -> Self {
        Self { wanted: SYS, pieces: Pieces::default() }
    }

    /// `STL_QUERY` and `STL_QUERYTEXT`.
    pub(super) fn stl() -> Self {
        Self { wanted: STL, pieces: Pieces::default() }
    }

    /// A record of a view that has pieces of texts: number and text.
    fn piece<'r>(record: &Record<'r>) -> Result<Option<(u32, &'r str)>, Unreadable> {
        let Some(number) = record.get(SEQUENCE)? else { return Ok(None) };
        let number = number
            .parse()
            .map_err(|_| Unreadable(format!("`{number}` is no number of a piece of text")))?;
        Ok(Some((number, record.get(PIECE)?.unwrap_or_default())))
    }
}

fn is_cut(text: &str) -> bool {
    text.chars().nth(TEXT_CHARS_MAX - 1).is_some()
}

impl History for Views {
    fn wanted(&self) -> &'static [Wanted] {
        self.wanted
    }

    fn is_read_twice(&self) -> bool {
        true
    }

    fn look(&mut self, record: &Record<'_>) -> Result<(), Unreadable> {
        if Self::piece(record)?.is_none() && record.get(TEXT)?.is_some_and(is_cut) {
            self.pieces.want(record.need(ID)?);
        }
        Ok(())
    }

    fn record(&mut self, record: &Record<'_>, out: &mut Out) -> Result<(), Unreadable> {
        let id = record.need(ID)?;
        if let Some((number, text)) = Self::piece(record)? {
            self.pieces.add(id, number, text);
            out.joined();
            return Ok(());
        }
        let Some(text) = record.get(TEXT)? else {
            out.leave_out(super::WITHOUT_TEXT);
            return Ok(());
        };
        let start = record.get(START)?.and_then(time::parse);
        let end = record.get(END)?.and_then(time::parse);
        let latency = start.zip(end).and_then(|(start, end)| super::micros(end - start));
        let user = record.get(USER)?;
        let failed = record.get(STATUS)?.is_some_and(|status| {
            // `failed` and `canceled` there, a flag here.
            ["fail", "cancel", "1", "t"].iter().any(|word| status.starts_with(word))
        });
        let session = record.get(SESSION)?.or(user).unwrap_or("unknown");
        let statement = Statement {
            time: start,
            database: record.get(DATABASE)?.map(|name| name.trim_end().to_owned()),
            user: user.map(str::to_owned),
            latency_us: latency,
            rows: record.get(ROWS)?.and_then(|rows| rows.parse().ok()),
            error: failed.then(super::failed_somehow).flatten(),
            ..Statement::new(id, (session, 0), Dialect::Redshift, unescaped(text))
        };
        if is_cut(text) {
            self.pieces.keep(statement);
        } else {
            out.statement(statement);
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) {
        for (statement, whole) in std::mem::take(&mut self.pieces).joined() {
            out.statement(match whole {
                Some(whole) => Statement { sql: unescaped(&whole), ..statement },
                None => Statement { incomplete: Some(Incomplete::Truncated), ..statement },
            });
        }
    }
}

/// The views write a line end as a backslash and a letter.
fn unescaped(text: &str) -> String {
    text.trim_end().replace("\\r\\n", "\n").replace("\\n", "\n")
}
