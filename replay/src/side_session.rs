//! One side of one captured session: its statements are sent until they are answered, or fail for
//! good.

use crate::{
    answer::SideAnswer,
    breaker::Weight,
    engine_session::{EngineSession, Terms, Tried, Try, is_login_refused, is_passing, unreachable},
    event::Event,
    runner::Context,
    store::Attempt,
};
use chrono::Utc;
use engines::{Access, Request};
use model::{Failure, FailureClass, Side};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

/// Why an item has no answer.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The run is stopping; the item stays pending.
    Interrupted,
    /// This side's engine is gone; the item stays pending.
    Unreachable(Side, Failure),
    /// A failure that may pass ended a transaction, and what was changed in it is undone: all of it may
    /// be run again.
    Undone(Failure),
}

/// What one side answered, with all that led to it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) answer: SideAnswer,
    pub(crate) executed_sql: String,
    /// Never empty; the last one gave the answer.
    pub(crate) attempts: Vec<Attempt>,
    /// When it was first sent.
    pub(crate) sent: Instant,
    /// How long it waited before that for other statements of this side to end.
    pub(crate) queued: Duration,
    /// How long it waited before that for a session of the engine.
    pub(crate) opening: Duration,
}

impl Answered {
    /// Did it fail?
    pub(crate) const fn has_failed(&self) -> bool {
        matches!(self.answer, SideAnswer::Failed(_))
    }

    /// How long the answer took, in microseconds.
    pub(crate) fn latency_us(&self) -> u64 {
        self.attempts.last().map_or(0, |attempt| attempt.latency_us)
    }
}

/// How a statement came to be sent for the first time.
#[derive(Debug, Clone, Copy)]
struct FirstSent {
    at: Instant,
    queued: Duration,
    opening: Duration,
}

/// One side of one captured session.
pub(crate) struct SideSession {
    side: Side,
    context: Arc<Context>,
    session: EngineSession,
    /// Was something changed in the transaction, so that one statement of it cannot be tried again?
    has_changed: bool,
    /// May the whole transaction be run again instead?
    may_undo: bool,
}

impl SideSession {
    pub(crate) fn new(side: Side, name: &str, context: Arc<Context>) -> Self {
        let opened_with = context.settings.session_settings(side, Some(name));
        let session = EngineSession::new(Arc::clone(context.engine(side)), opened_with);
        Self { side, context, session, has_changed: false, may_undo: false }
    }

    /// Opens a session where none is open. Whether that works is for the next statement to find out.
    pub(crate) async fn open(&mut self) {
        let _ = self.opened(None).await;
    }

    /// From now on statements run in a transaction with this access, or alone.
    pub(crate) const fn want(&mut self, access: Option<Access>) {
        self.session.want(access);
    }

    /// Ends the transaction, if one is open.
    pub(crate) async fn end_transaction(&mut self) {
        self.session.end_transaction(&self.context.settings).await;
        self.has_changed = false;
    }

    /// A statement changed rows in the transaction.
    pub(crate) const fn changed(&mut self) {
        self.has_changed = true;
    }

    /// From now on a failure that may pass undoes the transaction, to be run again, or is the answer.
    pub(crate) const fn may_undo(&mut self, may: bool) {
        self.may_undo = may;
    }

    /// Was something changed in the transaction?
    pub(crate) const fn has_changed(&self) -> bool {
        self.has_changed
    }

    /// Is there all that was changed in the transaction?
    pub(crate) fn is_whole(&self) -> bool {
        !self.has_changed || self.session.is_within()
    }

    /// Sends a statement until it is answered, or fails for good.
    pub(crate) async fn answer(&mut self, index: u64, request: &Request) -> Result<Answered, Halt> {
        let context = Arc::clone(&self.context);
        let breaker = context.breaker(self.side);
        let mut attempts: Vec<Attempt> = Vec::new();
        let (mut queued, mut unreached) = (Duration::ZERO, Duration::ZERO);
        let mut first: Option<FirstSent> = None;
        loop {
            // What the engine keeps a statement waiting for is none of the replay's own lag.
            let closed = Instant::now();
            breaker.pass(&context.stop).await?;
            unreached = unreached.saturating_add(closed.elapsed());
            let waiting = Instant::now();
            let turn = context.turn(self.side).await;
            queued = queued.saturating_add(waiting.elapsed());
            let started = Utc::now();
            if !self.is_whole() {
                // It was lost while this waited. Another session would have none of what was changed.
                breaker.untried();
                let message = "the session was lost within its transaction".to_owned();
                return Err(Halt::Undone(unreachable(message)));
            }
            let tried = self.attempt(index, request).await;
            drop(turn);
            let Try { tried, sent: at, latency, opening, lost, hung } = tried;
            if hung && context.one_more_hung(self.side) {
                let failure = unreachable(
                    "the engine left too many statements without reacting to a cancel \
                     (`abandoned_max`); check its load"
                        .to_owned(),
                );
                return Err(Halt::Unreachable(self.side, failure));
            }
            unreached = unreached.saturating_add(opening);
            let result = match tried {
                Tried::Rows(rows) => Ok(rows),
                Tried::Failed(failure) => Err(failure),
                Tried::NotSent(failure) => {
                    self.not_reached(index, failure)?;
                    continue;
                }
            };
            let FirstSent { at: sent, queued, opening } =
                *first.get_or_insert(FirstSent { at, queued, opening: unreached });
            let latency_us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
            let attempt = |failure| Attempt { started, latency_us, failure };
            let failure = match result {
                Ok(rows) => {
                    self.answered();
                    attempts.push(attempt(None));
                    let executed_sql = rows.executed_sql.clone();
                    let answer = SideAnswer::Rows(rows);
                    return Ok(Answered { answer, executed_sql, attempts, sent, queued, opening });
                }
                Err(failure) => failure,
            };
            // A statement that may be tried again on a session that lives was answered.
            let is_gone = lost && is_passing(&failure);
            if is_gone || hung {
                self.one_more_failed(index, &failure, Weight::One);
            } else {
                self.answered();
            }
            attempts.push(attempt(Some(failure.clone())));
            let times = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
            if self.has_changed && is_passing(&failure) {
                if self.context.stop.is_stopped() {
                    return Err(Halt::Interrupted);
                }
                if self.may_undo && self.context.take_retry() {
                    return Err(Halt::Undone(failure));
                }
            } else if self.may_retry(index, &failure, times)? {
                sleep(context.settings.backoff(times)).await;
                continue;
            }
            if is_gone || failure.class == FailureClass::Unreachable {
                // Losing the connection is what the engine answers to this statement, if it is there.
                self.reopened(index).await?;
            }
            let (answer, executed_sql) = (SideAnswer::Failed(failure), request.sql.clone());
            return Ok(Answered { answer, executed_sql, attempts, sent, queued, opening });
        }
    }

