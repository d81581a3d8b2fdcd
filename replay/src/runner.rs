//! Runs what is pending in a store: sessions at the same time, statements of one session in order.

use crate::{
    breaker::Breaker,
    budget::{Exhausted, Purse, Spending},
    engine_session::Opening,
    error::ReplayError,
    event::{Event, Feed, Observer, Silent},
    guard::Writes,
    judge::{self, Judge},
    queue::{Queue, Start},
    recorder::Recorder,
    schedule::{self, Track},
    session::{self, Ended},
    settings::Settings,
    stop::StopSignal,
    store::{SharedStore, Store},
    supply::{self, Supply},
};
use engines::Engine;
use model::{AsideInMemory, EngineInfo, Scratch, Side};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task::{JoinError, JoinSet, spawn_blocking},
    time::{Instant, sleep_until},
};

/// How long before its next statement is due a session gets its place, to open its engine sessions.
const OPEN_AHEAD: Duration = Duration::from_millis(500);

/// How a run ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    /// Every statement has its verdict.
    Complete,
    /// It was asked to stop; the rest is pending, and starting the run again goes on with it.
    Interrupted,
    /// It stopped because this much of its budget was used up; the same holds.
    OutOfBudget(Exhausted),
}

/// Replays a plan on two engines.
#[derive(Clone)]
pub struct Runner {
    legacy: Arc<dyn Engine>,
    governed: Arc<dyn Engine>,
    judge: Arc<dyn Judge>,
    observer: Arc<dyn Observer>,
    meter: Arc<dyn Observer>,
    scratch: Arc<dyn Scratch>,
    spending: Option<Arc<dyn Spending>>,
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
    legacy: Lane,
    governed: Lane,
    pub(crate) judge: Arc<dyn Judge>,
    pub(crate) scratch: Arc<dyn Scratch>,
    pub(crate) settings: Settings,
    pub(crate) queue: Arc<dyn Queue>,
    /// Fires on the caller's stop, when the budget is used up, and when one session had to give up.
    pub(crate) stop: StopSignal,
    pub(crate) feed: Feed,
    pub(crate) recorder: Recorder,
    /// One transaction that changes rows is open at a time: what others change would keep it waiting, or
    /// end it.
    pub(crate) changing: Arc<Semaphore>,
    /// When the run began to send: this start of it, or that of the first process of several.
    pub(crate) began: Instant,
    pub(crate) purse: Purse,
    retries_left: AtomicU64,
    pub(crate) done: AtomicU64,
    pub(crate) total: u64,
}

/// What the sessions of one run share on one side.
struct Lane {
    engine: Arc<dyn Engine>,
    breaker: Breaker,
    /// One for each statement that may run.
    turns: Semaphore,
    hung: AtomicU32,
}

impl Lane {
    fn new(side: Side, engine: &Arc<dyn Engine>, settings: &Settings) -> Self {
        Self {
            engine: Arc::clone(engine),
            breaker: Breaker::new(side, settings),
            turns: Semaphore::new(settings.statements_max(side)),
            hung: AtomicU32::new(0),
        }
    }
}

impl Context {
    const fn lane(&self, side: Side) -> &Lane {
        match side {
            Side::Legacy => &self.legacy,
            Side::Governed => &self.governed,
        }
    }

    pub(crate) const fn engine(&self, side: Side) -> &Arc<dyn Engine> {
        &self.lane(side).engine
    }

    pub(crate) const fn breaker(&self, side: Side) -> &Breaker {
        &self.lane(side).breaker
    }

    /// Waits until one more statement may run on a side. It may run for as long as the value lives;
    /// nobody closes the semaphore, so that there always is one.
    pub(crate) async fn turn(&self, side: Side) -> Option<SemaphorePermit<'_>> {
        self.lane(side).turns.acquire().await.ok()
    }

    /// Takes one of the run's retries, if one is left.
    pub(crate) fn take_retry(&self) -> bool {
        let one_less = |left: u64| left.checked_sub(1);
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        self.retries_left.fetch_update(set, fetch, one_less).is_ok()
    }

    /// Counts a session that did not react; true once there are too many.
    pub(crate) fn one_more_hung(&self, side: Side) -> bool {
        self.lane(side).hung.fetch_add(1, Ordering::Relaxed) >= self.settings.abandoned_max
    }

    /// Takes over how many statements have a verdict, by whoever. What this process records at that moment
    /// may be missing or count twice; the number is for who watches.
    fn others_done(&self, done: u64) {
        self.done.fetch_max(done.min(self.total), Ordering::Relaxed);
    }

    /// Returns once the run is stopping and running statements had their time.
    pub(crate) async fn stop_grace_over(&self) {
        self.stop.stopped().await;
        tokio::time::sleep(self.settings.stop_grace).await;
    }
}

