//! `[workload]`.

use super::checks::Fault;
use model::Dialect;
use schemars::JsonSchema;
use serde::Deserialize;
use sql::SourceSettings;
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

/// The captured statements: `path` or `sql_files`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkloadConfig {
    /// Folder with `workload.jsonl.zst` and `manifest.json`, as a capture writes them.
    pub(crate) path: Option<PathBuf>,
    /// Folder with `.sql` files. A statement is named after its file, with its number (`month#2`)
    /// where the file has several.
    pub(crate) sql_files: Option<PathBuf>,
    /// Dialect of the statements and of a catalog file: postgres, redshift, snowflake, bigquery,
    /// spark, mysql, tsql, oracle, teradata, trino or clickhouse. Default: the legacy engine's.
    pub(crate) dialect: Option<String>,
    /// Settings of the system that the statements ran in, where they are not its vendor's defaults:
    /// `week_start = 1`. docs/dialects lists them by dialect.
    #[serde(default)]
    pub(crate) settings: BTreeMap<String, SettingValue>,
}

/// The value of a setting: text, a number, or on or off.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum SettingValue {
    /// `true` is `on`.
    Switch(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(on) => f.write_str(if *on { "on" } else { "off" }),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
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
    /// What the statements are written in and for. `legacy` is the dialect where none is given,
    /// `time_zone` that of the sessions.
    pub(super) fn settings(
        &self,
        legacy: Dialect,
        time_zone: &str,
    ) -> Result<SourceSettings, Fault> {
        let dialect = match &self.dialect {
            Some(name) => name
                .parse()
                .map_err(|error| Fault::new(["workload", "dialect"], format!("{error}")))?,
            None => legacy,
        };
        if let Some(given) = self.settings.get("time_zone").map(ToString::to_string)
            && given != time_zone
        {
            let what = format!(
                "the statements ran in `{given}`, and the sessions are opened in `{time_zone}`"
            );
            return Err(Fault::new(["workload", "settings", "time_zone"], what)
                .hint("the zone of both is `session.time_zone`"));
        }
        SourceSettings::with(dialect, [("time_zone", time_zone)])
            .map_err(|message| Fault::new(["session", "time_zone"], message))?;
        let given: Vec<(&str, String)> =
            self.settings.iter().map(|(name, value)| (name.as_str(), value.to_string())).collect();
        let all = given.iter().map(|(name, value)| (*name, value.as_str()));
        SourceSettings::with(dialect, all.chain([("time_zone", time_zone)]))
            .map_err(|message| Fault::new(["workload", "settings"], message))
    }

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
