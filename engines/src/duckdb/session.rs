//! One connection as a session.

use super::{
    binds, catalog,
    control::{Control, Submitted},
    worker::{self, Batches, Command, Started, Task, Within},
};
use crate::{
    failure,
    interface::{Access, Canceller, Request, ResultStream, Session, SessionSettings},
    lexer,
    reader::check_columns,
};
use arrow::{
    array::AsArray as _,
    record_batch::{RecordBatch, RecordBatchReader},
};
use async_trait::async_trait;
use duckdb::Connection;
use futures::StreamExt as _;
use model::{Dialect, EngineInfo, EngineKind, Failure, FailureClass, catalog::CatalogTable};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot};

/// Settings that are recorded.
const RECORDED: &str = "'TimeZone', 'Calendar', 'threads', 'memory_limit', 'default_null_order', \
    'default_order', 'integer_division', 'enable_external_access', 'lock_configuration', \
    'search_path', 'preserve_insertion_order', 'arrow_lossless_conversion', \
    'autoinstall_known_extensions', 'autoload_known_extensions', 'access_mode'";

pub(super) struct DuckDbSession {
    commands: mpsc::Sender<Command>,
    control: Arc<Control>,
    info: EngineInfo,
    statement_timeout: Option<Duration>,
    read_only: bool,
    transaction: Option<Access>,
}

