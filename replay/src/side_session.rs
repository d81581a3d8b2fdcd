//! One side of one captured session: its statements are sent until they are answered, or fail for
//! good.

use crate::{
    answer::SideAnswer,
    engine_session::{EngineSession, Terms, Tried, Try, is_passing, unreachable},
    runner::Context,
    store::Attempt,
};
use chrono::Utc;
use engines::Request;
use model::{Failure, FailureClass, Side};
use std::sync::{Arc, atomic::Ordering};
use tokio::time::sleep;

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

/// One side of one captured session.
pub(crate) struct SideSession {
    side: Side,
    context: Arc<Context>,
    session: EngineSession,
}

impl SideSession {
    pub(crate) fn new(side: Side, name: &str, context: Arc<Context>) -> Self {
        let opened_with = context.settings.session_settings(side, Some(name));
        let session = EngineSession::new(Arc::clone(context.engine(side)), opened_with);
        Self { side, context, session }
    }

    /// Sends a read until it is answered, or fails for good.
    pub(crate) async fn answer(&mut self, index: u64, request: &Request) -> Result<Answered, Halt> {
        let mut attempts: Vec<Attempt> = Vec::new();
        loop {
            let started = Utc::now();
            let Try { tried, latency, hung } = self.attempt(index, request).await;
            if hung && self.context.one_more_hung(self.side) {
                let failure = unreachable(
                    "the engine left too many statements without reacting to a cancel \
                     (`abandoned_max`); check its load"
                        .to_owned(),
                );
                return Err(Halt::Unreachable(self.side, failure));
            }
            let latency_us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
            let attempt = |failure| Attempt { started, latency_us, failure };
            let failure = match tried {
                Tried::NotSent(failure) => return Err(Halt::Unreachable(self.side, failure)),
                Tried::Rows(rows) => {
                    attempts.push(attempt(None));
                    let executed_sql = rows.executed_sql.clone();
                    return Ok(Answered { answer: SideAnswer::Rows(rows), executed_sql, attempts });
                }
                Tried::Failed(failure) => failure,
            };
            attempts.push(attempt(Some(failure.clone())));
            let sent = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
            if self.may_retry(index, &failure, sent)? {
                sleep(self.context.settings.backoff(sent)).await;
                continue;
            }
            if failure.class == FailureClass::Unreachable {
                return Err(Halt::Unreachable(self.side, failure));
            }
            let (answer, executed_sql) = (SideAnswer::Failed(failure), request.sql.clone());
            return Ok(Answered { answer, executed_sql, attempts });
        }
    }

    async fn attempt(&mut self, index: u64, request: &Request) -> Try {
        let (context, side) = (&self.context, self.side);
        let warn = |message| context.feed.warn(Some(index), Some(side), message);
        let terms = Terms {
            settings: &context.settings,
            stop: &context.stop,
            scratch: &context.scratch,
            warn: &warn,
            progress: &|_| {},
        };
        self.session.attempt(request, &terms).await
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

    /// Ends the session. A statement that is still running is cancelled first.
    pub(crate) async fn close(self) {
        self.session.close(&self.context.settings).await;
    }
}
