//! Which differences a team accepts, and the ledger of what that excused.

use serde::{Deserialize, Serialize};

/// What a tolerance excuses. Units are in the names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ToleranceKind {
    /// `TL0001`: floats whose difference is at most `max`, or a float and an exact number.
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
    /// `TL0006`: floats that are at most `max` steps of the narrower of their two types apart.
    FloatUlps {
        /// Largest accepted number of steps, in units in the last place.
        max: u32,
    },
    /// `TL0007`: exact numbers whose difference is at most `max`.
    DecimalAbsolute {
        /// Largest accepted `|legacy - governed|`; counts as its shortest decimal spelling.
        max: f64,
    },
    /// `TL0008`: exact numbers whose difference is at most `max` times the larger magnitude.
    DecimalRelative {
        /// Largest accepted `|legacy - governed| / max(|legacy|, |governed|)`; counts as its
        /// shortest decimal spelling.
        max: f64,
    },
    /// `TL0009`: texts that differ in blanks at their ends.
    TextTrim {
        /// Which blanks mean nothing.
        blanks: Blanks,
    },
    /// `TL0010`: texts that differ in upper and lower case, letter by letter.
    TextCase,
    /// `TL0011`: texts of the same characters in other code points, by Unicode's canonical
    /// equivalence.
    TextNfc,
    /// `TL0012`: NULL for the empty text.
    NullIsEmpty,
    /// `TL0013`: NULL for NaN.
    NanIsNull,
    /// `TL0014`: timestamps, and texts of timestamps, that are the same instant where those without
    /// an offset are read in the zone of their side.
    TimeZone {
        /// IANA name of the zone on the legacy side.
        legacy: String,
        /// IANA name of the zone on the governed side.
        governed: String,
    },
    /// `TL0015`: lists of the same elements in another order.
    ListMultiset,
    /// `TL0016`: structs of the same fields in another order.
    StructByName,
}

/// Which blanks of a text mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blanks {
    /// Those at the end.
    Trailing,
    /// Those at both ends.
    Both,
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
            Self::FloatUlps { .. } => "TL0006",
            Self::DecimalAbsolute { .. } => "TL0007",
            Self::DecimalRelative { .. } => "TL0008",
            Self::TextTrim { .. } => "TL0009",
            Self::TextCase => "TL0010",
            Self::TextNfc => "TL0011",
            Self::NullIsEmpty => "TL0012",
            Self::NanIsNull => "TL0013",
            Self::TimeZone { .. } => "TL0014",
            Self::ListMultiset => "TL0015",
            Self::StructByName => "TL0016",
        }
    }

    /// The name in configurations.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::FloatAbsolute { .. } => "float_absolute",
            Self::FloatRelative { .. } => "float_relative",
            Self::DecimalScale { .. } => "decimal_scale",
            Self::TimePrecision { .. } => "time_precision",
            Self::JsonValue => "json_value",
            Self::FloatUlps { .. } => "float_ulps",
            Self::DecimalAbsolute { .. } => "decimal_absolute",
            Self::DecimalRelative { .. } => "decimal_relative",
            Self::TextTrim { .. } => "text_trim",
            Self::TextCase => "text_case",
            Self::TextNfc => "text_nfc",
            Self::NullIsEmpty => "null_is_empty",
            Self::NanIsNull => "nan_is_null",
            Self::TimeZone { .. } => "time_zone",
            Self::ListMultiset => "list_multiset",
            Self::StructByName => "struct_by_name",
        }
    }
}

/// Where a tolerance holds. Everything given must fit; nothing given means everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Column by name, exact: the output column, or with `table` the table's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Output columns that are plain columns of this table, as far as the statement's text tells
    /// it. A name without schema fits the table in any schema. Of a file the table is its stem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Columns of this type on either side, by the name that reports show: `decimal`, `float64`,
    /// `timestamp with time zone`, …; `int` and `float` mean any width, `list`, `struct` and `map`
    /// any elements. A nested column is also of the types inside it.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LedgerEntry {
    /// Code of the tolerance.
    pub code: String,
    /// Its reason.
    pub reason: String,
    /// Its place among the team's tolerances, from 0; absent for one that a translation needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
    /// Cells that are unequal and were excused.
    pub cells: u64,
    /// The largest excused difference, as text with its unit.
    pub worst: String,
    /// Up to 3 examples: column, legacy value, governed value.
    pub examples: Vec<crate::difference::CellChange>,
}
