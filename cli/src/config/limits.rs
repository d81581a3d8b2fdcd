//! `[limits]`.

use super::SessionConfig;
use crate::pipeline::MemoryLimits;
use compare::Bounds;
use replay::{Budget, Settings};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{ops::RangeInclusive, time::Duration};

/// Bounds of time, memory and repetition.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsConfig {
    /// Captured sessions that are replayed at the same time, 1 to 1024.
    pub(crate) sessions_max: usize,
    /// Statements that run at the same time on the legacy side, 1 to 1024; as many as sessions by
    /// default.
    pub(crate) legacy_statements_max: Option<usize>,
    /// The same for the governed side.
    pub(crate) governed_statements_max: Option<usize>,
    /// Time that one start of a run may replay, in seconds; looking at the data before and after is bounded
    /// by `preflight_timeout_seconds` for each table. Once it is used up the run stops, incomplete,
    /// and the next start goes on; unlimited by default.
    pub(crate) run_seconds_max: Option<u64>,
    /// Bytes of results that one start of a run may read from both sides together; then as above.
    pub(crate) run_result_bytes_max: Option<u64>,
    /// Credits, in thousandths, that the governed side may charge in one start of a run; then as above.
    pub(crate) run_credits_max_milli: Option<u64>,
    /// Limit for one statement on one side, in seconds.
    pub(crate) statement_timeout_seconds: u64,
    /// Limit for looking at the data of one table, in seconds.
    pub(crate) preflight_timeout_seconds: u64,
    /// Limit for opening a session, in seconds.
    pub(crate) open_timeout_seconds: u64,
    /// Times that opening a session is tried before the engine counts as unreachable.
    pub(crate) open_attempts_max: u32,
    /// Times that a statement is sent at most; only transient failures are tried again.
    pub(crate) attempts_max: u32,
    /// Repeated sends in the whole run.
    pub(crate) retries_max: u64,
    /// Failures in a row of one side that are its engine's own after which nothing is sent to it for a
    /// while. An engine that cannot be reached is left alone at once.
    pub(crate) breaker_failures_max: u32,
    /// How long it is left alone the first time, in seconds; each further time it is twice as long, up to
    /// a minute, or this where it is longer.
    pub(crate) breaker_pause_seconds: u64,
    /// Times in a row that it is left alone before it counts as unreachable, which ends the run,
    /// incomplete.
    pub(crate) breaker_trips_max: u32,
    /// Largest result of one side, in bytes, in memory and temporary files together. Up to twice
    /// `sessions_max` are held at once. The governed side's is complete in memory before it leaves the
    /// pipeline, which ends it at 1 GiB.
    pub(crate) result_bytes_max: usize,
    /// Bytes of each result that stay in memory; what is more goes to a temporary file.
    pub(crate) result_memory_bytes_max: usize,
    /// Bytes of rows that each comparison holds in memory, beside the results; what is more goes to
    /// temporary files. Up to `sessions_max` comparisons run at the same time.
    pub(crate) comparison_memory_bytes_max: u64,
    /// Examples of differences that are kept of each statement, 1 to 10,000. Counts are exact.
    pub(crate) examples_max: usize,
    /// Pairs of rows of one statement that are checked against the tolerances. What rests on this
    /// bound alone is inconclusive.
    pub(crate) match_checks_max: u64,
    /// Differing rows of one statement and side among which changed rows are paired without a key, 1 to
    /// 1,000,000; the others are missing and extra. So many rows are held beside the memory of the
    /// comparison.
    pub(crate) pair_rows_max: usize,
    /// Bytes of a shown cell, 16 to 16,777,216; longer texts are cut.
    pub(crate) cell_bytes_max: usize,
    /// Time that running statements get to finish after an interrupt, in seconds.
    pub(crate) stop_grace_seconds: u64,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let (settings, memory) = (Settings::default(), MemoryLimits::default());
        let bounds = Bounds::default();
        Self {
            sessions_max: settings.sessions_max,
            legacy_statements_max: settings.legacy_statements_max,
            governed_statements_max: settings.governed_statements_max,
            run_seconds_max: None,
            run_result_bytes_max: settings.budget.result_bytes,
            run_credits_max_milli: settings.budget.credits_milli,
            breaker_failures_max: settings.breaker_failures_max,
            breaker_pause_seconds: settings.breaker_pause_first.as_secs(),
            breaker_trips_max: settings.breaker_trips_max,
            statement_timeout_seconds: settings.statement_timeout.as_secs(),
            preflight_timeout_seconds: 600,
            open_timeout_seconds: settings.open_timeout.as_secs(),
            open_attempts_max: settings.open_attempts_max,
            attempts_max: settings.attempts_max,
            retries_max: settings.retries_max,
            result_bytes_max: settings.result_bytes_max,
            result_memory_bytes_max: memory.result_bytes_max,
            comparison_memory_bytes_max: memory.comparison_bytes_max,
            examples_max: bounds.examples,
            match_checks_max: bounds.match_checks,
            pair_rows_max: bounds.pair_rows,
            cell_bytes_max: bounds.cell_bytes,
            stop_grace_seconds: settings.stop_grace.as_secs(),
        }
    }
}

