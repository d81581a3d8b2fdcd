//! Snowflake's `ACCOUNT_USAGE.QUERY_HISTORY`:
//! <https://docs.snowflake.com/en/sql-reference/account-usage/query_history>.
//!
//! Texts are cut at 100,000 characters. Values that were bound are not in the view.

use super::{History, Out};
use crate::import::{
    record::{Record, Unreadable, Wanted, needed, optional},
    time,
};
use model::{Dialect, Incomplete, Statement};

/// Longer texts are cut there, in characters.
const TEXT_CHARS_MAX: usize = 100_000;

const WANTED: &[Wanted] = &[
    needed("query_id"),
    needed("query_text"),
    needed("start_time"),
    optional("database_name"),
    optional("session_id"),
    optional("user_name"),
    optional("role_name"),
    optional("query_type"),
    optional("execution_status"),
    optional("total_elapsed_time"),
    optional("rows_produced"),
];

const ID: usize = 0;
const TEXT: usize = 1;
const START: usize = 2;
const DATABASE: usize = 3;
const SESSION: usize = 4;
const USER: usize = 5;
const ROLE: usize = 6;
const KIND: usize = 7;
const STATUS: usize = 8;
const ELAPSED: usize = 9;
const ROWS: usize = 10;

/// The view, exported.
#[derive(Debug)]
pub(super) struct QueryHistory;

impl History for QueryHistory {
    fn wanted(&self) -> &'static [Wanted] {
        WANTED
    }

    fn record(&mut self, record: &Record<'_>, out: &mut Out) -> Result<(), Unreadable> {
        let id = record.need(ID)?;
        let Some(text) = record.get(TEXT)? else {
            out.leave_out(super::WITHOUT_TEXT);
            return Ok(());
        };
        if record.get(KIND)?.is_some_and(|kind| kind.eq_ignore_ascii_case("CALL")) {
            // What a procedure runs has records of its own, and may not run twice.
            out.leave_out("a call of a procedure, whose statements have records of their own");
            return Ok(());
        }
        let failed = record.get(STATUS)?.is_some_and(|status| {
            ["fail", "incident"].iter().any(|word| status.to_ascii_lowercase().starts_with(word))
        });
        let user = record.get(USER)?;
        // Sessions of long ago may be gone from an export.
        let session = record.get(SESSION)?.or(user).unwrap_or("unknown");
        let milliseconds = record.get(ELAPSED)?.and_then(whole);
        out.statement(Statement {
            time: record.get(START)?.and_then(started),
            database: record.get(DATABASE)?.map(str::to_owned),
            user: user.map(str::to_owned),
            role: record.get(ROLE)?.map(str::to_owned),
            latency_us: milliseconds.map(|milliseconds| milliseconds.saturating_mul(1_000)),
            rows: record.get(ROWS)?.and_then(whole),
            // Its own codes are no SQLSTATEs.
            error: failed.then(super::failed_somehow).flatten(),
            incomplete: (text.chars().nth(TEXT_CHARS_MAX - 1).is_some())
                .then_some(Incomplete::Truncated),
            ..Statement::new(id, (session, 0), Dialect::Snowflake, text)
        });
        Ok(())
    }
}

/// A whole number, which exports may write with a fraction of zero.
fn whole(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    fraction.bytes().all(|byte| byte == b'0').then(|| whole.parse().ok())?
}

/// As text, or as seconds since 1970 with an offset behind, which is how JSON has it.
fn started(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    time::parse(text).or_else(|| time::of_seconds(text.split(' ').next()?))
}
