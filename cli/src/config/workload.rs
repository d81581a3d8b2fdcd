//! `[workload]`.

use super::checks::Fault;
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The captured statements: `path` or `sql_files`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkloadConfig {
    /// Folder with `workload.jsonl.zst` and `manifest.json`, as a capture writes them.
    pub(crate) path: Option<PathBuf>,
    /// Folder with `.sql` files of one statement each, in the legacy engine's dialect. A statement
    /// is named after its file.
    pub(crate) sql_files: Option<PathBuf>,
}

/// Where the statements are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WorkloadSource<'a> {
    /// A workload artifact.
    Captured(&'a Path),
    /// A folder of SQL files.
    SqlFiles(&'a Path),
}

impl WorkloadConfig {
    /// Where the statements are; checked when the configuration was loaded.
    pub(super) fn source(&self) -> Result<WorkloadSource<'_>, Fault> {
        match (&self.path, &self.sql_files) {
            (Some(path), None) => Ok(WorkloadSource::Captured(path)),
            (None, Some(path)) => Ok(WorkloadSource::SqlFiles(path)),
            (Some(_), Some(_)) => {
                Err(Fault::new(["workload", "sql_files"], "`path` and `sql_files` are both given")
                    .hint("give one of them"))
            }
            (None, None) => Err(Fault::new(["workload"], "the workload names no folder")
                .hint("give `path`, a captured workload, or `sql_files`, a folder of SQL files")),
        }
    }
}