/// A day: whatever takes longer is not a limit any more.
const SECONDS_MAX: u64 = 24 * 60 * 60;

impl LimitsConfig {
    /// The keys that are out of range, each with what it must be.
    pub(crate) fn faults(&self) -> Vec<(&'static str, String)> {
        let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let bounds: [(&str, u64, RangeInclusive<u64>); 20] = [
            ("sessions_max", wide(self.sessions_max), 1..=1024),
            ("legacy_statements_max", wide(self.legacy_statements_max.unwrap_or(1)), 1..=1024),
            ("governed_statements_max", wide(self.governed_statements_max.unwrap_or(1)), 1..=1024),
            ("run_seconds_max", self.run_seconds_max.unwrap_or(1), 1..=u64::MAX),
            ("run_result_bytes_max", self.run_result_bytes_max.unwrap_or(1), 1..=u64::MAX),
            ("run_credits_max_milli", self.run_credits_max_milli.unwrap_or(1), 1..=u64::MAX),
            ("breaker_failures_max", self.breaker_failures_max.into(), 1..=1_000_000),
            ("breaker_pause_seconds", self.breaker_pause_seconds, 0..=SECONDS_MAX),
            ("statement_timeout_seconds", self.statement_timeout_seconds, 1..=SECONDS_MAX),
            ("preflight_timeout_seconds", self.preflight_timeout_seconds, 1..=SECONDS_MAX),
            ("open_timeout_seconds", self.open_timeout_seconds, 1..=SECONDS_MAX),
            ("open_attempts_max", self.open_attempts_max.into(), 1..=1_000),
            ("attempts_max", self.attempts_max.into(), 1..=1_000),
            ("result_bytes_max", wide(self.result_bytes_max), 1..=u64::MAX),
            ("comparison_memory_bytes_max", self.comparison_memory_bytes_max, 1_000_000..=u64::MAX),
            ("examples_max", wide(self.examples_max), 1..=10_000),
            ("match_checks_max", self.match_checks_max, 1..=u64::MAX),
            ("pair_rows_max", wide(self.pair_rows_max), 1..=1_000_000),
            ("cell_bytes_max", wide(self.cell_bytes_max), 16..=16_777_216),
            ("stop_grace_seconds", self.stop_grace_seconds, 0..=SECONDS_MAX),
        ];
        let outside = bounds.into_iter().filter(|(_, value, range)| !range.contains(value));
        outside
            .map(|(key, value, range)| {
                let (least, most) = (range.start(), range.end());
                let rule = if *most == u64::MAX {
                    format!("at least {least}")
                } else {
                    format!("from {least} to {most}")
                };
                (key, format!("`{key}` is {value} and must be {rule}"))
            })
            .collect()
    }

