//! The thread that owns a session's connection. DuckDB's calls block, and its connection may not
//! be shared; so it stays here, and the session talks to it by messages.

use super::{control::Control, error, load, names, reason};
use crate::{failure, forms::Forms, lexer};
use arrow::{
    datatypes::SchemaRef,
    record_batch::{RecordBatch, RecordBatchReader},
};
use duckdb::{Connection, Statement, params_from_iter, types::Value};
use model::{Failure, SqlState, catalog::CatalogTable};
use std::{io, sync::Arc, thread};
use tokio::sync::{mpsc, oneshot};

/// Batches that may wait for the reader; one holds 2,048 rows.
const BATCHES_WAITING_MAX: usize = 4;

/// What DuckDB says of a ROLLBACK outside of transactions.
const NO_TRANSACTION: &str = "no transaction is active";

pub(super) type Reply<T> = oneshot::Sender<Result<T, Failure>>;
pub(super) type Batches = mpsc::Receiver<Result<RecordBatch, Failure>>;

/// A result on its way.
pub(super) struct Started {
    pub(super) schema: SchemaRef,
    pub(super) batches: Batches,
}

pub(super) enum Task {
    Execute {
        sql: String,
        values: Vec<Value>,
        within: Within,
        reply: Reply<Started>,
    },
    /// Tells whether there was one to roll back.
    RollBack {
        reply: Reply<bool>,
    },
    Check {
        sql: String,
        binds: usize,
        reply: Reply<()>,
    },
    Script {
        sql: String,
        reply: Reply<()>,
    },
    Load {
        table: CatalogTable,
        rows: Box<dyn RecordBatchReader + Send>,
        reply: Reply<u64>,
    },
    Query {
        sql: String,
        reply: Reply<Vec<RecordBatch>>,
    },
}

/// A task and the number under which it can be stopped.
pub(super) struct Command {
    pub(super) number: u64,
    pub(super) task: Task,
}

/// Starts the thread; it ends when the returned sender is dropped.
pub(super) fn start(
    connection: Connection,
    control: Arc<Control>,
) -> io::Result<mpsc::Sender<Command>> {
    // A session runs one statement at a time; one more may wait while a dropped one is stopped.
    let (sender, mut commands) = mpsc::channel::<Command>(2);
    thread::Builder::new().name("duckdb-session".to_owned()).spawn(move || {
        while let Some(Command { number, task }) = commands.blocking_recv() {
            let begun = control.begin(number);
            let worker = Worker { connection: &connection, control: &control, number };
            match begun {
                Ok(()) => worker.run(task),
                Err(failure) => refuse(task, failure),
            }
            control.end(number);
        }
    })?;
    Ok(sender)
}

/// Nobody waits for a reply any more when sending it fails: the caller was dropped.
fn refuse(task: Task, failure: Failure) {
    match task {
        Task::Execute { reply, .. } => drop(reply.send(Err(failure))),
        Task::Check { reply, .. } | Task::Script { reply, .. } => drop(reply.send(Err(failure))),
        Task::RollBack { reply } => drop(reply.send(Err(failure))),
        Task::Load { reply, .. } => drop(reply.send(Err(failure))),
        Task::Query { reply, .. } => drop(reply.send(Err(failure))),
    }
}

/// The transaction that a statement runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// None that is known; a script of the session may have begun one.
    Nothing,
    /// A read-only one of its own, which ends with it.
    Own,
    /// The session's, which reads.
    Reading,
    /// The session's, which may write.
    Writing,
}

pub(super) struct Worker<'a> {
    pub(super) connection: &'a Connection,
    pub(super) control: &'a Control,
    pub(super) number: u64,
}

