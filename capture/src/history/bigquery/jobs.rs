//! BigQuery's `INFORMATION_SCHEMA.JOBS`:
//! <https://cloud.google.com/bigquery/docs/information-schema-jobs>.

use super::scripts::Scripts;
use crate::{
    history::{History, Out, WITHOUT_TEXT, failed_somehow, micros},
    import::{
        record::{Record, Unreadable, Wanted, needed, optional},
        time,
    },
};
use model::{Dialect, Statement};

const WANTED: &[Wanted] = &[
    needed("job_id"),
    needed("query"),
    needed("creation_time"),
    optional("start_time"),
    optional("end_time"),
    optional("project_id"),
    optional("user_email"),
    optional("job_type"),
    optional("statement_type"),
    optional("parent_job_id"),
    optional("error_result"),
];

const ID: usize = 0;
const TEXT: usize = 1;
const CREATION: usize = 2;
const START: usize = 3;
const END: usize = 4;
const PROJECT: usize = 5;
const USER: usize = 6;
const JOB: usize = 7;
const KIND: usize = 8;
const PARENT: usize = 9;
const ERROR: usize = 10;

/// The view, exported.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    scripts: Scripts,
}

impl History for Jobs {
    fn wanted(&self) -> &'static [Wanted] {
        WANTED
    }

    fn record(&mut self, record: &Record<'_>, out: &mut Out) -> Result<(), Unreadable> {
        let id = record.need(ID)?;
        if record.get(JOB)?.is_some_and(|kind| !kind.eq_ignore_ascii_case("QUERY")) {
            out.leave_out("a job that is no query");
            return Ok(());
        }
        let Some(text) = record.get(TEXT)? else {
            out.leave_out(WITHOUT_TEXT);
            return Ok(());
        };
        let created = time::parse(record.need(CREATION)?);
        let start = record.get(START)?.and_then(time::parse).or(created);
        let end = record.get(END)?.and_then(time::parse);
        let latency = start.zip(end).and_then(|(start, end)| micros(end - start));
        let user = record.get(USER)?;
        let failed = record.get(ERROR)?.is_some_and(|error| !matches!(error, "{}" | "null"));
        let statement = Statement {
            time: start,
            database: record.get(PROJECT)?.map(str::to_owned),
            user: user.map(str::to_owned),
            latency_us: latency,
            // The reasons of the view are no SQLSTATEs.
            error: failed.then(failed_somehow).flatten(),
            // Jobs are no sessions: those of one user follow on each other.
            ..Statement::new(id, (user.unwrap_or("unknown"), 0), Dialect::BigQuery, text)
        };
        self.scripts.job(statement, (record.get(PARENT)?, record.get(KIND)?), out);
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) {
        self.scripts.finish(out);
    }
}
