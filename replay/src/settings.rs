//! The bounds of a run. Everything that waits, retries or holds memory is bounded here.

use crate::{budget::Budget, error::ReplayError, guard::Writes, pace::Pace};
use engines::SessionSettings;
use model::Side;
use sql::SourceSettings;
use std::{collections::BTreeMap, time::Duration};

/// Most sessions that may run at once.
const SESSIONS_LIMIT: usize = 1024;

/// How a run behaves. [`Default`] is meant for a nightly job on one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Sessions that run at the same time; each holds one engine session a side.
    pub sessions_max: usize,
    /// Statements that run at the same time on the legacy side; absent for as many as there are sessions.
    pub legacy_statements_max: Option<usize>,
    /// The same for the governed side.
    pub governed_statements_max: Option<usize>,
    /// When statements are sent.
    pub pace: Pace,
    /// A session whose next statement is due later than this gives up its place in the run, and its
    /// engine sessions, until then.
    pub idle_max: Duration,
    /// What one start of the run may spend.
    pub budget: Budget,
    /// Limit for a statement, given to the engine as its own limit too.
    pub statement_timeout: Duration,
    /// Added to `statement_timeout` before we cancel from our side.
    pub client_grace: Duration,
    /// How long an engine may take to react to a cancel before its session is abandoned.
    pub cancel_grace: Duration,
    /// How long running statements may go on after a stop was asked for.
    pub stop_grace: Duration,
    /// Limit for opening a session.
    pub open_timeout: Duration,
    /// Times that opening a session is tried before the engine counts as unreachable.
    pub open_attempts_max: u32,
    /// Times that a statement is sent at most; only transient failures are tried again.
    pub attempts_max: u32,
    /// Repeated sends in the whole run, both sides together; once used up, failures stay.
    pub retries_max: u64,
    /// Pause before the first repetition; it doubles each time.
    pub backoff_first: Duration,
    /// Longest pause.
    pub backoff_max: Duration,
    /// Sessions of one side that may be abandoned because the engine does not react; one more and
    /// the engine counts as unreachable.
    pub abandoned_max: u32,
    /// Failures in a row of one side that are its engine's own, not a statement's, after which nothing is
    /// sent to it for a while. An engine that cannot be reached is left alone at once.
    pub breaker_failures_max: u32,
    /// Times in a row that an engine is left alone before it counts as unreachable.
    pub breaker_trips_max: u32,
    /// How long it is left alone the first time; each further time it is twice as long.
    pub breaker_pause_first: Duration,
    /// How long it is left alone at most.
    pub breaker_pause_max: Duration,
    /// Largest result of one side, in bytes of Arrow arrays, wherever it is laid aside. At most
    /// `2 * sessions_max` results are held at once, half as many more with `noise`, and as many more
    /// with `ties`.
    pub result_bytes_max: usize,
    /// Is the legacy asked again where the answers mismatch? What it has with itself is not held
    /// against the governed side.
    pub noise: bool,
    /// What becomes of statements that change rows. As in the plan.
    pub writes: Writes,
    /// Do the reads of one captured transaction run in one transaction on each side, where its engine
    /// has them? Otherwise each runs alone.
    pub transactions: bool,
    /// Are both sides asked for more rows where a limit cuts through a tie? See [`mod@crate::ties`].
    pub ties: bool,
    /// Settings of the system that the statements come from: how their texts are read.
    pub source: SourceSettings,
    /// Session settings of the legacy engine. `read_only`, `statement_timeout` and `principal` are
    /// set by the runner.
    pub legacy: SessionSettings,
    /// The same for the governed engine.
    pub governed: SessionSettings,
    /// Captured user of each session, from [`crate::plan::principals`].
    pub principals: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sessions_max: 4,
            legacy_statements_max: None,
            governed_statements_max: None,
            pace: Pace::Fast,
            idle_max: Duration::from_secs(5),
            budget: Budget::default(),
            statement_timeout: Duration::from_mins(1),
            client_grace: Duration::from_secs(5),
            cancel_grace: Duration::from_secs(2),
            stop_grace: Duration::from_secs(10),
            open_timeout: Duration::from_secs(15),
            open_attempts_max: 4,
            attempts_max: 3,
            retries_max: 100,
            backoff_first: Duration::from_millis(100),
            backoff_max: Duration::from_secs(2),
            abandoned_max: 8,
            breaker_failures_max: 5,
            breaker_trips_max: 5,
            breaker_pause_first: Duration::from_secs(5),
            breaker_pause_max: Duration::from_mins(1),
            result_bytes_max: 16 << 30,
            noise: false,
            writes: Writes::Refused,
            transactions: true,
            ties: true,
            source: SourceSettings::default(),
            legacy: SessionSettings::default(),
            governed: SessionSettings::default(),
            principals: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Checks that each bound lets a run make progress.
    pub fn validate(&self) -> Result<(), ReplayError> {
        let wrong = |name: &str, rule: &str| {
            Err(ReplayError::Settings { message: format!("`{name}` must be {rule}") })
        };
        if self.sessions_max == 0 || self.sessions_max > SESSIONS_LIMIT {
            return wrong("sessions_max", "from 1 to 1024");
        }
        for (name, most) in [
            ("legacy_statements_max", self.legacy_statements_max),
            ("governed_statements_max", self.governed_statements_max),
        ] {
            if most.is_some_and(|most| most == 0 || most > SESSIONS_LIMIT) {
                return wrong(name, "from 1 to 1024");
            }
        }
        if self.statement_timeout.is_zero() {
            return wrong("statement_timeout", "longer than 0");
        }
        if self.open_timeout.is_zero() {
            return wrong("open_timeout", "longer than 0");
        }
        if self.attempts_max == 0 {
            return wrong("attempts_max", "at least 1");
        }
        if self.open_attempts_max == 0 {
            return wrong("open_attempts_max", "at least 1");
        }
        if self.breaker_failures_max == 0 {
            return wrong("breaker_failures_max", "at least 1");
        }
        if self.result_bytes_max == 0 {
            return wrong("result_bytes_max", "at least 1");
        }
        Ok(())
    }

    /// What a session of `side` is opened with for the captured session `session`.
    pub(crate) fn session_settings(&self, side: Side, session: Option<&str>) -> SessionSettings {
        let template = match side {
            Side::Legacy => &self.legacy,
            Side::Governed => &self.governed,
        };
        SessionSettings {
            read_only: true,
            statement_timeout: Some(self.statement_timeout),
            principal: session.and_then(|session| self.principals.get(session)).cloned(),
            ..template.clone()
        }
    }

    /// Statements that run at the same time on `side`.
    pub(crate) fn statements_max(&self, side: Side) -> usize {
        let most = match side {
            Side::Legacy => self.legacy_statements_max,
            Side::Governed => self.governed_statements_max,
        };
        most.unwrap_or(self.sessions_max).min(self.sessions_max)
    }

    /// Pause before repetition number `repetition`, 1 being the first.
    pub(crate) fn backoff(&self, repetition: u32) -> Duration {
        doubled(self.backoff_first, self.backoff_max, repetition)
    }
}

