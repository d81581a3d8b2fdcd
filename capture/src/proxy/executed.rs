//! A statement that was executed, as it is handed over: what takes time to make of it is made where nobody
//! waits.

use super::{
    message::{self, Value},
    values,
};
use chrono::{DateTime, SubsecRound as _, Utc};
use model::{Bind, Dialect, Incomplete, SqlState, Statement};
use std::{sync::Arc, time::Duration};

/// Whose session it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Who {
    /// Of the session.
    pub(super) id: String,
    pub(super) user: Option<String>,
    pub(super) database: Option<String>,
}

/// A text that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepared {
    pub(super) sql: Vec<u8>,
    /// The types of its parameters, as far as somebody told them.
    pub(super) types: Vec<u32>,
    /// Is it all that was sent?
    pub(super) is_whole: bool,
}

/// What was executed.
#[derive(Debug)]
pub(super) enum Text {
    /// A text, and whether it is all that was sent.
    Plain(Vec<u8>, bool),
    /// One that was prepared, with its parameters; absent where they were too long.
    Bound(Arc<Prepared>, Option<Vec<Value>>),
}

/// A statement that was executed.
#[derive(Debug)]
pub(super) struct Executed {
    pub(super) who: Arc<Who>,
    pub(super) sequence: u64,
    pub(super) text: Text,
    pub(super) time: DateTime<Utc>,
    pub(super) latency: Option<Duration>,
    pub(super) rows: Option<u64>,
    pub(super) digest: Option<u128>,
    pub(super) error: Option<SqlState>,
}

impl Executed {
    /// What it takes while it waits, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let held = match &self.text {
            Text::Plain(sql, _) => sql.len(),
            Text::Bound(prepared, values) => {
                prepared.sql.len() + message::bytes_of(values.as_deref())
            }
        };
        size_of::<Self>() + held
    }

    /// What is kept of it; nothing where its text is no UTF-8.
    pub(super) fn into_statement(self) -> Option<Statement> {
        let Who { id, user, database } = &*self.who;
        let (sql, binds, incomplete) = match self.text {
            Text::Plain(sql, is_whole) => {
                let sql = String::from_utf8(sql).ok()?;
                (sql, Vec::new(), (!is_whole).then_some(Incomplete::Truncated))
            }
            Text::Bound(prepared, values) => {
                let sql = std::str::from_utf8(&prepared.sql).ok()?.to_owned();
                let cut = (!prepared.is_whole).then_some(Incomplete::Truncated);
                match bound(&prepared.types, values.as_deref()) {
                    Ok(binds) => (sql, binds, cut),
                    Err(incomplete) => (sql, Vec::new(), Some(incomplete)),
                }
            }
        };
        let place = (id.as_str(), self.sequence);
        let id = format!("{id}.{}", self.sequence);
        let mut statement = Statement::new(id, place, Dialect::Postgres, sql);
        // PostgreSQL's own times have no more digits.
        statement.time = Some(self.time.trunc_subsecs(6));
        statement.user.clone_from(user);
        statement.database.clone_from(database);
        statement.binds = binds;
        statement.latency_us = self.latency.map(micros);
        statement.rows = self.rows;
        statement.error = self.error;
        // What counts no rows has none to digest.
        let digest = self.rows.and(self.digest);
        statement.rows_digest = digest.map(|digest| format!("{digest:032x}"));
        statement.incomplete = incomplete;
        Some(statement)
    }
}

/// Parameters, or why they are not known.
fn bound(types: &[u32], values: Option<&[Value]>) -> Result<Vec<Bind>, Incomplete> {
    let values = values.ok_or(Incomplete::Truncated)?;
    let types = types.iter().copied().chain(std::iter::repeat(0));
    let bound = values.iter().zip(types).map(|(value, oid)| values::bound(value, oid));
    bound.collect::<Option<_>>().ok_or(Incomplete::Unbound)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
