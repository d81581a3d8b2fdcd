//! `[reports]`.

use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// Files that are written once the run is over, complete or not. Older ones are replaced.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ReportsConfig {
    /// One self-contained page for people.
    pub(crate) html: Option<PathBuf>,
    /// Everything, for programs.
    pub(crate) json: Option<PathBuf>,
    /// JUnit XML for CI.
    pub(crate) junit: Option<PathBuf>,
    /// A summary for a pull request.
    pub(crate) markdown: Option<PathBuf>,
}
