//! Which engine answered, in which version, under which settings: recorded with every run.

use crate::dialect::Dialect;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// A kind of engine that Gnomon drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// A PostgreSQL server.
    Postgres,
    /// DuckDB inside this process.
    DuckDb,
    /// Apache DataFusion inside this process.
    DataFusion,
    /// Scripted results, delays and faults, for tests.
    Simulated,
}

impl EngineKind {
    /// The name used in files and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::DuckDb => "duckdb",
            Self::DataFusion => "datafusion",
            Self::Simulated => "simulated",
        }
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The identity of an engine as it reported itself when a session opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineInfo {
    /// What it is.
    pub kind: EngineKind,
    /// The version it reported, verbatim.
    pub version: String,
    /// The dialect it reads.
    pub dialect: Dialect,
    /// The session settings that were pinned or found, by name. Never a credential.
    pub settings: BTreeMap<String, String>,
}
