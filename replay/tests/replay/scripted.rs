//! An engine that does what a script says, and remembers what it was asked.

use arrow::{
    array::Int64Array,
    datatypes::{DataType, Field, Schema},
    record_batch::{RecordBatch, RecordBatchReader},
};
use async_trait::async_trait;
use engines::{Canceller, Engine, Request, ResultStream, Session, SessionSettings};
use model::{
    Dialect, EngineInfo, EngineKind, Failure, FailureClass, SqlState, catalog::CatalogTable,
};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Notify, time::sleep};

/// What the engine does with one statement.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Gives these rows after a while.
    Rows(Duration, Vec<i64>),
    /// Gives one row, then fails.
    FailMidway(Failure),
    /// Fails at once.
    Fail(Failure),
    /// Fails, and the connection is gone.
    Die(Failure),
    /// Fails, and no session can be opened any more.
    Vanish(Failure),
    /// Waits until it is cancelled.
    HangUntilCancelled,
    /// Waits for ever.
    HangForEver,
    /// Gives rows for ever.
    Endless,
    /// The driver panics.
    Panic,
}

/// A statement as the script sees it.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) sql: &'a str,
    /// How many times this text was sent before.
    pub(crate) before: usize,
}

type Script = dyn Fn(&Call<'_>) -> Act + Send + Sync;

pub(crate) struct Scripted {
    dialect: Dialect,
    script: Box<Script>,
    /// Failures to give to the next `open` calls, last first.
    pub(crate) open_failures: Mutex<Vec<Failure>>,
    /// Fail every `open` from now on.
    pub(crate) down: Mutex<Option<Failure>>,
    /// Settings of each session that was opened.
    pub(crate) opened: Mutex<Vec<SessionSettings>>,
    /// Texts in the order in which they were sent.
    pub(crate) sent: Mutex<Vec<String>>,
    /// Texts that are running now, and the largest number of them.
    running: AtomicUsize,
    pub(crate) peak: AtomicUsize,
    pub(crate) cancels: AtomicUsize,
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

pub(crate) fn failure(class: FailureClass, sqlstate: SqlState, message: &str) -> Failure {
    Failure { class, sqlstate, message: message.to_owned(), code: None, position: None }
}

pub(crate) fn transient() -> Failure {
    failure(FailureClass::Transient, SqlState::CONNECTION_FAILURE, "the connection broke")
}

pub(crate) fn down() -> Failure {
    failure(FailureClass::Unreachable, SqlState::CANNOT_CONNECT, "`db:5432` refuses connections")
}

/// The rows that a healthy engine gives for a text: the same on both sides.
pub(crate) fn rows_of(sql: &str) -> Vec<i64> {
    let sum: i64 = sql.bytes().map(i64::from).sum();
    vec![sum, -sum, i64::try_from(sql.len()).unwrap()]
}

pub(crate) fn healthy(call: &Call<'_>) -> Act {
    Act::Rows(Duration::from_millis(1), rows_of(call.sql))
}

impl Scripted {
    pub(crate) fn new(
        dialect: Dialect,
        script: impl Fn(&Call<'_>) -> Act + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            dialect,
            script: Box::new(script),
            open_failures: Mutex::default(),
            down: Mutex::default(),
            opened: Mutex::default(),
            sent: Mutex::default(),
            running: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            cancels: AtomicUsize::new(0),
        })
    }

    pub(crate) fn legacy(script: impl Fn(&Call<'_>) -> Act + Send + Sync + 'static) -> Arc<Self> {
        Self::new(Dialect::Postgres, script)
    }

    pub(crate) fn governed(script: impl Fn(&Call<'_>) -> Act + Send + Sync + 'static) -> Arc<Self> {
        Self::new(Dialect::DuckDb, script)
    }

    pub(crate) fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }

    pub(crate) fn times(&self, sql: &str) -> usize {
        self.sent().iter().filter(|text| *text == sql).count()
    }
}

pub(crate) fn info(dialect: Dialect) -> EngineInfo {
    EngineInfo {
        kind: EngineKind::Simulated,
        version: "1".to_owned(),
        dialect,
        settings: BTreeMap::new(),
    }
}

/// What [`Engine::open`] needs of the engine after it returned.
#[derive(Debug, Clone)]
struct Handle(Arc<Scripted>);

/// The engine as it is given to a runner.
pub(crate) fn engine(scripted: &Arc<Scripted>) -> Arc<dyn Engine> {
    Arc::new(Handle(Arc::clone(scripted)))
}

#[async_trait]
impl Engine for Handle {
    fn kind(&self) -> EngineKind {
        EngineKind::Simulated
    }

    fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    async fn open(&self, settings: &SessionSettings) -> Result<Box<dyn Session>, Failure> {
        if let Some(failure) = self.0.open_failures.lock().unwrap().pop() {
            return Err(failure);
        }
        if let Some(failure) = self.0.down.lock().unwrap().clone() {
            return Err(failure);
        }
        self.0.opened.lock().unwrap().push(settings.clone());
        let info = info(self.0.dialect);
        let cancelled = Arc::new(Notify::new());
        Ok(Box::new(ScriptedSession { engine: Arc::clone(&self.0), info, cancelled, dead: false }))
    }
}

struct ScriptedSession {
    engine: Arc<Scripted>,
    info: EngineInfo,
    cancelled: Arc<Notify>,
    dead: bool,
}

/// Counts a running statement for as long as it lives.
struct Running(Arc<Scripted>);

impl Running {
    fn new(engine: &Arc<Scripted>) -> Self {
        let now = engine.running.fetch_add(1, Ordering::SeqCst) + 1;
        engine.peak.fetch_max(now, Ordering::SeqCst);
        Self(Arc::clone(engine))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

fn schema() -> Arc<Schema> {
    Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, true)]))
}

