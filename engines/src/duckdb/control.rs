//! Which statement of a session runs, and stopping it. DuckDB's interrupt is a flag that the next
//! statement clears, so an interrupt alone can come too early; here it is repeated until the
//! statement it is meant for has ended, and never sent for another.

use crate::failure;
use duckdb::InterruptHandle;
use model::{Failure, SqlState};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{runtime::Handle, task::AbortHandle, time};

/// Time between two interrupts.
const REPEAT: Duration = Duration::from_millis(10);

/// Why a statement was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Timeout,
    Request,
}

impl Why {
    fn failure(self) -> Failure {
        match self {
            Self::Timeout => failure::timed_out(),
            Self::Request => failure::cancelled(),
        }
    }
}

#[derive(Debug, Default)]
struct State {
    /// Number of the statement handed over last.
    submitted: u64,
    /// Number of the running statement, 0 for none.
    running: u64,
    /// Statements up to this number have ended.
    ended: u64,
    /// The statement to stop.
    stop: Option<(u64, Why)>,
}

/// Shared by the session, its worker and its cancellers.
pub(super) struct Control {
    state: Mutex<State>,
    interrupt: Arc<InterruptHandle>,
    runtime: Handle,
}

impl Control {
    pub(super) fn new(interrupt: Arc<InterruptHandle>) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State::default()),
            interrupt,
            runtime: Handle::current(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a statement that is about to be handed to the worker.
    pub(super) fn submit(self: &Arc<Self>, limit: Option<Duration>) -> Submitted {
        let number = {
            let mut state = self.state();
            state.submitted += 1;
            state.submitted
        };
        let timer = limit.map(|limit| {
            let control = Arc::clone(self);
            let timer = self.runtime.spawn(async move {
                time::sleep(limit).await;
                control.stop(number, Why::Timeout).await;
            });
            timer.abort_handle()
        });
        Submitted { control: Arc::clone(self), number, timer }
    }

    /// The worker starts a statement; it must not if somebody has stopped it already.
    pub(super) fn begin(&self, number: u64) -> Result<(), Failure> {
        let mut state = self.state();
        if let Some((stopped, why)) = state.stop
            && stopped == number
        {
            state.ended = number;
            return Err(why.failure());
        }
        state.running = number;
        Ok(())
    }

    /// The worker is done with it.
    pub(super) fn end(&self, number: u64) {
        let mut state = self.state();
        state.running = 0;
        state.ended = number;
    }

    /// An interrupted statement fails with the reason for which it was interrupted.
    pub(super) fn explain(&self, number: u64, failure: Failure) -> Failure {
        match self.state().stop {
            Some((stopped, why))
                if stopped == number && failure.sqlstate == SqlState::QUERY_CANCELED =>
            {
                why.failure()
            }
            _ => failure,
        }
    }

    /// Whether somebody asked to stop the statement.
    pub(super) fn is_stopped(&self, number: u64) -> bool {
        self.state().stop.is_some_and(|(stopped, _)| stopped == number)
    }

    /// Stops the statement handed over last, if it has not ended. Does not wait for that: its
    /// rows may be waiting for the very task that calls this.
    pub(super) fn stop_latest(self: &Arc<Self>) {
        let number = self.state().submitted;
        self.stop_soon(number);
    }

    fn stop_soon(self: &Arc<Self>, number: u64) {
        let control = Arc::clone(self);
        self.runtime.spawn(async move { control.stop(number, Why::Request).await });
    }

    async fn stop(&self, number: u64, why: Why) {
        loop {
            {
                let mut state = self.state();
                if state.ended >= number {
                    return;
                }
                if state.stop.is_none_or(|(stopped, _)| stopped != number) {
                    state.stop = Some((number, why));
                }
                if state.running == number {
                    self.interrupt.interrupt();
                }
            }
            time::sleep(REPEAT).await;
        }
    }
}

/// A statement in the worker's hands. Dropping it before the end stops the statement.
pub(super) struct Submitted {
    control: Arc<Control>,
    number: u64,
    timer: Option<AbortHandle>,
}

impl Submitted {
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The statement has ended by itself: there is nothing to stop.
    pub(super) fn ended(mut self) {
        self.number = 0;
    }
}

impl Drop for Submitted {
    fn drop(&mut self) {
        if let Some(timer) = &self.timer {
            timer.abort();
        }
        if self.control.state().ended < self.number {
            self.control.stop_soon(self.number);
        }
    }
}
