//! An engine that answers by script, for tests: rows, failures, delays and hangs for named
//! statements, and faults drawn from a seed. It opens, streams, times out, cancels and loses its
//! connection like a real one.
//!
//! What is drawn for a statement depends on the seed, its text and how often it ran before, not on
//! the order among sessions; so a run with the same seed meets the same faults however it is
//! scheduled.

mod draw;
mod session;

use crate::interface::{Engine, Request, Session, SessionSettings};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use async_trait::async_trait;
use model::{Dialect, EngineKind, Failure, catalog::CatalogTable};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// What a statement answers.
#[derive(Debug, Clone)]
pub enum Scripted {
    /// These rows.
    Rows {
        /// Schema of all batches.
        schema: SchemaRef,
        /// The batches, one stream item each.
        batches: Vec<RecordBatch>,
    },
    /// This failure, before any row.
    Fail(Failure),
    /// These rows, and then this failure.
    RowsThenFail {
        /// Schema of all batches.
        schema: SchemaRef,
        /// The batches before the failure.
        batches: Vec<RecordBatch>,
        /// How the stream ends.
        failure: Failure,
    },
    /// Nothing, until it is cancelled or its time is up.
    Hang,
    /// The other answer, this much later.
    Delay(Duration, Box<Scripted>),
    /// The first answer the first time, and so on; the last one from then on.
    InTurn(Vec<Scripted>),
}

impl Scripted {
    /// One batch of rows.
    pub fn rows(batch: RecordBatch) -> Self {
        Self::Rows { schema: batch.schema(), batches: vec![batch] }
    }
}

/// Collects the script of a [`Simulated`] engine.
#[derive(Debug)]
pub struct SimulatedBuilder {
    script: Script,
}

#[derive(Debug)]
struct Script {
    dialect: Dialect,
    answers: BTreeMap<String, Scripted>,
    otherwise: Option<Scripted>,
    catalog: Vec<CatalogTable>,
    open_failure: Option<Failure>,
    seed: u64,
    fault_rate: f64,
    delay_max: Duration,
}

impl SimulatedBuilder {
    /// The dialect it claims to read; PostgreSQL unless said.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.script.dialect = dialect;
        self
    }

    /// What exactly this text answers.
    #[must_use]
    pub fn on(mut self, sql: impl Into<String>, answer: Scripted) -> Self {
        self.script.answers.insert(sql.into(), answer);
        self
    }

    /// What every other text answers; without it, a failure with SQLSTATE 42601.
    #[must_use]
    pub fn otherwise(mut self, answer: Scripted) -> Self {
        self.script.otherwise = Some(answer);
        self
    }

    /// The tables that its sessions report, besides those loaded.
    #[must_use]
    pub fn catalog(mut self, tables: Vec<CatalogTable>) -> Self {
        self.script.catalog = tables;
        self
    }

    /// Lets every attempt to open a session fail.
    #[must_use]
    pub fn open_failure(mut self, failure: Failure) -> Self {
        self.script.open_failure = Some(failure);
        self
    }

    /// Seed for faults and delays.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.script.seed = seed;
        self
    }

    /// Probability, 0 to 1, that a statement meets a fault: a lost connection, a lost connection
    /// after its first rows, or a serialization failure.
    #[must_use]
    pub fn fault_rate(mut self, rate: f64) -> Self {
        self.script.fault_rate = rate.clamp(0.0, 1.0);
        self
    }

    /// Every statement waits for a drawn time up to this.
    #[must_use]
    pub fn delay_max(mut self, delay: Duration) -> Self {
        self.script.delay_max = delay;
        self
    }

    /// The engine.
    pub fn build(self) -> Simulated {
        Simulated {
            shared: Arc::new(Shared { script: self.script, seen: Mutex::new(Seen::default()) }),
        }
    }
}

/// The scripted engine. Clones share script and counts.
#[derive(Clone)]
pub struct Simulated {
    shared: Arc<Shared>,
}

struct Shared {
    script: Script,
    seen: Mutex<Seen>,
}

/// What happened so far.
#[derive(Debug, Default)]
struct Seen {
    requests: Vec<Request>,
    times: BTreeMap<String, u64>,
    opened: u64,
    faults: u64,
    cancels: u64,
    loaded: Vec<(CatalogTable, u64)>,
    scripts: Vec<String>,
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Simulated {
    /// An empty script.
    pub fn builder() -> SimulatedBuilder {
        SimulatedBuilder {
            script: Script {
                dialect: Dialect::Postgres,
                answers: BTreeMap::new(),
                otherwise: None,
                catalog: Vec::new(),
                open_failure: None,
                seed: 0,
                fault_rate: 0.0,
                delay_max: Duration::ZERO,
            },
        }
    }

    /// How many statements arrived, over all sessions.
    pub fn calls(&self) -> u64 {
        self.shared.seen().requests.len() as u64
    }

    /// How often exactly this text arrived.
    pub fn calls_of(&self, sql: &str) -> u64 {
        self.shared.seen().times.get(sql).copied().unwrap_or(0)
    }

    /// Every statement that arrived, in order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.seen().requests.clone()
    }

    /// How many sessions were asked for, refused ones included.
    pub fn opened(&self) -> u64 {
        self.shared.seen().opened
    }

    /// How many statements met a drawn fault.
    pub fn faults(&self) -> u64 {
        self.shared.seen().faults
    }

    /// How many statements were cancelled while they ran.
    pub fn cancels(&self) -> u64 {
        self.shared.seen().cancels
    }

    /// Every script that [`Session::run_script`] was given.
    pub fn scripts(&self) -> Vec<String> {
        self.shared.seen().scripts.clone()
    }
}

impl fmt::Debug for Simulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Simulated({} statements scripted)", self.shared.script.answers.len())
    }
}

#[async_trait]
impl Engine for Simulated {
    fn kind(&self) -> EngineKind {
        EngineKind::Simulated
    }

    fn dialect(&self) -> Dialect {
        self.shared.script.dialect
    }

    async fn open(&self, settings: &SessionSettings) -> Result<Box<dyn Session>, Failure> {
        self.shared.seen().opened += 1;
        match &self.shared.script.open_failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(Box::new(session::SimulatedSession::new(&self.shared, settings))),
        }
    }
}
