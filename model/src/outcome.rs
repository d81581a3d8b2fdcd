//! What one side answered to one statement.

use crate::{cut::Wider, failure::Failure, side::Side};
use serde::{Deserialize, Serialize};

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnInfo {
    /// Output name; names may repeat.
    pub name: String,
    /// Type as people read it ([`crate::logical::type_label`]).
    pub data_type: String,
}

/// Rows, or a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum OutcomeResult {
    /// The statement completed.
    Rows {
        /// Number of rows.
        rows: u64,
        /// The columns.
        columns: Vec<ColumnInfo>,
        /// Size of the result in Arrow memory, in bytes.
        bytes: u64,
    },
    /// The statement failed; no partial result counts.
    Failed(Failure),
}

/// The answer of one side to one statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which side.
    pub side: Side,
    /// The text that reached the engine.
    pub executed_sql: String,
    /// Time from sending the statement to the last row, in microseconds.
    pub latency_us: u64,
    /// How many times it was sent (1 = no retry).
    pub attempts: u32,
    /// Rows or failure.
    pub result: OutcomeResult,
    /// Path of the retained rows (Arrow IPC file, zstd), relative to the run directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retained: Option<String>,
    /// The legacy's answer when it was asked the same again; see [`crate::noise`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Box<Outcome>>,
    /// The answer when it was asked for more rows than the statement takes; see [`crate::cut`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wide: Option<Box<WideOutcome>>,
}

/// The answer of one side to a statement with a wider limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WideOutcome {
    /// How many rows were asked for.
    pub wider: Wider,
    /// What came.
    pub outcome: Outcome,
}

impl Outcome {
    /// The failure, if it failed.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.result {
            OutcomeResult::Failed(failure) => Some(failure),
            OutcomeResult::Rows { .. } => None,
        }
    }

    /// Rows returned, 0 for a failure.
    pub fn rows(&self) -> u64 {
        match &self.result {
            OutcomeResult::Rows { rows, .. } => *rows,
            OutcomeResult::Failed(_) => 0,
        }
    }
}
