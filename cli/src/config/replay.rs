//! `[replay]`.

use schemars::JsonSchema;
use serde::Deserialize;

/// How statements are replayed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ReplayConfig {
    /// Ask the legacy engine again where the answers mismatch: what it has with itself is
    /// inconclusive, and shown, instead of a mismatch. Costs a second execution of these statements.
    pub(crate) noise: bool,
    /// Ask both engines for more rows, at most three times and 1,000,000 rows, where LIMIT, OFFSET,
    /// FETCH or TOP cuts through a tie and the answers differ: whether the rows that may be taken
    /// agree is then a verdict. Without it such a statement is inconclusive.
    pub(crate) ties: bool,
}

impl Default for ReplayConfig {
    fn default() -> Self {
        Self { noise: false, ties: true }
    }
}
