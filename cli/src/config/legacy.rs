//! `[legacy]` and `[governed]`: the engines of both sides.

use super::{
    checks::Fault,
    spec::{EngineSpec, Keys, Kind, TableFile, Transpile},
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
};

/// The warehouse that the company moves away from: its answers are the reference.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LegacyConfig {
    /// Kind of engine; it decides which of the other keys apply.
    pub(crate) kind: Kind,
    /// PostgreSQL: `postgres://user@host:port/database?sslmode=verify-full`, or `host=… user=…`,
    /// as libpq reads them, without a password.
    pub(crate) url: Option<String>,
    /// PostgreSQL: environment variable that holds the URL, which may then hold the password.
    pub(crate) url_env: Option<String>,
    /// PostgreSQL: environment variable that holds the password. Without one, `PGPASSWORD` is
    /// taken if it is set.
    pub(crate) password_env: Option<String>,
    /// PostgreSQL: file that holds the password.
    pub(crate) password_file: Option<PathBuf>,
    /// PostgreSQL: program and words that write the password, such as those of a keyring:
    /// `["secret-tool", "lookup", "service", "shop"]`.
    pub(crate) password_command: Option<Vec<String>>,
    /// DuckDB: the database file, opened read-only unless it is a `scratch` copy.
    pub(crate) path: Option<PathBuf>,
    /// DuckDB, DataFusion: threads for all sessions together; by default one for each core.
    pub(crate) threads: Option<NonZeroU32>,
    /// DuckDB, DataFusion: memory for all sessions together, in bytes; by default 80 % of the
    /// machine's for DuckDB, without limit for DataFusion.
    pub(crate) memory_bytes_max: Option<u64>,
    /// DataFusion: the files that are its tables.
    #[serde(default)]
    pub(crate) tables: Vec<TableFile>,
    /// PostgreSQL, DuckDB: is it a copy that nobody needs, in which `replay.writes` may change rows until
    /// they are rolled back?
    #[serde(default)]
    pub(crate) scratch: bool,
}

/// The new engine behind the governance pipeline.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GovernedConfig {
    /// Kind of engine; it decides which of the other keys apply.
    pub(crate) kind: Kind,
    /// How statements get into its dialect.
    #[serde(default)]
    pub(crate) transpile: Transpile,
    /// PostgreSQL: `postgres://user@host:port/database?sslmode=verify-full`, or `host=… user=…`,
    /// as libpq reads them, without a password.
    pub(crate) url: Option<String>,
    /// PostgreSQL: environment variable that holds the URL, which may then hold the password.
    pub(crate) url_env: Option<String>,
    /// PostgreSQL: environment variable that holds the password. Without one, `PGPASSWORD` is
    /// taken if it is set.
    pub(crate) password_env: Option<String>,
    /// PostgreSQL: file that holds the password.
    pub(crate) password_file: Option<PathBuf>,
    /// PostgreSQL: program and words that write the password, such as those of a keyring:
    /// `["secret-tool", "lookup", "service", "shop"]`.
    pub(crate) password_command: Option<Vec<String>>,
    /// DuckDB: the database file, opened read-only unless it is a `scratch` copy, cut off from files and
    /// the network.
    pub(crate) path: Option<PathBuf>,
    /// DuckDB, DataFusion: threads for all sessions together; by default one for each core.
    pub(crate) threads: Option<NonZeroU32>,
    /// DuckDB, DataFusion: memory for all sessions together, in bytes; by default 80 % of the
    /// machine's for DuckDB, without limit for DataFusion.
    pub(crate) memory_bytes_max: Option<u64>,
    /// DataFusion: the files that are its tables.
    #[serde(default)]
    pub(crate) tables: Vec<TableFile>,
    /// PostgreSQL, DuckDB: is it a copy that nobody needs, in which `replay.writes` may change rows until
    /// they are rolled back?
    #[serde(default)]
    pub(crate) scratch: bool,
}

impl LegacyConfig {
    /// The engine, its keys checked.
    pub(super) fn spec(&self, base: &Path) -> Result<EngineSpec, Fault> {
        Keys {
            section: "legacy",
            kind: self.kind,
            url: self.url.as_deref(),
            url_env: self.url_env.as_deref(),
            password_env: self.password_env.as_deref(),
            password_file: self.password_file.as_deref(),
            password_command: self.password_command.as_deref(),
            path: self.path.as_deref(),
            threads: self.threads,
            memory_bytes_max: self.memory_bytes_max,
            tables: &self.tables,
            scratch: self.scratch,
        }
        .spec(base)
    }
}

impl GovernedConfig {
    /// The engine, its keys checked.
    pub(super) fn spec(&self, base: &Path) -> Result<EngineSpec, Fault> {
        Keys {
            section: "governed",
            kind: self.kind,
            url: self.url.as_deref(),
            url_env: self.url_env.as_deref(),
            password_env: self.password_env.as_deref(),
            password_file: self.password_file.as_deref(),
            password_command: self.password_command.as_deref(),
            path: self.path.as_deref(),
            threads: self.threads,
            memory_bytes_max: self.memory_bytes_max,
            tables: &self.tables,
            scratch: self.scratch,
        }
        .spec(base)
    }
}
