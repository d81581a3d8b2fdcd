//! PostgreSQL's log, as CSV or JSON: <https://www.postgresql.org/docs/current/runtime-config-logging.html>.
//!
//! What a message means is in [`message`], the values of parameters in [`parameters`]. With
//! `log_statement = 'none'` and `log_min_duration_statement = 0` each execution is one record; with
//! `log_statement = 'all'` its text comes first, and its duration, or its error, in a record of its own.

mod message;
mod parameters;

use super::{History, Order, Out};
use crate::import::{
    csv::Header,
    record::{Record, Unreadable, Wanted, needed, optional},
    time,
};
use chrono::{DateTime, TimeDelta, Utc};
use message::Message;
use model::{Dialect, Incomplete, SqlState, Statement};
use std::collections::HashMap;

/// Statements that wait for their duration, of as many sessions. A server has far fewer.
const WAITING_MAX: usize = 65_536;

/// The columns of a csvlog in their order. Older servers lack the last ones.
const CSV: &[&str] = &[
    "timestamp",
    "user",
    "dbname",
    "pid",
    "connection_from",
    "session_id",
    "line_num",
    "ps",
    "session_start",
    "vxid",
    "txid",
    "error_severity",
    "state_code",
    "message",
    "detail",
    "hint",
    "internal_query",
    "internal_position",
    "context",
    "statement",
    "cursor_position",
    "location",
    "application_name",
    "backend_type",
    "leader_pid",
    "query_id",
];

const WANTED: &[Wanted] = &[
    needed("timestamp"),
    optional("user"),
    optional("dbname"),
    needed("session_id"),
    needed("line_num"),
    needed("error_severity"),
    optional("state_code"),
    optional("message"),
    optional("detail"),
    optional("context"),
    optional("statement"),
    optional("backend_type"),
    optional("leader_pid"),
];

const TIME: usize = 0;
const USER: usize = 1;
const DATABASE: usize = 2;
const SESSION: usize = 3;
const LINE: usize = 4;
const SEVERITY: usize = 5;
const STATE: usize = 6;
const MESSAGE: usize = 7;
const DETAIL: usize = 8;
const CONTEXT: usize = 9;
const STATEMENT: usize = 10;
const BACKEND: usize = 11;
const LEADER: usize = 12;

/// The log of a server.
#[derive(Debug)]
pub(super) struct Log {
    header: Header,
    /// By session: what was logged before it was executed.
    waiting: HashMap<String, Statement>,
}

impl Log {
    /// As CSV.
    pub(super) fn csv() -> Self {
        Self { header: Header::Fixed(CSV), waiting: HashMap::new() }
    }

    /// As JSON, whose names are those of the columns here.
    pub(super) fn json() -> Self {
        Self { header: Header::First, waiting: HashMap::new() }
    }

    /// What waited in this session is complete.
    fn end(&mut self, session: &str, out: &mut Out) {
        if let Some(before) = self.waiting.remove(session) {
            out.statement(before);
        }
    }

    fn end_all(&mut self, out: &mut Out) {
        let mut waiting: Vec<Statement> =
            self.waiting.drain().map(|(_, waiting)| waiting).collect();
        waiting.sort_by(|a, b| a.session.cmp(&b.session));
        for statement in waiting {
            out.statement(statement);
        }
    }

    /// A statement that is executed, as the record has it.
    fn statement(
        record: &Record<'_>,
        text: &str,
        duration: Option<TimeDelta>,
    ) -> Result<Statement, Unreadable> {
        let line = record.need(LINE)?;
        let sequence =
            line.parse().map_err(|_| Unreadable(format!("`{line}` is no line number")))?;
        let session = record.need(SESSION)?;
        let end = time::parse(record.need(TIME)?);
        Ok(Statement {
            // It is logged when it has ended.
            time: end.map(|end| end - duration.unwrap_or_default()),
            database: record.get(DATABASE)?.map(str::to_owned),
            user: record.get(USER)?.map(str::to_owned),
            latency_us: duration.and_then(super::micros),
            ..Statement::new(
                [session, line].join(":"),
                (session, sequence),
                Dialect::Postgres,
                text,
            )
        })
    }

