//! An engine that answers by the name of the table and counts what it is asked.

use arrow::{
    array::{ArrayRef, Int64Array},
    record_batch::{RecordBatch, RecordBatchReader},
};
use async_trait::async_trait;
use engines::{Canceller, Engine, Request, ResultStream, Session, SessionSettings};
use futures::{StreamExt as _, stream};
use model::{
    Dialect, EngineInfo, EngineKind, Failure, FailureClass, SqlState, catalog::CatalogTable,
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

/// What the engine puts into its messages, like a value that a policy would hide.
pub(crate) const SECRET: &str = "secret-value-4711";

#[derive(Debug, Default)]
pub(crate) struct Calls {
    executed: AtomicUsize,
    others: AtomicUsize,
    texts: Mutex<Vec<String>>,
}

impl Calls {
    /// Statements that reached the engine.
    pub(crate) fn executed(&self) -> usize {
        self.executed.load(Ordering::SeqCst)
    }

    /// Scripts, loads and catalog questions that reached the engine.
    pub(crate) fn others(&self) -> usize {
        self.others.load(Ordering::SeqCst)
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.texts.lock().unwrap().clone()
    }
}

/// Tables: `rows_N` gives N rows in batches of 1000, `fails` fails, `fails_late` fails after two
/// batches, `hangs` never ends, `hangs_late` never ends after a batch; anything else gives 3 rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct SpyEngine {
    pub(crate) calls: Arc<Calls>,
}

#[async_trait]
impl Engine for SpyEngine {
    fn kind(&self) -> EngineKind {
        EngineKind::Simulated
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn open(&self, _settings: &SessionSettings) -> Result<Box<dyn Session>, Failure> {
        let info = EngineInfo {
            kind: EngineKind::Simulated,
            version: "1".to_owned(),
            dialect: Dialect::Postgres,
            settings: BTreeMap::from([("TimeZone".to_owned(), "UTC".to_owned())]),
        };
        Ok(Box::new(SpySession { info, calls: Arc::clone(&self.calls) }))
    }
}

struct SpySession {
    info: EngineInfo,
    calls: Arc<Calls>,
}

fn failure() -> Failure {
    Failure {
        class: FailureClass::Statement,
        sqlstate: SqlState::DIVISION_BY_ZERO,
        message: format!("division of {SECRET} by zero"),
        code: None,
        position: Some(7),
    }
}

fn batch(rows: i64) -> RecordBatch {
    let column = Arc::new(Int64Array::from_iter_values(0..rows)) as ArrayRef;
    RecordBatch::try_from_iter([("x", column)]).unwrap()
}

fn rows_of(sql: &str) -> i64 {
    let Some((_, rest)) = sql.split_once("rows_") else { return 3 };
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(3)
}

#[async_trait]
impl Session for SpySession {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    async fn execute(&mut self, request: Request) -> Result<ResultStream, Failure> {
        self.calls.executed.fetch_add(1, Ordering::SeqCst);
        self.calls.texts.lock().unwrap().push(request.sql.clone());
        let sql = request.sql.as_str();
        let schema = batch(0).schema();
        let batches = if sql.contains("fails_late") {
            stream::iter([Ok(batch(1)), Ok(batch(1)), Err(failure())]).boxed()
        } else if sql.contains("fails") {
            return Err(failure());
        } else if sql.contains("hangs_late") {
            stream::iter([Ok(batch(1))]).chain(stream::pending()).boxed()
        } else if sql.contains("hangs") {
            std::future::pending().await
        } else {
            let rows = rows_of(sql);
            let whole = std::iter::repeat_n(1000, usize::try_from(rows / 1000).unwrap());
            let sizes: Vec<i64> = whole.chain((rows % 1000 > 0).then_some(rows % 1000)).collect();
            stream::iter(sizes).map(|rows| Ok(batch(rows))).boxed()
        };
        Ok(ResultStream::new(schema, request.sql, batches))
    }

    async fn run_script(&mut self, _sql: &str) -> Result<(), Failure> {
        self.calls.others.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn load(
        &mut self,
        _table: &CatalogTable,
        _rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, Failure> {
        self.calls.others.fetch_add(1, Ordering::SeqCst);
        Ok(0)
    }

    async fn catalog(&mut self) -> Result<Vec<CatalogTable>, Failure> {
        self.calls.others.fetch_add(1, Ordering::SeqCst);
        Ok(vec![CatalogTable {
            database: None,
            schema: None,
            name: "t".to_owned(),
            columns: vec![],
            keys: vec![],
        }])
    }

    fn canceller(&self) -> Canceller {
        Canceller::new(|| Box::pin(async {}))
    }

    fn is_usable(&self) -> bool {
        true
    }
}