    /// What is held in memory of answers and comparisons.
    pub(crate) const fn memory(&self) -> MemoryLimits {
        MemoryLimits {
            result_bytes_max: self.result_memory_bytes_max,
            comparison_bytes_max: self.comparison_memory_bytes_max,
        }
    }

    /// What a comparison looks at and keeps.
    pub(crate) const fn comparison(&self) -> Bounds {
        Bounds {
            examples: self.examples_max,
            match_checks: self.match_checks_max,
            pair_rows: self.pair_rows_max,
            cell_bytes: self.cell_bytes_max,
        }
    }

    /// The settings of a replay.
    pub(crate) fn settings(&self, session: &SessionConfig) -> Settings {
        let pause = Duration::from_secs(self.breaker_pause_seconds);
        Settings {
            sessions_max: self.sessions_max,
            legacy_statements_max: self.legacy_statements_max,
            governed_statements_max: self.governed_statements_max,
            budget: Budget {
                time: self.run_seconds_max.map(Duration::from_secs),
                result_bytes: self.run_result_bytes_max,
                credits_milli: self.run_credits_max_milli,
            },
            breaker_failures_max: self.breaker_failures_max,
            breaker_pause_first: pause,
            breaker_pause_max: Settings::default().breaker_pause_max.max(pause),
            breaker_trips_max: self.breaker_trips_max,
            statement_timeout: Duration::from_secs(self.statement_timeout_seconds),
            open_timeout: Duration::from_secs(self.open_timeout_seconds),
            open_attempts_max: self.open_attempts_max,
            attempts_max: self.attempts_max,
            retries_max: self.retries_max,
            result_bytes_max: self.result_bytes_max,
            stop_grace: Duration::from_secs(self.stop_grace_seconds),
            legacy: session.legacy(),
            governed: session.governed(),
            ..Settings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_what_replay_takes() {
        let limits = LimitsConfig::default();
        assert_eq!(limits.faults(), []);
        assert_eq!(limits.settings(&SessionConfig::default()), Settings::default());
        assert_eq!(limits.memory(), MemoryLimits::default());
        assert_eq!(limits.comparison(), Bounds::default());
    }

    #[test]
    fn what_is_in_range_is_valid_for_replay_and_zeros_are_named() {
        let limits = LimitsConfig {
            sessions_max: 1024,
            legacy_statements_max: Some(1024),
            governed_statements_max: Some(1),
            run_seconds_max: Some(1),
            run_result_bytes_max: Some(1),
            run_credits_max_milli: Some(1),
            breaker_failures_max: 1,
            breaker_pause_seconds: 0,
            breaker_trips_max: 0,
            statement_timeout_seconds: 1,
            preflight_timeout_seconds: 1,
            open_timeout_seconds: 1,
            open_attempts_max: 1,
            attempts_max: 1,
            retries_max: 0,
            result_bytes_max: 1,
            result_memory_bytes_max: 0,
            comparison_memory_bytes_max: 1_000_000,
            examples_max: 1,
            match_checks_max: 1,
            pair_rows_max: 1,
            cell_bytes_max: 16,
            stop_grace_seconds: 0,
        };
        assert_eq!(limits.faults(), []);
        assert!(limits.settings(&SessionConfig::default()).validate().is_ok());
        let run_seconds_max = Some(0);
        let zero = LimitsConfig { sessions_max: 0, run_seconds_max, attempts_max: 0, ..limits };
        let faults = zero.faults();
        assert_eq!(
            faults.iter().map(|(key, _)| *key).collect::<Vec<_>>(),
            ["sessions_max", "run_seconds_max", "attempts_max"]
        );
        assert_eq!(faults[0].1, "`sessions_max` is 0 and must be from 1 to 1024");
    }
}
