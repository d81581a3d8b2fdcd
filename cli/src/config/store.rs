//! `[store]`.

use replay::{Retention, StoreOptions};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// Where runs are recorded.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StoreConfig {
    /// Folder of the runs; each gets a folder of its own in it, named by its run id.
    pub(crate) dir: PathBuf,
    /// Which results are kept, so that they can be judged again under other tolerances.
    pub(crate) retention: RetentionConfig,
    /// Largest size of a run's database, in bytes; by default what the disk gives.
    pub(crate) bytes_max: Option<u64>,
}

/// Which results are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RetentionConfig {
    /// None: verdicts and their examples only.
    None,
    /// Those whose verdict other tolerances could change: all but matches.
    #[default]
    Mismatches,
    /// Every result.
    All,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { dir: PathBuf::from("runs"), retention: RetentionConfig::default(), bytes_max: None }
    }
}

impl StoreConfig {
    /// As the run store knows it.
    pub(crate) fn options(&self) -> StoreOptions {
        let retention = match self.retention {
            RetentionConfig::None => Retention::None,
            RetentionConfig::Mismatches => Retention::Mismatches,
            RetentionConfig::All => Retention::All,
        };
        StoreOptions { retention, bytes_max: self.bytes_max, ..StoreOptions::default() }
    }
}
