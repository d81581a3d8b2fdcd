//! `[gate]`.

use schemars::JsonSchema;
use serde::Deserialize;

/// When the exit code is 0.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GateConfig {
    /// Mismatches that are let pass.
    pub(crate) mismatches_max: u64,
    /// Let it pass where the data differ between the sides, or change while the run goes on, as
    /// `replay.preflight` finds out.
    pub(crate) drift: bool,
}
