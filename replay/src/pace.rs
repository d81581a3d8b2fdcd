//! When statements are sent: as fast as answers come, or as they were captured.

use crate::error::ReplayError;
use std::time::Duration;

/// How many times faster than at capture, from 0.001 to 1,000; below 1 it is slower.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Speed(f64);

// It is never NaN.
impl Eq for Speed {}

impl Speed {
    /// The slowest.
    pub const MIN: Self = Self(0.001);
    /// As at capture.
    pub const CAPTURED: Self = Self(1.0);
    /// The fastest.
    pub const MAX: Self = Self(1_000.0);

    /// A speed of this factor.
    ///
    /// # Errors
    /// One out of range.
    pub fn new(factor: f64) -> Result<Self, ReplayError> {
        if (Self::MIN.0..=Self::MAX.0).contains(&factor) {
            return Ok(Self(factor));
        }
        let (least, most) = (Self::MIN.0, Self::MAX.0);
        let message = format!("`speed` is {factor} and must be from {least} to {most}");
        Err(ReplayError::Settings { message })
    }

    /// The factor.
    pub const fn factor(self) -> f64 {
        self.0
    }

    /// How much captured time this is at this speed.
    pub(crate) fn captured(self, taken: Duration) -> Duration {
        Duration::try_from_secs_f64(taken.as_secs_f64() * self.0).unwrap_or(Duration::MAX)
    }

    /// How long a captured time lasts at this speed, to the nanosecond; what is longer than a `Duration`
    /// is as long as one.
    pub(crate) fn scale(self, captured: Duration) -> Duration {
        Duration::try_from_secs_f64(captured.as_secs_f64() / self.0).unwrap_or(Duration::MAX)
    }
}

/// When the next statement of a session is sent. Sessions keep their order in all of them, and send a
/// statement when the one before it is answered on both sides, never earlier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pace {
    /// At once.
    #[default]
    Fast,
    /// After the pause that the session made at capture, between the end of the statement before and
    /// the start of this one (a closed loop: a slow engine is asked less).
    Closed(Speed),
    /// At its captured time, counted from the first statement (an open loop: a slow engine gets behind,
    /// which the lag shows). What is overdue is sent at once.
    Recorded(Speed),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_may_be_a_fraction_and_nothing_is_rounded_to_whole_numbers() {
        let captured = Duration::from_millis(1_500);
        for (factor, expected) in [(1.0, 1_500), (2.5, 600), (0.5, 3_000), (1_000.0, 1)] {
            let scaled = Speed::new(factor).unwrap().scale(captured);
            let expected = Duration::from_millis(expected);
            assert!(scaled.abs_diff(expected) < Duration::from_millis(1), "{factor}: {scaled:?}");
        }
    }

    #[test]
    fn what_is_no_speed_is_refused() {
        for factor in [0.0, -1.0, 0.000_9, 1_001.0, f64::NAN, f64::INFINITY] {
            let error = Speed::new(factor).unwrap_err().to_string();
            assert!(error.contains("from 0.001 to 1000"), "{error}");
        }
    }

    #[test]
    fn the_longest_time_does_not_overflow() {
        assert_eq!(Speed::MIN.scale(Duration::MAX), Duration::MAX);
    }
}
