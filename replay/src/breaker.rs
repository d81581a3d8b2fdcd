//! Keeps a run off an engine that does not answer, until it does again.
//!
//! After several failures in a row that are the engine's own, not the statement's, nothing more is sent
//! to that side for a while. Then one statement tries: an answer lets all others go on, another failure
//! makes the pause twice as long. An engine that stays away is given up.

use crate::{
    schedule::later,
    settings::{Settings, doubled},
    side_session::Halt,
    stop::StopSignal,
};
use model::{Failure, Side};
use std::{
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

/// The breaker of one side.
#[derive(Debug)]
pub(crate) struct Breaker {
    side: Side,
    failures_max: u32,
    trips_max: u32,
    pause_first: Duration,
    pause_max: Duration,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
enum State {
    /// Statements pass; so many failed in a row.
    Closed { failures: u32 },
    /// None passes before `until`.
    Open { until: Instant, trips: u32 },
    /// One statement is trying.
    Trying { trips: u32 },
    /// The engine was tried often enough.
    GivenUp(Failure),
}

/// It opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tripped {
    /// How long nothing is sent.
    pub(crate) pause: Duration,
    /// How many times it opened without an answer in between.
    pub(crate) trips: u32,
}

/// How bad a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// One of several.
    One,
    /// The engine cannot be reached, which was tried several times already.
    Whole,
}

