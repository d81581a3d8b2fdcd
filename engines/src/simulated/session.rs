//! A session of the scripted engine.

use super::{
    Scripted, Shared,
    draw::{Draw, Fault},
};
use crate::{
    failure,
    interface::{Canceller, Request, ResultStream, Session, SessionSettings},
    reader::{AsyncReader, check_columns},
};
use arrow::{
    datatypes::{Schema, SchemaRef},
    record_batch::{RecordBatch, RecordBatchReader},
};
use async_trait::async_trait;
use futures::StreamExt as _;
use model::{EngineInfo, EngineKind, Failure, FailureClass, SqlState, catalog::CatalogTable};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

pub(super) struct SimulatedSession {
    shared: Arc<Shared>,
    info: EngineInfo,
    statement_timeout: Option<Duration>,
    stop: Arc<Mutex<Option<watch::Sender<bool>>>>,
    lost: Arc<AtomicBool>,
}

impl SimulatedSession {
    pub(super) fn new(shared: &Arc<Shared>, settings: &SessionSettings) -> Self {
        let recorded = [
            ("time_zone", settings.time_zone.clone()),
            ("search_path", settings.search_path.join(", ")),
            ("read_only", settings.read_only.to_string()),
            ("seed", shared.script.seed.to_string()),
        ];
        Self {
            shared: Arc::clone(shared),
            info: EngineInfo {
                kind: EngineKind::Simulated,
                version: env!("CARGO_PKG_VERSION").to_owned(),
                dialect: shared.script.dialect,
                settings: recorded
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<BTreeMap<_, _>>(),
            },
            statement_timeout: settings.statement_timeout,
            stop: Arc::new(Mutex::new(None)),
            lost: Arc::new(AtomicBool::new(false)),
        }
    }

    /// Counts the call, and says how often the text ran before.
    fn record(&self, request: Request) -> u64 {
        let mut seen = self.shared.seen();
        let time = seen.times.entry(request.sql.clone()).or_insert(0);
        let before = *time;
        *time += 1;
        seen.requests.push(request);
        before
    }

    fn answer(&self, sql: &str, time: u64) -> Play {
        let script = &self.shared.script;
        let scripted = script.answers.get(sql).or(script.otherwise.as_ref());
        let mut play = match scripted {
            Some(scripted) => Play::of(scripted, time),
            None => Play::failing(failure::statement(
                SqlState::SYNTAX_ERROR,
                format!("no answer is scripted for `{sql}`"),
            )),
        };
        let mut draw = Draw::new(script.seed, sql, time);
        let fault = draw.fault(script.fault_rate);
        play.delay += draw.delay(script.delay_max);
        if let Some(fault) = fault {
            self.shared.seen().faults += 1;
            play.meet(fault);
        }
        play
    }
}

/// What will happen, unrolled.
struct Play {
    delay: Duration,
    schema: SchemaRef,
    batches: VecDeque<RecordBatch>,
    end: End,
}

enum End {
    Done,
    Fail(Failure),
    Hang,
}

impl Play {
    fn failing(failure: Failure) -> Self {
        Self {
            delay: Duration::ZERO,
            schema: Arc::new(Schema::empty()),
            batches: VecDeque::new(),
            end: End::Fail(failure),
        }
    }

    fn of(scripted: &Scripted, time: u64) -> Self {
        let rows = |schema: &SchemaRef, batches: &[RecordBatch], end: End| Self {
            delay: Duration::ZERO,
            schema: Arc::clone(schema),
            batches: batches.iter().cloned().collect(),
            end,
        };
        match scripted {
            Scripted::Rows { schema, batches } => rows(schema, batches, End::Done),
            Scripted::RowsThenFail { schema, batches, failure } => {
                rows(schema, batches, End::Fail(failure.clone()))
            }
            Scripted::Fail(failure) => Self::failing(failure.clone()),
            Scripted::Hang => Self { end: End::Hang, ..Self::failing(failure::cancelled()) },
            Scripted::Delay(delay, then) => {
                let mut play = Self::of(then, time);
                play.delay += *delay;
                play
            }
            Scripted::InTurn(answers) => {
                let index = usize::try_from(time).unwrap_or(usize::MAX);
                match answers.get(index).or(answers.last()) {
                    Some(answer) => Self::of(answer, time),
                    None => Self::failing(failure::internal("an empty list of answers")),
                }
            }
        }
    }

    fn meet(&mut self, fault: Fault) {
        let lost = || failure::session_lost("the simulated connection was lost");
        match fault {
            Fault::Lost => {
                self.batches.clear();
                self.end = End::Fail(lost());
            }
            Fault::LostLater => {
                self.batches.truncate(1);
                self.end = End::Fail(lost());
            }
            Fault::Serialization => {
                self.batches.clear();
                self.end = End::Fail(failure::failure(
                    FailureClass::Transient,
                    SqlState::parse("40001").unwrap_or(SqlState::CONNECTION_FAILURE),
                    "could not serialize access (simulated)",
                ));
            }
        }
    }
}

