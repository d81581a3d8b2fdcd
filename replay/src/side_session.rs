//! One engine session of one captured session: opened when needed, opened again when lost, bounded
//! in every wait.

use crate::{
    judge::{SideAnswer, panic_text},
    runner::Context,
    settings::Settings,
    stop::StopSignal,
    store::Attempt,
};
use chrono::Utc;
use engines::{Canceller, Engine, Request, ResultSet, Session, SessionSettings};
use futures::FutureExt as _;
use model::{Failure, FailureClass, Side, SqlState};
use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

/// Why an item has no answer.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The run is stopping; the item stays pending.
    Interrupted,
    /// This side's engine is gone; the item stays pending.
    Unreachable(Side, Failure),
}

/// What one side answered, with all that led to it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) answer: SideAnswer,
    pub(crate) executed_sql: String,
    /// Never empty; the last one gave the answer.
    pub(crate) attempts: Vec<Attempt>,
}

/// The session that is open.
struct Live {
    session: Box<dyn Session>,
    canceller: Canceller,
    /// A statement was sent and its end was not seen: not to be used again.
    busy: bool,
}

/// One side of one captured session.
pub(crate) struct SideSession {
    side: Side,
    name: String,
    context: Arc<Context>,
    live: Option<Live>,
}

type Panic = Box<dyn std::any::Any + Send>;

/// The state of a session after a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// It can run the next one.
    Clean,
    /// It answered, but must not be used again.
    Unclean,
    /// It does not react any more.
    Hung,
}

/// How one try went.
enum Tried {
    Rows(ResultSet),
    Failed(Failure),
    /// The engine could not be reached before the statement was sent.
    NotSent(Failure),
}

impl SideSession {
    pub(crate) fn new(side: Side, name: &str, context: Arc<Context>) -> Self {
        Self { side, name: name.to_owned(), context, live: None }
    }

    /// Sends a read until it is answered, or fails for good.
    pub(crate) async fn answer(&mut self, index: u64, request: &Request) -> Result<Answered, Halt> {
        let mut attempts: Vec<Attempt> = Vec::new();
        loop {
            let started = Utc::now();
            let (tried, latency) = self.attempt(index, request).await?;
            let latency_us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
            let (failure, rows) = match tried {
                Tried::NotSent(failure) => return Err(Halt::Unreachable(self.side, failure)),
                Tried::Rows(rows) => (None, Some(rows)),
                Tried::Failed(failure) => (Some(failure), None),
            };
            attempts.push(Attempt { started, latency_us, failure: failure.clone() });
            let (answer, executed_sql) = match (rows, failure) {
                (Some(rows), _) => {
                    let executed_sql = rows.executed_sql.clone();
                    (SideAnswer::Rows(rows), executed_sql)
                }
                (None, Some(failure)) => {
                    let sent = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
                    if self.may_retry(index, &failure, sent)? {
                        sleep(self.context.settings.backoff(sent)).await;
                        continue;
                    }
                    if failure.class == FailureClass::Unreachable {
                        return Err(Halt::Unreachable(self.side, failure));
                    }
                    (SideAnswer::Failed(failure), request.sql.clone())
                }
                // `rows` and `failure` are never absent together.
                (None, None) => return Err(Halt::Interrupted),
            };
            return Ok(Answered { answer, executed_sql, attempts });
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
        let taken =
            self.context
                .retries_left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        let message = match taken {
            Ok(_) => format!("sent again after: {failure}"),
            Err(_) => format!("not sent again, the run's `retries_max` is used up: {failure}"),
        };
        self.context.feed.warn(Some(index), Some(self.side), message);
        Ok(taken.is_ok())
    }

    /// One try, with the time from sending to the last row.
    async fn attempt(&mut self, index: u64, request: &Request) -> Result<(Tried, Duration), Halt> {
        match self.ensure_open().await {
            Ok(()) => {}
            Err(failure) if is_passing(&failure) => {
                return Ok((Tried::NotSent(failure), Duration::ZERO));
            }
            // The engine is there, but does not want this session (a refused principal, say): that
            // is its answer to the statement.
            Err(failure) => return Ok((Tried::Failed(failure), Duration::ZERO)),
        }
        let Some(live) = self.live.as_mut() else { return Err(Halt::Interrupted) };
        let settings = &self.context.settings;
        let limit = settings.statement_timeout.saturating_add(settings.client_grace);
        live.busy = true;
        let clock = Instant::now();
        let canceller = live.canceller.clone();
        let session = &mut live.session;
        let mut work = Box::pin(
            AssertUnwindSafe(async {
                session.execute(request.clone()).await?.collect(settings.result_bytes_max).await
            })
            .catch_unwind(),
        );
        let ended = timeout(limit, &mut work).await;
        let latency = clock.elapsed();
        let (tried, after) = match ended {
            Ok(Ok(Ok(rows))) => (Tried::Rows(rows), After::Clean),
            Ok(Ok(Err(failure))) => {
                let lost = failure.class == FailureClass::Unreachable;
                (Tried::Failed(failure), if lost { After::Unclean } else { After::Clean })
            }
            Ok(Err(payload)) => (Tried::Failed(panic_failure(payload.as_ref())), After::Unclean),
            Err(_) => {
                let reacted = tokio::select! {
                    biased;
                    result = &mut work => Some(result),
                    () = cancel_then_wait(&canceller) => None,
                    () = sleep(settings.cancel_grace) => None,
                };
                (Tried::Failed(timeout_failure(limit)), after_cancel(reacted))
            }
        };
        drop(work);
        live.busy = false;
        let usable = live.session.is_usable();
        if after != After::Clean || !usable {
            let message = match after {
                After::Hung => "the engine did not react to a cancel; its session is abandoned",
                After::Unclean | After::Clean => "the session cannot be used again and is closed",
            };
            self.context.feed.warn(Some(index), Some(self.side), message.to_owned());
            self.let_go();
        }
        if after == After::Hung && self.context.one_more_hung(self.side) {
            let failure = unreachable(
                "the engine left too many statements without reacting to a cancel \
                 (`abandoned_max`); check its load"
                    .to_owned(),
            );
            return Ok((Tried::NotSent(failure), latency));
        }
        Ok((tried, latency))
    }

    async fn ensure_open(&mut self) -> Result<(), Failure> {
        if self.live.as_ref().is_some_and(|live| !live.busy && live.session.is_usable()) {
            return Ok(());
        }
        self.let_go();
        let Context { settings, stop, feed, .. } = self.context.as_ref();
        let opening = Opening {
            engine: self.context.engine(self.side),
            session: &settings.session_settings(self.side, Some(&self.name)),
            settings,
            stop,
        };
        let side = self.side;
        let session = opening.open(|message| feed.warn(None, Some(side), message)).await?;
        let canceller = session.canceller();
        self.live = Some(Live { session, canceller, busy: false });
        Ok(())
    }

    /// Ends the session. A statement that is still running is cancelled first.
    pub(crate) async fn close(mut self) {
        if let Some(live) = &self.live
            && live.busy
        {
            let canceller = live.canceller.clone();
            // Whether it is heard or not, the session goes now.
            let _ = timeout(self.context.settings.cancel_grace, canceller.cancel()).await;
        }
        self.let_go();
    }

    /// Lets go of the session. Dropping it may wait for an engine that hangs, so that happens on a
    /// thread of its own, which nobody waits for.
    fn let_go(&mut self) {
        let Some(live) = self.live.take() else { return };
        let runtime = tokio::runtime::Handle::try_current();
        let dropping = move || {
            let _entered = runtime.as_ref().map(tokio::runtime::Handle::enter);
            drop(live);
        };
        if let Err(error) =
            thread::Builder::new().name("replay-session-close".to_owned()).spawn(dropping)
        {
            tracing::warn!(%error, "no thread to close a session on; it was closed in place");
        }
    }
}

/// Everything that opening a session takes.
pub(crate) struct Opening<'a> {
    pub(crate) engine: &'a Arc<dyn Engine>,
    pub(crate) session: &'a SessionSettings,
    pub(crate) settings: &'a Settings,
    pub(crate) stop: &'a StopSignal,
}

