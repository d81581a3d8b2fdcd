//! Which differences a team accepts, and the ledger of what that excused.

use serde::{Deserialize, Serialize};

/// What a tolerance excuses. Units are in the names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ToleranceKind {
    /// `TL0001`: floats whose difference is at most `max`.
    FloatAbsolute {
        /// Largest accepted `|legacy - governed|`.
        max: f64,
    },
    /// `TL0002`: floats whose difference is at most `max` times the larger magnitude.
    FloatRelative {
        /// Largest accepted `|legacy - governed| / max(|legacy|, |governed|)`.
        max: f64,
    },
    /// `TL0003`: exact numbers that agree when both are rounded, half away from zero, to `digits`
    /// after the point. Matching is pairwise; nothing is rounded into buckets.
    DecimalScale {
        /// Digits after the decimal point that count.
        digits: u32,
    },
    /// `TL0004`: times that differ by less than `micros`.
    TimePrecision {
        /// Accepted `|legacy - governed|` is below this, in microseconds.
        micros: u64,
    },
    /// `TL0005`: JSON, or text that is JSON, that is written in another way; a number with a point or an exponent counts as a float of 64 bits.
    JsonValue,
}

impl ToleranceKind {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::FloatAbsolute { .. } => "TL0001",
            Self::FloatRelative { .. } => "TL0002",
            Self::DecimalScale { .. } => "TL0003",
            Self::TimePrecision { .. } => "TL0004",
            Self::JsonValue => "TL0005",
        }
    }
}

/// Where a tolerance holds. Everything given must fit; nothing given means everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Output column by name, exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Statement by fingerprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Statement by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// One accepted kind of difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tolerance {
    /// What it excuses.
    pub kind: ToleranceKind,
    /// Where.
    #[serde(default)]
    pub scope: Scope,
    /// Why the team accepts it; never empty.
    pub reason: String,
}

/// What one tolerance excused in one statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Code of the tolerance.
    pub code: String,
    /// Its reason.
    pub reason: String,
    /// Cells that are unequal and were excused.
    pub cells: u64,
    /// The largest excused difference, as text with its unit.
    pub worst: String,
    /// Up to 3 examples: column, legacy value, governed value.
    pub examples: Vec<crate::difference::CellChange>,
}
