//! `[catalog]`.

use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// The tables and their types, which translating needs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CatalogConfig {
    /// Where they come from. Default: `file` where `file` is given, else `legacy`.
    pub(crate) from: Option<CatalogFrom>,
    /// JSON file with a list of tables: `[{"name": …, "columns": [{"name": …, "data_type": …,
    /// "nullable": …}]}]`, types spelled as the dialect of the
    /// workload does.
    pub(crate) file: Option<PathBuf>,
}

/// Where the tables and types come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CatalogFrom {
    /// The legacy engine is asked when the job starts.
    Legacy,
    /// A JSON file.
    File,
}
