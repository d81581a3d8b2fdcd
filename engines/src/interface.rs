//! The one interface over all engines.

use arrow::{
    datatypes::SchemaRef,
    record_batch::{RecordBatch, RecordBatchReader},
};
use async_trait::async_trait;
use futures::{Stream, StreamExt as _, future::BoxFuture, stream::BoxStream};
use model::{
    Bind, Changes, Dialect, EngineInfo, EngineKind, Failure, FailureClass, SqlState,
    catalog::CatalogTable,
};
use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

/// A database that sessions can be opened on. Cheap to share.
#[async_trait]
pub trait Engine: Send + Sync + fmt::Debug {
    /// What it is.
    fn kind(&self) -> EngineKind;

    /// The dialect it reads.
    fn dialect(&self) -> Dialect;

    /// Opens a session with pinned settings.
    ///
    /// # Errors
    /// [`FailureClass::Unreachable`] where the engine cannot be reached or refuses the login; the
    /// message names the address and what to check, never a password.
    async fn open(&self, settings: &SessionSettings) -> Result<Box<dyn Session>, Failure>;
}

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Read one state of the data.
    ReadOnly,
    /// Change rows, too, until it is rolled back.
    ReadWrite,
}

/// One session. Statements run one after the other.
#[async_trait]
pub trait Session: Send {
    /// Engine, version and the settings in force, as the engine reported them.
    fn info(&self) -> &EngineInfo;

    /// Runs one statement and streams its rows.
    ///
    /// The stream must be read to its end or dropped before the next call; dropping it cancels the
    /// statement.
    ///
    /// # Errors
    /// Failures before the first row. Later ones are items of the stream; after one the stream
    /// ends and the rows before it must not be used as a result.
    async fn execute(&mut self, request: Request) -> Result<ResultStream, Failure>;

    /// Reads one statement as far as its names and types, without running it: does it bind?
    ///
    /// An engine that cannot tell without running it says nothing.
    ///
    /// # Errors
    /// What does not bind, as [`Session::execute`] would say it; or that the session cannot be used.
    async fn check(&mut self, request: &Request) -> Result<(), Failure> {
        let _ = request;
        Ok(())
    }

    /// Begins a transaction, in which statements see one state of the data, until
    /// [`Session::roll_back`]; nothing ever commits it. One that may write does so in a session
    /// that is [`SessionSettings::read_only`], too.
    ///
    /// Gives false, and does nothing, where the engine has no transactions.
    ///
    /// # Errors
    /// The engine refuses it, or the session cannot be used.
    async fn begin(&mut self, access: Access) -> Result<bool, Failure> {
        let _ = access;
        Ok(false)
    }

    /// Ends the transaction and undoes what was changed in it; nothing where none is open. A
    /// statement that fails does not end it, but the engine may refuse all others until then.
    ///
    /// # Errors
    /// The session cannot be used. The engine ends the transaction with it.
    async fn roll_back(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Runs statements that set something up (DDL, INSERT), separated by semicolons; rows are
    /// thrown away. For corpora and tests; replay never calls it.
    async fn run_script(&mut self, sql: &str) -> Result<(), Failure>;

    /// Creates `table` (replacing one of the same name) and fills it in bulk. Gives the row count.
    ///
    /// `table` names the columns with PostgreSQL types; `rows` has one Arrow column for each, in
    /// order, of the type that this crate would return for it.
    async fn load(
        &mut self,
        table: &CatalogTable,
        rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, Failure>;

    /// The tables and views that a statement of this session can name, without system schemas.
    async fn catalog(&mut self) -> Result<Vec<CatalogTable>, Failure>;

    /// A handle that cancels the running statement from another task.
    fn canceller(&self) -> Canceller;

    /// False once the session cannot run anything any more (connection lost, thread gone).
    fn is_usable(&self) -> bool;
}

/// Settings that every engine pins in its own way, so that the same statement means the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSettings {
    /// IANA time zone of the session.
    pub time_zone: String,
    /// Schemas searched for unqualified names; empty keeps the engine's default.
    pub search_path: Vec<String>,
    /// Refuse writes on the engine's side too, where it can. The write guard comes before.
    pub read_only: bool,
    /// Limit for each statement on the engine's side, where it has one.
    pub statement_timeout: Option<Duration>,
    /// The captured user whose statements this session runs; a governed engine checks it.
    pub principal: Option<String>,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            time_zone: "UTC".to_owned(),
            search_path: Vec::new(),
            read_only: false,
            statement_timeout: None,
            principal: None,
        }
    }
}

