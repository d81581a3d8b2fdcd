//! Runs what is pending in a store: sessions at the same time, statements of one session in order.

use crate::{
    engine_session::Opening,
    error::ReplayError,
    event::{Event, Feed, Observer, Silent},
    judge::{self, Judge},
    session,
    settings::Settings,
    stop::StopSignal,
    store::{Store, StoreError},
};
use engines::Engine;
use model::{AsideInMemory, EngineInfo, PlanItem, Scratch, Side};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};
use tokio::task::{JoinError, JoinSet, spawn_blocking};

/// How a run ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    /// Every statement has its verdict.
    Complete,
    /// It was asked to stop; the rest is pending, and starting the run again goes on with it.
    Interrupted,
}

/// Replays a plan on two engines.
#[derive(Clone)]
pub struct Runner {
    legacy: Arc<dyn Engine>,
    governed: Arc<dyn Engine>,
    judge: Arc<dyn Judge>,
    observer: Arc<dyn Observer>,
    scratch: Arc<dyn Scratch>,
    settings: Settings,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("legacy", &self.legacy)
            .field("governed", &self.governed)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// What the sessions of one run share.
pub(crate) struct Context {
    legacy: Arc<dyn Engine>,
    governed: Arc<dyn Engine>,
    pub(crate) judge: Arc<dyn Judge>,
    pub(crate) scratch: Arc<dyn Scratch>,
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    /// Fires on the caller's stop, and when one session had to give up.
    pub(crate) stop: StopSignal,
    pub(crate) feed: Feed,
    pub(crate) retries_left: AtomicU64,
    pub(crate) done: AtomicU64,
    pub(crate) total: u64,
    legacy_hung: AtomicU32,
    governed_hung: AtomicU32,
}

impl Context {
    pub(crate) fn engine(&self, side: Side) -> &Arc<dyn Engine> {
        match side {
            Side::Legacy => &self.legacy,
            Side::Governed => &self.governed,
        }
    }

    /// Counts a session that did not react; true once there are too many.
    pub(crate) fn one_more_hung(&self, side: Side) -> bool {
        let hung = match side {
            Side::Legacy => &self.legacy_hung,
            Side::Governed => &self.governed_hung,
        };
        hung.fetch_add(1, Ordering::Relaxed) >= self.settings.abandoned_max
    }

    /// Returns once the run is stopping and running statements had their time.
    pub(crate) async fn stop_grace_over(&self) {
        self.stop.stopped().await;
        tokio::time::sleep(self.settings.stop_grace).await;
    }
}

impl Runner {
    /// A runner of two engines, with `judge` to compare their answers.
    pub fn new(
        legacy: Arc<dyn Engine>,
        governed: Arc<dyn Engine>,
        judge: Arc<dyn Judge>,
        settings: Settings,
    ) -> Self {
        let (observer, scratch) = (Arc::new(Silent), Arc::new(AsideInMemory));
        Self { legacy, governed, judge, observer, scratch, settings }
    }

    /// The same, with a place for answers; without one they stay in memory.
    #[must_use]
    pub fn with_scratch(mut self, scratch: Arc<dyn Scratch>) -> Self {
        self.scratch = scratch;
        self
    }