/// The pause before time number `time`, 1 being the first: each is twice the one before, up to `most`.
pub(crate) fn doubled(first: Duration, most: Duration, time: u32) -> Duration {
    let factor = 1_u32.checked_shl(time.saturating_sub(1)).unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_valid_and_zeros_are_not() {
        let good = Settings::default();
        assert!(good.validate().is_ok());
        for bad in [
            Settings { sessions_max: 0, ..good.clone() },
            Settings { sessions_max: 5000, ..good.clone() },
            Settings { statement_timeout: Duration::ZERO, ..good.clone() },
            Settings { attempts_max: 0, ..good.clone() },
            Settings { open_attempts_max: 0, ..good.clone() },
            Settings { open_timeout: Duration::ZERO, ..good.clone() },
            Settings { result_bytes_max: 0, ..good.clone() },
            Settings { legacy_statements_max: Some(0), ..good.clone() },
            Settings { governed_statements_max: Some(1025), ..good.clone() },
            Settings { breaker_failures_max: 0, ..good.clone() },
        ] {
            assert!(bad.validate().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_pause_doubles_up_to_its_bound() {
        let settings = Settings::default();
        let pauses: Vec<u128> = (1..=8).map(|n| settings.backoff(n).as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1600, 2000, 2000, 2000]);
        assert_eq!(settings.backoff(u32::MAX), settings.backoff_max);
    }

    #[test]
    fn sessions_are_read_only_and_run_as_the_captured_user() {
        let settings = Settings {
            principals: [("s".to_owned(), "alice".to_owned())].into(),
            ..Settings::default()
        };
        let opened = settings.session_settings(Side::Governed, Some("s"));
        assert!(opened.read_only);
        assert_eq!(opened.principal.as_deref(), Some("alice"));
        assert_eq!(opened.statement_timeout, Some(settings.statement_timeout));
        assert_eq!(settings.session_settings(Side::Legacy, Some("other")).principal, None);
    }
}