/// One statement to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The text: exactly one statement.
    pub sql: String,
    /// The dialect that the text claims to be in. A raw engine runs the text as it is; the governed
    /// pipeline translates from it.
    pub dialect: Dialect,
    /// Bound parameters, `$1` first.
    pub binds: Vec<Bind>,
    /// What it is expected to change; absent for a read, which then changes nothing in a transaction
    /// that may write either, where the engine can see to that. The number of changed rows is one row
    /// with one column `Count` of 64 bits, as DuckDB gives it, on every engine.
    pub changes: Option<Changes>,
}

impl Request {
    /// A statement without parameters.
    pub fn new(sql: impl Into<String>, dialect: Dialect) -> Self {
        Self::bound(sql, dialect, Vec::new())
    }

    /// A statement with parameters, `$1` first.
    pub fn bound(sql: impl Into<String>, dialect: Dialect, binds: Vec<Bind>) -> Self {
        Self { sql: sql.into(), dialect, binds, changes: None }
    }
}

/// Rows on their way, as Arrow record batches of one schema.
pub struct ResultStream {
    schema: SchemaRef,
    executed_sql: String,
    batches: BoxStream<'static, Result<RecordBatch, Failure>>,
}

impl ResultStream {
    /// A stream of `batches`, all of `schema`, made by running `executed_sql`.
    pub fn new(
        schema: SchemaRef,
        executed_sql: impl Into<String>,
        batches: BoxStream<'static, Result<RecordBatch, Failure>>,
    ) -> Self {
        Self { schema, executed_sql: executed_sql.into(), batches }
    }

    /// Names and types of the columns.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// The text that reached the engine.
    pub fn executed_sql(&self) -> &str {
        &self.executed_sql
    }

    /// Takes it apart, for wrappers that look at the batches on their way.
    pub fn into_parts(
        self,
    ) -> (SchemaRef, String, BoxStream<'static, Result<RecordBatch, Failure>>) {
        (self.schema, self.executed_sql, self.batches)
    }

    /// Reads everything into memory.
    ///
    /// # Errors
    /// The stream's own failure, or [`FailureClass::Resource`] once more than `bytes_max` bytes of
    /// Arrow memory have arrived; the rest is not read then.
    pub async fn collect(mut self, bytes_max: usize) -> Result<ResultSet, Failure> {
        let mut batches = Vec::new();
        let mut bytes = 0_usize;
        while let Some(batch) = self.batches.next().await {
            let batch = batch?;
            bytes = bytes.saturating_add(batch.get_array_memory_size());
            if bytes > bytes_max {
                return Err(Failure {
                    class: FailureClass::Resource,
                    sqlstate: SqlState::OUT_OF_MEMORY,
                    message: format!(
                        "the result is larger than {bytes_max} bytes; raise `result_bytes_max` or narrow the statement"
                    ),
                    code: None,
                    position: None,
                });
            }
            batches.push(batch);
        }
        Ok(ResultSet { schema: self.schema, executed_sql: self.executed_sql, batches })
    }
}

impl fmt::Debug for ResultStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultStream")
            .field("schema", &self.schema)
            .field("executed_sql", &self.executed_sql)
            .finish_non_exhaustive()
    }
}

impl Stream for ResultStream {
    type Item = Result<RecordBatch, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.batches.poll_next_unpin(cx)
    }
}

/// A complete result in memory.
#[derive(Debug, Clone)]
pub struct ResultSet {
    /// Names and types of the columns.
    pub schema: SchemaRef,
    /// The text that reached the engine.
    pub executed_sql: String,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl ResultSet {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Arrow memory held, in bytes.
    pub fn bytes(&self) -> usize {
        self.batches.iter().map(RecordBatch::get_array_memory_size).sum()
    }
}

type CancelFn = dyn Fn() -> BoxFuture<'static, ()> + Send + Sync;

/// Cancels the statement that its session is running; harmless when there is none.
#[derive(Clone)]
pub struct Canceller(Arc<CancelFn>);

impl Canceller {
    /// A canceller that runs `cancel`.
    pub fn new(cancel: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        Self(Arc::new(cancel))
    }

    /// Asks the engine to stop. The running statement then fails with SQLSTATE 57014.
    pub async fn cancel(&self) {
        (self.0)().await;
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canceller")
    }
}