/// A play on stage.
struct Stage {
    play: Play,
    shared: Arc<Shared>,
    stopped: watch::Receiver<bool>,
    deadline: Option<Instant>,
    lost: Arc<AtomicBool>,
    over: bool,
}

impl Stage {
    /// Waits for `work`, unless a cancel or the deadline comes first.
    async fn hold<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Failure> {
        let deadline = self.deadline;
        let timer = async {
            match deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let asked = async {
            if self.stopped.wait_for(|stopped| *stopped).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let failure = tokio::select! {
            biased;
            () = asked => failure::cancelled(),
            () = timer => failure::timed_out(),
            done = work => return Ok(done),
        };
        self.over = true;
        self.shared.seen().cancels += 1;
        Err(failure)
    }

    async fn next(&mut self) -> Option<Result<RecordBatch, Failure>> {
        if self.over {
            return None;
        }
        let batch = self.play.batches.pop_front();
        // A point where cancels are noticed, as a real engine has between batches.
        if let Err(failure) = self.hold(tokio::task::yield_now()).await {
            return Some(Err(failure));
        }
        if let Some(batch) = batch {
            return Some(Ok(batch));
        }
        self.over = true;
        match std::mem::replace(&mut self.play.end, End::Done) {
            End::Done => None,
            End::Fail(failure) => {
                if failure.sqlstate.class() == "08" {
                    self.lost.store(true, Ordering::SeqCst);
                }
                Some(Err(failure))
            }
            End::Hang => {
                let forever = std::future::pending::<()>();
                self.hold(forever).await.err().map(Err)
            }
        }
    }
}

#[async_trait]
impl Session for SimulatedSession {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    async fn execute(&mut self, request: Request) -> Result<ResultStream, Failure> {
        if !self.is_usable() {
            return Err(failure::session_lost("the simulated session is lost"));
        }
        let (sender, stopped) = watch::channel(false);
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        let sql = request.sql.clone();
        let time = self.record(request);
        let mut stage = Stage {
            play: self.answer(&sql, time),
            shared: Arc::clone(&self.shared),
            stopped,
            deadline: self.statement_timeout.map(|limit| Instant::now() + limit),
            lost: Arc::clone(&self.lost),
            over: false,
        };
        let delay = stage.play.delay;
        if !delay.is_zero() {
            // A timer of no time waits for the next tick, which is a millisecond.
            stage.hold(sleep(delay)).await?;
        }
        // A failure before the first row is the statement's, not the stream's.
        let first = stage.next().await.transpose()?;
        let schema = Arc::clone(&stage.play.schema);
        let rest = futures::stream::unfold(stage, |mut stage| async move {
            stage.next().await.map(|batch| (batch, stage))
        });
        let batches = futures::stream::iter(first.map(Ok)).chain(rest);
        Ok(ResultStream::new(schema, sql, batches.boxed()))
    }

    async fn run_script(&mut self, sql: &str) -> Result<(), Failure> {
        self.shared.seen().scripts.push(sql.to_owned());
        Ok(())
    }

    async fn load(
        &mut self,
        table: &CatalogTable,
        rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, Failure> {
        let mut reader = AsyncReader::new(rows);
        check_columns(table, reader.schema())?;
        let mut count = 0;
        while let Some(batch) = reader.next().await? {
            count += batch.num_rows() as u64;
        }
        let mut seen = self.shared.seen();
        let same = |other: &CatalogTable| other.name == table.name && other.schema == table.schema;
        seen.loaded.retain(|(other, _)| !same(other));
        seen.loaded.push((table.clone(), count));
        Ok(count)
    }

    async fn catalog(&mut self) -> Result<Vec<CatalogTable>, Failure> {
        let loaded = self.shared.seen().loaded.iter().map(|(table, _)| table.clone()).collect();
        let loaded: Vec<CatalogTable> = loaded;
        Ok(self.shared.script.catalog.iter().cloned().chain(loaded).collect())
    }

    fn canceller(&self) -> Canceller {
        let stop = Arc::clone(&self.stop);
        Canceller::new(move || {
            if let Some(sender) = &*stop.lock().unwrap_or_else(PoisonError::into_inner) {
                // Nobody listens when the statement has ended.
                let _ = sender.send(true);
            }
            Box::pin(std::future::ready(()))
        })
    }

    fn is_usable(&self) -> bool {
        !self.lost.load(Ordering::SeqCst)
    }
}
