//! The two sides of every comparison.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The side that a fact belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The warehouse that the company moves away from: its answers are the reference.
    Legacy,
    /// The new engine behind the governance pipeline.
    Governed,
}

impl Side {
    /// Both sides, legacy first.
    pub const BOTH: [Self; 2] = [Self::Legacy, Self::Governed];

    /// What belongs to this side, of legacy and governed.
    pub fn of<T>(self, [legacy, governed]: [T; 2]) -> T {
        match self {
            Self::Legacy => legacy,
            Self::Governed => governed,
        }
    }

    /// The side that this one is compared with.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Legacy => Self::Governed,
            Self::Governed => Self::Legacy,
        }
    }

    /// `legacy` or `governed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Governed => "governed",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
