//! BigQuery's `INFORMATION_SCHEMA.JOBS`:
//! <https://cloud.google.com/bigquery/docs/information-schema-jobs>.
//!
//! A script is a job whose statements are jobs, too, which name it as their parent. They are taken, and
//! the script only where an export has none of them.

use super::{History, Out};
use crate::import::{
    record::{Record, Unreadable, Wanted, needed, optional},
    time,
};
use model::{Dialect, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// Scripts that are remembered; further ones are taken for scripts with statements of their own.
const SCRIPTS_MAX: usize = 100_000;

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
pub(super) struct Jobs {
    /// By job id.
    scripts: BTreeMap<String, Statement>,
    parents: BTreeSet<String>,
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
            out.leave_out(super::WITHOUT_TEXT);
            return Ok(());
        };
        let created = time::parse(record.need(CREATION)?);
        let start = record.get(START)?.and_then(time::parse).or(created);
        let end = record.get(END)?.and_then(time::parse);
        let latency = start.zip(end).and_then(|(start, end)| super::micros(end - start));
        let user = record.get(USER)?;
        let failed = record.get(ERROR)?.is_some_and(|error| !matches!(error, "{}" | "null"));
        let statement = Statement {
            time: start,
            database: record.get(PROJECT)?.map(str::to_owned),
            user: user.map(str::to_owned),
            latency_us: latency,
            // The reasons of the view are no SQLSTATEs.
            error: failed.then(super::failed_somehow).flatten(),
            // Jobs are no sessions: those of one user follow on each other.
            ..Statement::new(id, (user.unwrap_or("unknown"), 0), Dialect::BigQuery, text)
        };
        if let Some(parent) = record.get(PARENT)?
            && self.parents.len() < SCRIPTS_MAX
        {
            self.parents.insert(parent.to_owned());
        }
        let is_script = record.get(KIND)?.is_some_and(|kind| kind.eq_ignore_ascii_case("SCRIPT"));
        if !is_script {
            out.statement(statement);
        } else if self.scripts.len() < SCRIPTS_MAX
            && self.scripts.insert(id.to_owned(), statement).is_none()
        {
            // Whether its statements are in the export is known at the end.
        } else {
            out.leave_out(SCRIPT);
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) {
        for (id, script) in std::mem::take(&mut self.scripts) {
            if self.parents.contains(&id) {
                out.leave_out(SCRIPT);
            } else {
                out.statement(script);
            }
        }
    }
}

const SCRIPT: &str = "a script, whose statements have records of their own";