    /// The same, with someone who is told what happens.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// Runs every item of `store` that has no verdict yet. Needs a multi-threaded or current-thread
    /// Tokio runtime with time enabled.
    ///
    /// # Errors
    /// [`ReplayError::Unreachable`] where an engine is gone, [`ReplayError::Store`] where recording
    /// fails. Either way each item is recorded completely or is still pending.
    pub async fn run(&self, store: &Store, stop: StopSignal) -> Result<RunEnd, ReplayError> {
        self.settings.validate()?;
        let (total, already_done, pending) = load(store).await?;
        let (halt, halted) = StopSignal::channel();
        let (feed, delivered) = Feed::start(Arc::clone(&self.observer));
        let context = Arc::new(Context {
            legacy: Arc::clone(&self.legacy),
            governed: Arc::clone(&self.governed),
            judge: Arc::clone(&self.judge),
            scratch: Arc::clone(&self.scratch),
            settings: self.settings.clone(),
            store: store.clone(),
            stop: halted,
            feed,
            retries_left: AtomicU64::new(self.settings.retries_max),
            done: AtomicU64::new(already_done),
            total,
            legacy_hung: AtomicU32::new(0),
            governed_hung: AtomicU32::new(0),
        });
        context.feed.tell(Event::RunStarted { total, already_done });

        let mut waiting = by_session(pending).into_iter();
        let mut running: JoinSet<Result<(), ReplayError>> = JoinSet::new();
        let mut failed: Option<ReplayError> = None;
        loop {
            while !stop.is_stopped()
                && !context.stop.is_stopped()
                && running.len() < self.settings.sessions_max
            {
                let Some(items) = waiting.next() else { break };
                running.spawn(session::run(Arc::clone(&context), items));
            }
            let ended = tokio::select! {
                ended = running.join_next() => ended,
                () = stop.stopped(), if !context.stop.is_stopped() => {
                    halt.stop();
                    continue;
                }
            };
            let error = match ended {
                None => break,
                Some(Ok(Ok(()))) => continue,
                Some(Ok(Err(error))) => error,
                Some(Err(error)) => panicked(error),
            };
            // The others finish what they have in flight; the first error is the one to report.
            halt.stop();
            failed.get_or_insert(error);
        }
        let done = context.done.load(Ordering::Relaxed);
        if let Some(context) = Arc::into_inner(context) {
            let last = Event::RunEnded { done, total };
            let telling = spawn_blocking(move || context.feed.finish(&delivered, last));
            // A feed that panics has nothing to say about the run.
            let _ = telling.await;
        }
        match failed {
            Some(error) => Err(error),
            None if done == total => Ok(RunEnd::Complete),
            None => Ok(RunEnd::Interrupted),
        }
    }
}

/// Opens a session on `engine` to learn what it is, as a run would open it.
///
/// # Errors
/// [`ReplayError::Unreachable`], naming the side.
pub async fn probe(
    engine: &Arc<dyn Engine>,
    side: Side,
    settings: &Settings,
) -> Result<EngineInfo, ReplayError> {
    settings.validate()?;
    let stop = StopSignal::never();
    let session = &settings.session_settings(side, None);
    let opening = Opening { engine, session, settings, stop: &stop };
    let session = opening
        .open(|message| tracing::warn!(%side, "{message}"))
        .await
        .map_err(|failure| ReplayError::Unreachable { side, failure })?;
    Ok(session.info().clone())
}

/// Counts of the store, and what is pending.
async fn load(store: &Store) -> Result<(u64, u64, Vec<PlanItem>), ReplayError> {
    let store = store.clone();
    let loading = spawn_blocking(move || -> Result<_, StoreError> {
        let (total, done) = store.counts()?;
        Ok((total, done, store.pending()?))
    });
    Ok(loading.await.map_err(panicked)??)
}

/// Sessions in the order of their first pending item, each with its items in sequence order.
fn by_session(items: Vec<PlanItem>) -> Vec<Vec<PlanItem>> {
    let mut place_of: BTreeMap<String, usize> = BTreeMap::new();
    let mut sessions: Vec<Vec<PlanItem>> = Vec::new();
    for item in items {
        let place = *place_of.entry(item.session.clone()).or_insert(sessions.len());
        match sessions.get_mut(place) {
            Some(session) => session.push(item),
            None => sessions.push(vec![item]),
        }
    }
    for session in &mut sessions {
        session.sort_by_key(|item| (item.sequence, item.index));
    }
    sessions
}

fn panicked(error: JoinError) -> ReplayError {
    ReplayError::Panicked { session: "unknown".to_owned(), message: judge::join_text(error) }
}