fn batch(rows: Vec<i64>) -> RecordBatch {
    RecordBatch::try_new(schema(), vec![Arc::new(Int64Array::from(rows))]).unwrap()
}

#[async_trait]
impl Session for ScriptedSession {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    async fn execute(&mut self, request: Request) -> Result<ResultStream, Failure> {
        use futures::StreamExt as _;
        assert!(!self.dead, "a dead session must not be used again");
        let before = self.engine.times(&request.sql);
        self.engine.sent.lock().unwrap().push(request.sql.clone());
        let running = Running::new(&self.engine);
        let batches = match (self.engine.script)(&Call { sql: &request.sql, before }) {
            Act::Rows(delay, rows) => {
                sleep(delay).await;
                futures::stream::iter([Ok(batch(rows))]).boxed()
            }
            Act::FailMidway(failure) => {
                futures::stream::iter([Ok(batch(vec![1])), Err(failure)]).boxed()
            }
            Act::Fail(failure) => return Err(failure),
            Act::Die(failure) => {
                self.dead = true;
                return Err(failure);
            }
            Act::Vanish(failure) => {
                self.dead = true;
                *self.engine.down.lock().unwrap() = Some(failure.clone());
                return Err(failure);
            }
            Act::HangUntilCancelled => {
                self.cancelled.notified().await;
                let state = SqlState::QUERY_CANCELED;
                return Err(failure(FailureClass::Resource, state, "canceling on user request"));
            }
            Act::HangForEver => {
                std::future::pending::<()>().await;
                return Err(transient());
            }
            Act::Endless => futures::stream::repeat_with(|| Ok(batch(vec![0; 1000]))).boxed(),
            Act::Panic => panic!("scripted panic"),
        };
        let batches = batches.inspect(move |_| {
            let _ = &running;
        });
        Ok(ResultStream::new(schema(), request.sql, batches.boxed()))
    }

    async fn run_script(&mut self, _sql: &str) -> Result<(), Failure> {
        panic!("replay never runs a script")
    }

    async fn load(
        &mut self,
        _table: &CatalogTable,
        _rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, Failure> {
        panic!("replay never loads")
    }

    async fn catalog(&mut self) -> Result<Vec<CatalogTable>, Failure> {
        Ok(vec![])
    }

    fn canceller(&self) -> Canceller {
        let (cancelled, engine) = (Arc::clone(&self.cancelled), Arc::clone(&self.engine));
        Canceller::new(move || {
            let (cancelled, engine) = (Arc::clone(&cancelled), Arc::clone(&engine));
            Box::pin(async move {
                engine.cancels.fetch_add(1, Ordering::SeqCst);
                cancelled.notify_one();
            })
        })
    }

    fn is_usable(&self) -> bool {
        !self.dead
    }
}