    /// Returns once a session is open again.
    async fn reopened(&mut self, index: u64) -> Result<(), Halt> {
        let context = Arc::clone(&self.context);
        let mut is_trying = false;
        while let Err(failure) = self.opened(Some(index)).await {
            if !is_passing(&failure) {
                // The engine is there, but does not want this session.
                break;
            }
            self.not_reached(index, failure)?;
            context.breaker(self.side).pass(&context.stop).await?;
            is_trying = true;
        }
        if is_trying {
            // Others wait for what this one finds out.
            self.answered();
        }
        Ok(())
    }

    async fn attempt(&mut self, index: u64, request: &Request) -> Try {
        let (context, side) = (&self.context, self.side);
        let warn = |message| context.feed.warn(Some(index), Some(side), message);
        self.session.attempt(request, &terms(context, &warn)).await
    }

    async fn opened(&mut self, index: Option<u64>) -> Result<(), Failure> {
        let (context, side) = (&self.context, self.side);
        let warn = |message| context.feed.warn(index, Some(side), message);
        self.session.open(&terms(context, &warn)).await
    }

    /// No session could be opened, which was tried several times: nothing is sent for a while.
    fn not_reached(&self, index: u64, failure: Failure) -> Result<(), Halt> {
        if is_login_refused(&failure) {
            return Err(Halt::Unreachable(self.side, failure));
        }
        self.one_more_failed(index, &failure, Weight::Whole);
        Ok(())
    }

    /// Counts a failure that is the engine's own.
    fn one_more_failed(&self, index: u64, failure: &Failure, weight: Weight) {
        let Some(tripped) = self.context.breaker(self.side).bad(failure, weight) else { return };
        let message = format!(
            "nothing is sent for {:.1} s, since the engine does not answer ({} of {} times): {failure}",
            tripped.pause.as_secs_f64(),
            tripped.trips,
            self.context.settings.breaker_trips_max
        );
        self.context.feed.warn(Some(index), Some(self.side), message);
        self.tell_breaker();
    }

    /// The engine answered.
    fn answered(&self) {
        if self.context.breaker(self.side).good() {
            self.tell_breaker();
        }
    }

    /// Tells what the breaker is, until that is what it is: others change it meanwhile.
    fn tell_breaker(&self) {
        let breaker = self.context.breaker(self.side);
        loop {
            let open = breaker.is_open();
            self.context.feed.tell(Event::Breaker { side: self.side, open });
            if breaker.is_open() == open {
                return;
            }
        }
    }

    /// Is this failure worth another try, and is there budget for it?
    fn may_retry(&self, index: u64, failure: &Failure, sent: u32) -> Result<bool, Halt> {
        if !is_passing(failure) || sent >= self.context.settings.attempts_max {
            return Ok(false);
        }
        if self.context.stop.is_stopped() {
            // The failure may be a part of the shutdown: not a fact about the statement.
            return Err(Halt::Interrupted);
        }
        let taken = self.context.take_retry();
        if taken {
            self.context.feed.tell(Event::SentAgain { index, side: self.side });
        }
        let message = if taken {
            format!("sent again after: {failure}")
        } else {
            format!("not sent again, the run's `retries_max` is used up: {failure}")
        };
        self.context.feed.warn(Some(index), Some(self.side), message);
        Ok(taken)
    }

    /// Ends the session. A statement that is still running is cancelled first.
    pub(crate) async fn close(self) {
        self.session.close(&self.context.settings).await;
    }
}

fn terms<'a>(context: &'a Context, warn: &'a (dyn Fn(String) + Send + Sync)) -> Terms<'a> {
    Terms {
        settings: &context.settings,
        stop: &context.stop,
        scratch: &context.scratch,
        warn,
        progress: &|_| {},
    }
}
