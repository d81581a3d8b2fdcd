//! Credits, the unit of cost: integers of a thousandth, so that sums are exact.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount of credits, held in thousandths ("milli-credits").
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Credits(u64);

impl Credits {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `milli` thousandths of a credit.
    pub const fn from_milli(milli: u64) -> Self {
        Self(milli)
    }

    /// In thousandths of a credit.
    pub const fn milli(self) -> u64 {
        self.0
    }

    /// The sum, at most the largest amount there is.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, at least zero.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The sum, absent where it does not fit.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// `times` as much, at most the largest amount there is.
    #[must_use]
    pub const fn saturating_mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_thousandths() {
        assert_eq!(Credits::from_milli(1500).to_string(), "1.500");
        assert_eq!(Credits::from_milli(42).to_string(), "0.042");
    }

    #[test]
    fn never_wraps() {
        let most = Credits::from_milli(u64::MAX);
        assert_eq!(most.saturating_add(Credits::from_milli(1)), most);
        assert_eq!(most.checked_add(Credits::from_milli(1)), None);
        assert_eq!(most.saturating_mul(2), most);
    }
}