impl DuckDbSession {
    pub(super) async fn open(
        connection: Connection,
        settings: &SessionSettings,
        locked_zone: Option<String>,
    ) -> Result<Self, Failure> {
        let version = connection.version().map_err(|error| super::error::of(&error))?;
        let control = Control::new(connection.interrupt_handle());
        let commands = worker::start(connection, Arc::clone(&control)).map_err(|error| {
            failure::session_lost(format!("no thread for a DuckDB session: {error}"))
        })?;
        let mut session = Self {
            commands,
            control,
            info: EngineInfo {
                kind: EngineKind::DuckDb,
                version,
                dialect: Dialect::DuckDb,
                settings: BTreeMap::new(),
            },
            statement_timeout: settings.statement_timeout,
            read_only: settings.read_only,
            transaction: None,
        };
        session
            .pin(settings, locked_zone)
            .await
            .map_err(|failure| Failure { class: FailureClass::Unreachable, ..failure })?;
        let recorded = session
            .query(format!(
                "SELECT name, coalesce(value, '') FROM duckdb_settings() WHERE name IN ({RECORDED})"
            ))
            .await?;
        for batch in &recorded {
            let [names, values] = batch.columns() else { continue };
            let pairs = names.as_string::<i32>().iter().zip(values.as_string::<i32>());
            for (name, value) in pairs {
                if let (Some(name), Some(value)) = (name, value) {
                    session.info.settings.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        let pinned = settings.statement_timeout.map_or(0, |limit| limit.as_millis());
        session.info.settings.insert("statement_timeout_ms".to_owned(), pinned.to_string());
        session.info.settings.insert("read_only".to_owned(), settings.read_only.to_string());
        Ok(session)
    }

    async fn pin(
        &mut self,
        settings: &SessionSettings,
        locked_zone: Option<String>,
    ) -> Result<(), Failure> {
        let zone = &settings.time_zone;
        match locked_zone {
            Some(locked) if locked == *zone => {}
            Some(locked) => {
                return Err(failure::failure(
                    FailureClass::Unreachable,
                    model::SqlState::INSUFFICIENT_PRIVILEGE,
                    format!(
                        "the database is locked with the time zone `{locked}`, the session asks for `{zone}`; \
                         lock it down with the time zone of the run"
                    ),
                ));
            }
            None => self.script(format!("SET TimeZone = {}", literal(zone))).await?,
        }
        if !settings.search_path.is_empty() {
            let path: Vec<String> = settings
                .search_path
                .iter()
                .map(|name| format!("\"{}\"", name.replace('"', "\"\"")))
                .collect();
            self.script(format!("SET search_path = {}", literal(&path.join(",")))).await?;
        }
        Ok(())
    }

    async fn script(&mut self, sql: String) -> Result<(), Failure> {
        let (reply, answer) = oneshot::channel();
        let submitted = self.submit(Task::Script { sql, reply }).await?;
        finish(submitted, answer).await
    }

    async fn query(&mut self, sql: String) -> Result<Vec<RecordBatch>, Failure> {
        let (reply, answer) = oneshot::channel();
        let submitted = self.submit(Task::Query { sql, reply }).await?;
        finish(submitted, answer).await
    }

    async fn submit(&self, task: Task) -> Result<Submitted, Failure> {
        let submitted = self.control.submit(self.statement_timeout);
        let command = Command { number: submitted.number(), task };
        match self.commands.send(command).await {
            Ok(()) => Ok(submitted),
            Err(_) => Err(gone()),
        }
    }
}

fn gone() -> Failure {
    failure::session_lost("the thread of the DuckDB session has ended; open a new session")
}

async fn receive<T>(answer: oneshot::Receiver<Result<T, Failure>>) -> Result<T, Failure> {
    answer.await.unwrap_or_else(|_| Err(gone()))
}

/// Waits for the only answer of a task.
async fn finish<T>(
    submitted: Submitted,
    answer: oneshot::Receiver<Result<T, Failure>>,
) -> Result<T, Failure> {
    let result = receive(answer).await;
    submitted.ended();
    result
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[async_trait]
impl Session for DuckDbSession {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    async fn execute(&mut self, request: Request) -> Result<ResultStream, Failure> {
        let (sql, values) = binds::prepare(&request.sql, &request.binds)?;
        if self.transaction == Some(Access::ReadWrite) {
            lexer::check_undone(&sql)?;
        }
        let (reply, answer) = oneshot::channel();
        let within = match (self.transaction, self.read_only) {
            (Some(Access::ReadOnly), _) => Within::Reading,
            (Some(Access::ReadWrite), _) => Within::Writing,
            (None, true) => Within::Own,
            (None, false) => Within::Nothing,
        };
        let task = Task::Execute { sql: sql.clone(), values, within, reply };
        let submitted = self.submit(task).await?;
        let Started { schema, batches } = match receive(answer).await {
            Ok(started) => started,
            Err(failure) => {
                submitted.ended();
                return Err(failure);
            }
        };
        let stream = futures::stream::unfold(Some((batches, submitted)), next);
        Ok(ResultStream::new(schema, sql, stream.boxed()))
    }

    async fn check(&mut self, request: &Request) -> Result<(), Failure> {
        let (sql, values) = binds::prepare(&request.sql, &request.binds)?;
        let (reply, answer) = oneshot::channel();
        let submitted = self.submit(Task::Check { sql, binds: values.len(), reply }).await?;
        finish(submitted, answer).await
    }

    async fn begin(&mut self, access: Access) -> Result<bool, Failure> {
        let kind = match access {
            Access::ReadOnly => "READ ONLY",
            Access::ReadWrite => "READ WRITE",
        };
        self.script(format!("BEGIN TRANSACTION {kind}")).await?;
        self.transaction = Some(access);
        Ok(true)
    }

    async fn roll_back(&mut self) -> Result<(), Failure> {
        let Some(access) = self.transaction.take() else { return Ok(()) };
        let (reply, answer) = oneshot::channel();
        let submitted = self.submit(Task::RollBack { reply }).await?;
        let was_open = finish(submitted, answer).await?;
        if access == Access::ReadWrite && !was_open {
            return Err(failure::internal(
                "a transaction that was to be rolled back had been ended by something else"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    async fn run_script(&mut self, sql: &str) -> Result<(), Failure> {
        self.script(sql.to_owned()).await
    }

    async fn load(
        &mut self,
        table: &CatalogTable,
        rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, Failure> {
        check_columns(table, &rows.schema())?;
        let (reply, answer) = oneshot::channel();
        let task = Task::Load { table: table.clone(), rows, reply };
        let submitted = self.submit(task).await?;
        finish(submitted, answer).await
    }

    async fn catalog(&mut self) -> Result<Vec<CatalogTable>, Failure> {
        let batches = self.query(catalog::QUERY.to_owned()).await?;
        catalog::read(&batches)
    }

    fn canceller(&self) -> Canceller {
        let control = Arc::clone(&self.control);
        Canceller::new(move || {
            control.stop_latest();
            Box::pin(std::future::ready(()))
        })
    }

    fn is_usable(&self) -> bool {
        !self.commands.is_closed()
    }
}

type Reading = Option<(Batches, Submitted)>;

/// The stream ends after the first failure.
async fn next(reading: Reading) -> Option<(Result<RecordBatch, Failure>, Reading)> {
    let (mut batches, submitted) = reading?;
    match batches.recv().await {
        Some(Ok(batch)) => Some((Ok(batch), Some((batches, submitted)))),
        Some(Err(failure)) => {
            submitted.ended();
            Some((Err(failure), None))
        }
        None => {
            submitted.ended();
            None
        }
    }
}