impl Worker<'_> {
    fn run(&self, task: Task) {
        match task {
            Task::Execute { sql, values, within, reply } => {
                if within != Within::Own {
                    return self.execute(&sql, &values, within, reply);
                }
                // A failing statement aborts its transaction, so each one has its own.
                let begun = self.connection.execute_batch("BEGIN TRANSACTION READ ONLY");
                if let Err(error) = begun {
                    return drop(reply.send(Err(self.explain(&error))));
                }
                self.execute(&sql, &values, within, reply);
                // A late interrupt for the statement must not hit the end of its transaction.
                self.control.end(self.number);
                // It is over already where the statement was a COMMIT or ROLLBACK.
                let _ = self.connection.execute_batch("ROLLBACK");
            }
            Task::RollBack { reply } => {
                drop(reply.send(self.roll_back()));
            }
            Task::Check { sql, binds, reply } => {
                drop(reply.send(self.prepare(&sql, binds).map(drop)));
            }
            Task::Script { sql, reply } => {
                let result = self.connection.execute_batch(&sql).map_err(|e| self.explain(&e));
                drop(reply.send(result));
            }
            Task::Load { table, rows, reply } => {
                let result = load::load(self.connection, &table, rows)
                    .map_err(|failure| self.control.explain(self.number, failure));
                drop(reply.send(result));
            }
            Task::Query { sql, reply } => drop(reply.send(self.query(&sql))),
        }
    }

    fn roll_back(&self) -> Result<bool, Failure> {
        match self.connection.execute_batch("ROLLBACK").map_err(|error| self.explain(&error)) {
            Err(failure) if failure.message.contains(NO_TRANSACTION) => Ok(false),
            ended => ended.map(|()| true),
        }
    }

    pub(super) fn explain(&self, error: &duckdb::Error) -> Failure {
        self.control.explain(self.number, error::of(error))
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.control.is_stopped(self.number)
    }

    fn execute(&self, sql: &str, values: &[Value], within: Within, reply: Reply<Started>) {
        let started = self.begin(sql, values);
        let (statement, forms, first) = match started {
            Ok(started) => started,
            Err(failure) => {
                let failure = reason::of(self, failure, within, sql, values);
                return drop(reply.send(Err(failure)));
            }
        };
        let (sender, batches) = mpsc::channel(BATCHES_WAITING_MAX);
        if reply.send(Ok(Started { schema: forms.schema(), batches })).is_err() {
            return;
        }
        let mut next = first;
        while let Some(batch) = next {
            let formed = forms.apply(&batch);
            let failed = formed.is_err();
            // A send fails when the reader has gone; the rest is not wanted then.
            if sender.blocking_send(formed).is_err() || failed {
                return;
            }
            next = match step(&statement) {
                Ok(next) => next,
                Err(error) => {
                    let failure = self.explain(&error);
                    drop(statement);
                    let failure = reason::of(self, failure, within, sql, values);
                    let _ = sender.blocking_send(Err(failure));
                    return;
                }
            };
        }
    }

    /// Reads exactly one statement with so many parameters.
    fn prepare(&self, sql: &str, binds: usize) -> Result<Statement<'_>, Failure> {
        lexer::check_single(sql)?;
        if lexer::is_blank(sql) {
            return Err(failure::statement(SqlState::SYNTAX_ERROR, "the statement is empty"));
        }
        let statement = self.connection.prepare(sql).map_err(|error| self.explain(&error))?;
        let wanted = statement.parameter_count();
        if wanted != binds {
            return Err(error::of(&duckdb::Error::InvalidParameterCount(binds, wanted)));
        }
        Ok(statement)
    }

    /// Runs the statement to its end and forgets its rows.
    pub(super) fn drain(&self, sql: &str, values: &[Value]) -> Result<(), Failure> {
        let (statement, _, mut next) = self.begin(sql, values)?;
        while next.is_some() {
            next = step(&statement).map_err(|error| self.explain(&error))?;
        }
        Ok(())
    }

    /// Runs the statement up to its first rows.
    fn begin(
        &self,
        sql: &str,
        values: &[Value],
    ) -> Result<(Statement<'_>, Forms, Option<RecordBatch>), Failure> {
        let explain = |error: duckdb::Error| self.explain(&error);
        let mut statement = self.prepare(sql, values.len())?;
        // The iterator that this gives would panic on an error; `step` is used instead.
        drop(statement.stream_arrow(params_from_iter(values)).map_err(explain)?);
        let first = step(&statement).map_err(explain)?;
        let forms = Forms::decide(&statement.schema(), first.as_ref(), names::engine_type)?;
        Ok((statement, forms, first))
    }

    fn query(&self, sql: &str) -> Result<Vec<RecordBatch>, Failure> {
        let explain = |error: duckdb::Error| self.explain(&error);
        let mut statement = self.connection.prepare(sql).map_err(explain)?;
        drop(statement.stream_arrow([]).map_err(explain)?);
        let mut batches = Vec::new();
        while let Some(batch) = step(&statement).map_err(explain)? {
            batches.push(batch);
        }
        Ok(batches)
    }
}

/// The next rows.
fn step(statement: &Statement<'_>) -> duckdb::Result<Option<RecordBatch>> {
    Ok(statement.step()?.map(|rows| RecordBatch::from(&rows)))
}
