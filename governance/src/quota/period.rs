//! The month that credits are counted in.

use chrono::{DateTime, Datelike as _, Utc};
use std::fmt;

/// A calendar month of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: i32,
    month: u32,
}

impl Period {
    pub(super) const FIRST: Self = Self { year: i32::MIN, month: 0 };
    pub(super) const LAST: Self = Self { year: i32::MAX, month: u32::MAX };

    /// The month that `time` lies in.
    pub fn of(time: DateTime<Utc>) -> Self {
        Self { year: time.year(), month: time.month() }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_turns_at_midnight_utc() {
        let at = |text: &str| Period::of(text.parse().unwrap());
        assert_eq!(at("2026-01-31T23:59:59.999999Z").to_string(), "2026-01");
        assert_eq!(at("2026-02-01T00:00:00Z").to_string(), "2026-02");
        assert_eq!(at("2026-01-31T23:30:00-01:00").to_string(), "2026-02");
        assert!(at("2025-12-31T00:00:00Z") < at("2026-01-01T00:00:00Z"));
    }
}
