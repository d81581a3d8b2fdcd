//! Databricks's `system.query.history`:
//! <https://docs.databricks.com/en/admin/system-tables/query-history.html>.

use super::{History, Out};
use crate::import::{
    record::{Record, Unreadable, Wanted, needed, optional},
    time,
};
use model::{Dialect, Statement};

const WANTED: &[Wanted] = &[
    needed("statement_id"),
    needed("statement_text"),
    needed("start_time"),
    optional("session_id"),
    optional("executed_by"),
    optional("execution_status"),
    optional("total_duration_ms"),
    optional("produced_rows"),
];

const ID: usize = 0;
const TEXT: usize = 1;
const START: usize = 2;
const SESSION: usize = 3;
const USER: usize = 4;
const STATUS: usize = 5;
const DURATION: usize = 6;
const ROWS: usize = 7;

/// The table, exported.
#[derive(Debug)]
pub(super) struct QueryHistory;

impl History for QueryHistory {
    fn wanted(&self) -> &'static [Wanted] {
        WANTED
    }

    fn record(&mut self, record: &Record<'_>, out: &mut Out) -> Result<(), Unreadable> {
        let id = record.need(ID)?;
        // The text is empty where the customer encrypts it with a key of his own.
        let Some(text) = record.get(TEXT)? else {
            out.leave_out(super::WITHOUT_TEXT);
            return Ok(());
        };
        let user = record.get(USER)?;
        let session = record.get(SESSION)?.or(user).unwrap_or("unknown");
        let failed =
            record.get(STATUS)?.is_some_and(|status| status.eq_ignore_ascii_case("FAILED"));
        let number = |column| Ok(record.get(column)?.and_then(|text| text.parse::<u64>().ok()));
        out.statement(Statement {
            time: time::parse(record.need(START)?),
            user: user.map(str::to_owned),
            latency_us: number(DURATION)?.map(|ms| ms.saturating_mul(1_000)),
            rows: number(ROWS)?,
            error: failed.then(super::failed_somehow).flatten(),
            ..Statement::new(id, (session, 0), Dialect::Spark, text)
        });
        Ok(())
    }
}
