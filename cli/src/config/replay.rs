//! `[replay]`.

use schemars::JsonSchema;
use serde::Deserialize;

/// How statements are replayed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ReplayConfig {
    /// Ask the legacy engine again where the answers mismatch: what it has with itself is
    /// inconclusive, and shown, instead of a mismatch. Costs a second execution of these statements.
    pub(crate) noise: bool,
}