    /// The same with the values of its parameters, which another field of the record has.
    fn bound(mut statement: Statement, parameters: Option<&str>) -> Result<Statement, Unreadable> {
        match parameters.and_then(parameters::listed) {
            Some(listed) => {
                let (binds, is_cut) = parameters::read(listed).map_err(Unreadable)?;
                statement.binds = binds;
                statement.incomplete = is_cut.then_some(Incomplete::Truncated);
            }
            None if parameters::has_some(&statement.sql) => {
                statement.incomplete = Some(Incomplete::Unbound);
            }
            None => {}
        }
        Ok(statement)
    }

    fn failed(&mut self, record: &Record<'_>, out: &mut Out) -> Result<(), Unreadable> {
        let session = record.need(SESSION)?;
        let state = record.get(STATE)?.and_then(SqlState::parse);
        let Some(text) = record.get(STATEMENT)? else {
            out.leave_out("an error without a statement");
            return Ok(());
        };
        if let Some(waiting) = self.waiting.get_mut(session)
            && waiting.sql == text
        {
            waiting.error = state;
            out.joined();
            self.end(session, out);
            return Ok(());
        }
        self.end(session, out);
        let statement = Self::bound(Self::statement(record, text, None)?, record.get(CONTEXT)?)?;
        out.statement(Statement { error: state, ..statement });
        Ok(())
    }

    /// Logged before it is executed; its duration may follow.
    fn announced(&mut self, statement: Statement, out: &mut Out) {
        self.end(&statement.session, out);
        if self.waiting.len() >= WAITING_MAX {
            self.end_all(out);
        }
        self.waiting.insert(statement.session.clone(), statement);
    }
}

impl History for Log {
    fn wanted(&self) -> &'static [Wanted] {
        WANTED
    }

    fn header(&self) -> Header {
        self.header
    }

    fn order(&self) -> Order {
        Order::BySession
    }

    fn time(&self, record: &Record<'_>) -> Option<DateTime<Utc>> {
        time::parse(record.get(TIME).ok()??)
    }

    fn record(&mut self, record: &Record<'_>, out: &mut Out) -> Result<(), Unreadable> {
        let session = record.need(SESSION)?;
        if record.get(BACKEND)?.is_some_and(|backend| backend == "parallel worker")
            || record.get(LEADER)?.is_some()
        {
            out.leave_out("a message of a parallel worker");
            return Ok(());
        }
        match record.need(SEVERITY)? {
            "LOG" => {}
            "ERROR" | "FATAL" => return self.failed(record, out),
            _ => {
                out.leave_out("a message to the client or the administrator");
                return Ok(());
            }
        }
        match Message::read(record.get(MESSAGE)?.unwrap_or_default()) {
            Message::Executed { text, duration, is_prepared } => {
                self.end(session, out);
                let mut statement = Self::statement(record, text, Some(duration))?;
                if is_prepared {
                    statement = Self::bound(statement, record.get(DETAIL)?)?;
                }
                out.statement(statement);
            }
            Message::Announced { text, is_prepared } => {
                let mut statement = Self::statement(record, text, None)?;
                if is_prepared {
                    statement = Self::bound(statement, record.get(DETAIL)?)?;
                }
                self.announced(statement, out);
            }
            Message::Duration(duration) => match self.waiting.get_mut(session) {
                Some(waiting) => {
                    waiting.latency_us = super::micros(duration);
                    out.joined();
                    self.end(session, out);
                }
                None => out.leave_out("a duration without a statement"),
            },
            Message::Prepared => out.leave_out("a parse or bind of an execution"),
            Message::Fetched => out.leave_out("a further fetch from a portal"),
            Message::Other => out.leave_out("a message of the server"),
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) {
        self.end_all(out);
    }
}