impl Opening<'_> {
    /// Opens a session, trying again where that may help; `warn` is told about it.
    pub(crate) async fn open(self, warn: impl Fn(String)) -> Result<Box<dyn Session>, Failure> {
        let settings = self.settings;
        let mut tried = 0;
        loop {
            tried += 1;
            let opening = AssertUnwindSafe(self.engine.open(self.session)).catch_unwind();
            let failure = match timeout(settings.open_timeout, opening).await {
                Ok(Ok(Ok(session))) => return Ok(session),
                Ok(Ok(Err(failure))) => failure,
                Ok(Err(payload)) => panic_failure(payload.as_ref()),
                Err(_) => unreachable(format!(
                    "no session within {} ms; check that the server answers",
                    settings.open_timeout.as_millis()
                )),
            };
            // A wrong password or an unknown database does not get better by asking again.
            let passing = is_passing(&failure) && !matches!(failure.sqlstate.class(), "28" | "3D");
            if !passing || tried >= settings.open_attempts_max || self.stop.is_stopped() {
                return Err(failure);
            }
            warn(format!("opening a session again after: {failure}"));
            tokio::select! {
                () = sleep(settings.backoff(tried)) => {}
                () = self.stop.stopped() => return Err(failure),
            }
        }
    }
}

/// May the same thing work a little later?
fn is_passing(failure: &Failure) -> bool {
    matches!(failure.class, FailureClass::Transient | FailureClass::Unreachable)
}

/// What state a client-side cancel left the session in. Only a statement that ended because of the
/// cancel leaves a clean one: a cancel that is still on its way would hit the next statement.
fn after_cancel(reacted: Option<Result<Result<ResultSet, Failure>, Panic>>) -> After {
    match reacted {
        None => After::Hung,
        Some(Ok(Err(failure))) if failure.sqlstate == SqlState::QUERY_CANCELED => After::Clean,
        Some(_) => After::Unclean,
    }
}

/// Cancels, and then waits for ever: the caller bounds it.
async fn cancel_then_wait(canceller: &Canceller) {
    canceller.cancel().await;
    std::future::pending::<()>().await;
}

fn timeout_failure(limit: Duration) -> Failure {
    Failure {
        class: FailureClass::Resource,
        sqlstate: SqlState::QUERY_CANCELED,
        message: format!(
            "no complete answer within {} ms; the statement was cancelled from our side",
            limit.as_millis()
        ),
        code: None,
        position: None,
    }
}

fn panic_failure(payload: &(dyn std::any::Any + Send)) -> Failure {
    Failure {
        class: FailureClass::Resource,
        sqlstate: SqlState::INTERNAL_ERROR,
        message: format!("the engine's driver ended in a panic: {}", panic_text(payload)),
        code: None,
        position: None,
    }
}

fn unreachable(message: String) -> Failure {
    Failure {
        class: FailureClass::Unreachable,
        sqlstate: SqlState::CANNOT_CONNECT,
        message,
        code: None,
        position: None,
    }
}