/// Sessions without a place in the run, by when they want one.
struct Waiting {
    began: Instant,
    ahead: Duration,
    tracks: BTreeMap<(Instant, u64), Track>,
    pushed: u64,
}

impl Waiting {
    fn new(began: Instant, idle_max: Duration) -> Self {
        // A session that comes too early gives up its place at once.
        let ahead = OPEN_AHEAD.min(idle_max / 2);
        Self { began, ahead, tracks: BTreeMap::new(), pushed: 0 }
    }

    fn push(&mut self, track: Track) {
        let due = track.due(self.began).unwrap_or(self.began);
        // Never before the run began.
        let wanted = due.checked_sub(self.ahead).map_or(due, |ahead| ahead.max(self.began));
        self.tracks.insert((wanted, self.pushed), track);
        self.pushed = self.pushed.saturating_add(1);
    }

    /// When the first one wants a place.
    fn next(&self) -> Option<Instant> {
        self.tracks.first_key_value().map(|((wanted, _), _)| *wanted)
    }

    /// How many want a place up to then.
    fn until(&self, then: Instant) -> usize {
        self.tracks.range(..(then, u64::MAX)).count()
    }

    /// The first one that wants a place now.
    fn pop(&mut self, now: Instant) -> Option<Track> {
        let first = self.tracks.first_entry().filter(|first| first.key().0 <= now)?;
        Some(first.remove())
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
        let (observer, meter) = (Arc::new(Silent), Arc::new(Silent));
        let scratch = Arc::new(AsideInMemory);
        Self { legacy, governed, judge, observer, meter, scratch, spending: None, settings }
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

    /// The same, with someone who counts: told of every event at once, on the threads of the run, which
    /// it must not hold up. An observer may miss events, this one misses none.
    #[must_use]
    pub fn with_meter(mut self, meter: Arc<dyn Observer>) -> Self {
        self.meter = meter;
        self
    }

    /// The same, with someone who knows what the engines charge.
    #[must_use]
    pub fn with_spending(mut self, spending: Arc<dyn Spending>) -> Self {
        self.spending = Some(spending);
        self
    }

    /// Runs every item of `store` that has no verdict yet. Needs a multi-threaded or current-thread
    /// Tokio runtime with time enabled.
    ///
    /// # Errors
    /// [`ReplayError::Unreachable`] where an engine is gone, [`ReplayError::Store`] where recording
    /// fails. Either way each item is recorded completely or is still pending.
    pub async fn run(&self, store: &Store, stop: StopSignal) -> Result<RunEnd, ReplayError> {
        self.run_queue(Arc::new(store.clone()), stop).await
    }

    /// Takes part in a run that several processes share: runs what nobody else runs, until every item has
    /// a verdict, whoever made it. Needs a multi-threaded Tokio runtime with time and input enabled.
    ///
    /// # Errors
    /// As [`Self::run`]; [`crate::StoreError::Fenced`] where others took over what this process did. What
    /// it has not recorded then is theirs.
    pub async fn run_shared(
        &self,
        store: &SharedStore,
        stop: StopSignal,
    ) -> Result<RunEnd, ReplayError> {
        if self.settings.writes != Writes::Refused {
            return Err(ReplayError::Settings {
                message:
                    "statements that change rows run in one process at a time, so that a shared \
                          run cannot have them"
                        .to_owned(),
            });
        }
        self.run_queue(Arc::new(store.clone()), stop).await
    }

    async fn run_queue(
        &self,
        queue: Arc<dyn Queue>,
        stop: StopSignal,
    ) -> Result<RunEnd, ReplayError> {
        self.settings.validate()?;
        let start = load(Arc::clone(&queue)).await?;
        let Start { total, done: already_done, again, items, first, .. } = start;
        let pace = self.settings.pace;
        let keeping = (pace, first, self.settings.transactions);
        let tracks = schedule::tracks(again, items, keeping)?;
        // Of a shared run the sessions come later; that of its whole plan is looked at before.
        let lasts = if start.has_more { None } else { schedule::length(&tracks, pace)? };
        let (halt, halted) = StopSignal::channel();
        let (feed, delivered) = Feed::start(Arc::clone(&self.observer), Arc::clone(&self.meter));
        let began = Instant::now();
        let began = began.checked_sub(start.elapsed).unwrap_or(began);
        let counts = [total, already_done];
        let fenced = queue.lost();
        let more = start.has_more.then_some(total);
        let mut supply = Supply::new(Arc::clone(&queue), more, (pace, first, began));
        let context = self.context(Arc::clone(&queue), halted, feed, (began, counts))?;
        let context = Arc::new(context);
        context.feed.tell(Event::RunStarted { total, already_done, lasts });

        let mut waiting = Waiting::new(began, self.settings.idle_max);
        for track in tracks {
            waiting.push(track);
        }
        let mut running: JoinSet<Result<Ended, ReplayError>> = JoinSet::new();
        let mut failed: Option<ReplayError> = None;
        loop {
            let is_stopping = stop.is_stopped() || context.stop.is_stopped();
            let places = self.settings.sessions_max.saturating_sub(running.len());
            let has_place = !is_stopping && places > 0;
            if has_place && let Some(track) = waiting.pop(Instant::now()) {
                running.spawn(session::run(Arc::clone(&context), track));
                continue;
            }
            let next = waiting.next().filter(|_| has_place);
            // What is at hand and begins as soon as what would be claimed takes its place before.
            let soon = waiting.until(Instant::now() + supply::AHEAD);
            let claims =
                if has_place && !supply.is_over() { places.saturating_sub(soon) } else { 0 };
            let is_dry = is_stopping || supply.is_over();
            if running.is_empty() && next.is_none() && is_dry {
                break;
            }
            tokio::select! {
                claimed = supply.claimed(claims), if claims > 0 => {
                    let tracks = claimed.map_err(ReplayError::from).and_then(|claimed| {
                        context.others_done(claimed.done);
                        schedule::tracks(Vec::new(), claimed.items, keeping)
                    });
                    match tracks {
                        Ok(tracks) => {
                            for track in tracks {
                                waiting.push(track);
                            }
                        }
                        Err(error) => {
                            halt.stop();
                            failed.get_or_insert(error);
                        }
                    }
                }
                Some(ended) = running.join_next() => match ended {
                    Ok(Ok(Ended::Over)) => {}
                    Ok(Ok(Ended::Idle(track))) => waiting.push(track),
                    // The others finish what they have in flight; the first error is the one to report.
                    Ok(Err(error)) => {
                        halt.stop();
                        failed.get_or_insert(error);
                    }
                    Err(error) => {
                        halt.stop();
                        failed.get_or_insert(panicked(error));
                    }
                },
                () = sleep_until(next.unwrap_or(began)), if next.is_some() => {}
                () = stop.stopped(), if !context.stop.is_stopped() => halt.stop(),
                () = fenced.stopped(), if !context.stop.is_stopped() => {
                    halt.stop();
                    failed.get_or_insert(queue.why_lost().into());
                }
                () = context.purse.used_up(), if !context.stop.is_stopped() => halt.stop(),
            }
        }
        let done = context.done.load(Ordering::Relaxed).min(total);
        if queue.lost().is_stopped() {
            // Whatever else was noticed first.
            failed = Some(queue.why_lost().into());
        }
        let is_complete = if start.has_more { supply.is_over() } else { done == total };
        let exhausted = context.purse.exhausted();
        if let Some(context) = Arc::into_inner(context) {
            let last = Event::RunEnded { done, total };
            let telling = spawn_blocking(move || {
                let Context { recorder, feed, .. } = context;
                recorder.finish();
                feed.finish(&delivered, last);
            });
            // A feed that panics has nothing to say about the run.
            let _ = telling.await;
        }
        match (failed, exhausted) {
            (Some(error), _) => Err(error),
            (None, _) if is_complete => Ok(RunEnd::Complete),
            (None, Some(what)) if !stop.is_stopped() => Ok(RunEnd::OutOfBudget(what)),
            (None, _) => Ok(RunEnd::Interrupted),
        }
    }

    fn context(
        &self,
        queue: Arc<dyn Queue>,
        stop: StopSignal,
        feed: Feed,
        (began, [total, already_done]): (Instant, [u64; 2]),
    ) -> Result<Context, ReplayError> {
        let settings = self.settings.clone();
        let spending = self.spending.clone();
        let recorder = Recorder::start(Arc::clone(&queue), settings.sessions_max);
        let recorder =
            recorder.map_err(|error| ReplayError::NoThread { message: error.to_string() })?;
        Ok(Context {
            legacy: Lane::new(Side::Legacy, &self.legacy, &settings),
            governed: Lane::new(Side::Governed, &self.governed, &settings),
            judge: Arc::clone(&self.judge),
            scratch: Arc::clone(&self.scratch),
            queue,
            stop,
            feed,
            recorder,
            changing: Arc::new(Semaphore::new(1)),
            began,
            // The budget is that of this start, whenever the run began.
            purse: Purse::new(settings.budget, Instant::now(), spending),
            retries_left: AtomicU64::new(settings.retries_max),
            done: AtomicU64::new(already_done),
            total,
            settings,
        })
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

/// What there is to do.
async fn load(queue: Arc<dyn Queue>) -> Result<Start, ReplayError> {
    Ok(spawn_blocking(move || queue.start()).await.map_err(panicked)??)
}

fn panicked(error: JoinError) -> ReplayError {
    ReplayError::Panicked { session: "unknown".to_owned(), message: judge::join_text(error) }
}