impl Breaker {
    pub(crate) fn new(side: Side, settings: &Settings) -> Self {
        Self {
            side,
            failures_max: settings.breaker_failures_max,
            trips_max: settings.breaker_trips_max,
            pause_first: settings.breaker_pause_first,
            pause_max: settings.breaker_pause_max,
            state: Mutex::new(State::Closed { failures: 0 }),
            changed: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // It is replaced as a whole; a panic cannot leave half of it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once a statement may be sent.
    ///
    /// # Errors
    /// The run is stopping, or the engine was given up.
    pub(crate) async fn pass(&self, stop: &StopSignal) -> Result<(), Halt> {
        loop {
            let mut changed = pin!(self.changed.notified());
            // From here on, what changes is heard.
            changed.as_mut().enable();
            let until = match self.may_pass()? {
                Pass::Now => return Ok(()),
                Pass::At(until) => Some(until),
                Pass::WhenChanged => None,
            };
            let pause_over = async {
                match until {
                    Some(until) => sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = pause_over => {}
                () = changed => {}
                () = stop.stopped() => return Err(Halt::Interrupted),
            }
        }
    }

    /// Is nothing sent, or only what tries?
    pub(crate) fn is_open(&self) -> bool {
        !matches!(&*self.state(), State::Closed { .. })
    }

    fn may_pass(&self) -> Result<Pass, Halt> {
        let mut state = self.state();
        match &*state {
            State::Closed { .. } => Ok(Pass::Now),
            State::Open { until, trips } if Instant::now() >= *until => {
                *state = State::Trying { trips: *trips };
                Ok(Pass::Now)
            }
            State::Open { until, .. } => Ok(Pass::At(*until)),
            State::Trying { .. } => Ok(Pass::WhenChanged),
            State::GivenUp(failure) => Err(Halt::Unreachable(self.side, failure.clone())),
        }
    }

    /// The engine answered, be it with a failure of the statement. Tells if the breaker closed because
    /// of it.
    pub(crate) fn good(&self) -> bool {
        let mut state = self.state();
        match &*state {
            State::Closed { failures: 0 } | State::GivenUp(_) => false,
            State::Closed { .. } => {
                *state = State::Closed { failures: 0 };
                false
            }
            State::Open { .. } | State::Trying { .. } => {
                *state = State::Closed { failures: 0 };
                drop(state);
                self.changed.notify_waiters();
                true
            }
        }
    }

    /// Nothing was sent after all: somebody else may try.
    pub(crate) fn untried(&self) {
        let mut state = self.state();
        let State::Trying { trips } = &*state else { return };
        *state = State::Open { until: Instant::now(), trips: *trips };
        drop(state);
        self.changed.notify_waiters();
    }

    /// The engine failed. Tells if the breaker opened because of it.
    pub(crate) fn bad(&self, failure: &Failure, weight: Weight) -> Option<Tripped> {
        let mut state = self.state();
        let trips = match &*state {
            State::Closed { failures } => {
                let failures = failures.saturating_add(1);
                if weight == Weight::One && failures < self.failures_max {
                    *state = State::Closed { failures };
                    return None;
                }
                1
            }
            State::Trying { trips } => trips.saturating_add(1),
            // Of a statement that was on its way when the breaker opened.
            State::Open { .. } | State::GivenUp(_) => return None,
        };
        let tripped = if trips > self.trips_max {
            *state = State::GivenUp(failure.clone());
            None
        } else {
            let pause = self.pause(trips);
            *state = State::Open { until: later(Instant::now(), pause), trips };
            Some(Tripped { pause, trips })
        };
        drop(state);
        self.changed.notify_waiters();
        tripped
    }

    fn pause(&self, trips: u32) -> Duration {
        doubled(self.pause_first, self.pause_max, trips)
    }
}

/// Whether a statement may be sent.
enum Pass {
    Now,
    At(Instant),
    WhenChanged,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_session::unreachable;
    use std::sync::Arc;

    fn breaker(failures: u32, trips: u32, pause_ms: u64) -> Breaker {
        let settings = Settings {
            breaker_failures_max: failures,
            breaker_trips_max: trips,
            breaker_pause_first: Duration::from_millis(pause_ms),
            breaker_pause_max: Duration::from_millis(3 * pause_ms),
            ..Settings::default()
        };
        Breaker::new(Side::Legacy, &settings)
    }

    fn gone() -> Failure {
        unreachable("gone".to_owned())
    }

    async fn is_open(breaker: &Breaker) -> bool {
        let stop = StopSignal::never();
        let passing = tokio::time::timeout(Duration::from_millis(1), breaker.pass(&stop));
        passing.await.is_err()
    }

    #[tokio::test]
    async fn only_failures_in_a_row_open_it() {
        let breaker = breaker(3, 2, 60_000);
        for _ in 0..5 {
            assert_eq!(breaker.bad(&gone(), Weight::One), None);
            assert_eq!(breaker.bad(&gone(), Weight::One), None);
            breaker.good();
        }
        assert!(!is_open(&breaker).await);
        for expected in [false, false, true] {
            assert_eq!(breaker.bad(&gone(), Weight::One).is_some(), expected);
        }
        assert!(is_open(&breaker).await);
        assert_eq!(breaker.bad(&gone(), Weight::One), None, "it opens once");
    }

    #[tokio::test]
    async fn who_sends_nothing_after_all_leaves_the_try_to_others() {
        let breaker = breaker(1, 5, 1);
        assert!(breaker.bad(&gone(), Weight::Whole).is_some());
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(!is_open(&breaker).await, "one may try");
        assert!(is_open(&breaker).await, "the others wait");
        breaker.untried();
        assert!(!is_open(&breaker).await, "another one may");
    }

    #[tokio::test]
    async fn an_unreachable_engine_opens_it_at_once_and_any_answer_closes_it() {
        let breaker = breaker(100, 2, 60_000);
        assert!(breaker.bad(&gone(), Weight::Whole).is_some());
        assert!(is_open(&breaker).await);
        breaker.good();
        assert!(!is_open(&breaker).await);
    }

    #[tokio::test]
    async fn one_statement_tries_and_the_others_wait_for_what_it_finds() {
        let breaker = Arc::new(breaker(1, 5, 1));
        breaker.bad(&gone(), Weight::One);
        let stop = StopSignal::never();
        breaker.pass(&stop).await.unwrap();
        let other = tokio::spawn({
            let (breaker, stop) = (Arc::clone(&breaker), stop.clone());
            async move { breaker.pass(&stop).await.is_ok() }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!other.is_finished(), "one tries at a time");
        breaker.good();
        assert!(other.await.unwrap());
    }

    #[tokio::test]
    async fn pauses_double_up_to_a_bound_and_then_the_engine_is_given_up() {
        let breaker = breaker(1, 3, 2);
        let stop = StopSignal::never();
        let mut pauses = Vec::new();
        while let Some(tripped) = breaker.bad(&gone(), Weight::One) {
            pauses.push((tripped.trips, tripped.pause.as_millis()));
            breaker.pass(&stop).await.unwrap();
        }
        assert_eq!(pauses, [(1, 2), (2, 4), (3, 6)]);
        let halt = breaker.pass(&stop).await.unwrap_err();
        assert!(matches!(halt, Halt::Unreachable(Side::Legacy, _)), "{halt:?}");
        breaker.good();
        assert!(breaker.pass(&stop).await.is_err(), "what is given up stays so");
    }

    #[tokio::test]
    async fn a_stop_ends_the_waiting() {
        let breaker = breaker(1, 5, 60_000);
        breaker.bad(&gone(), Weight::One);
        let (handle, stop) = StopSignal::channel();
        handle.stop();
        assert!(matches!(breaker.pass(&stop).await, Err(Halt::Interrupted)));
    }
}
