//! `[replay]`.

use crate::wiring::preflight::Depth;
use replay::{Pace, Speed, Writes};
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
    /// Whether the data of both sides are held against each other before the replay and after it. The
    /// mismatch of a statement that reads other data is inconclusive, and the gate fails.
    pub(crate) preflight: PreflightConfig,
    /// When statements are sent.
    pub(crate) pace: PaceConfig,
    /// Run the reads of a captured transaction in one transaction on each side, where its engine has
    /// them, so that they see one state of the data. Without it each runs alone.
    pub(crate) transactions: bool,
    /// What becomes of statements that change rows.
    pub(crate) writes: WritesConfig,
    /// How many times faster than at capture, 0.001 to 1,000, where the pace goes by captured times.
    pub(crate) speed: f64,
}

/// What is looked at of the tables that statements read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PreflightConfig {
    /// Nothing.
    Off,
    /// How many rows they have.
    #[default]
    Counts,
    /// All their values, summed up where the rows are by PostgreSQL and DuckDB, and by gnomon where the
    /// engine cannot.
    Checksums,
}

impl PreflightConfig {
    /// How much of the data is looked at, if anything is.
    pub(crate) const fn depth(self) -> Option<Depth> {
        match self {
            Self::Off => None,
            Self::Counts => Some(Depth::Counts),
            Self::Checksums => Some(Depth::Checksums),
        }
    }
}

/// What becomes of INSERT, UPDATE, DELETE, MERGE and row locks. Everything else that writes is never run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WritesConfig {
    /// They do not run.
    #[default]
    Refused,
    /// They run with the other statements of their captured transaction, one transaction at a time, and
    /// are rolled back. Both sides must say that they are a `scratch` copy: sequences go on, triggers
    /// fire and locks are held.
    RolledBack,
}

impl WritesConfig {
    /// As the replay has it.
    pub(crate) const fn writes(self) -> Writes {
        match self {
            Self::Refused => Writes::Refused,
            Self::RolledBack => Writes::RolledBack,
        }
    }
}

/// When statements are sent. Sessions keep their order in each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PaceConfig {
    /// As soon as the statement before is answered.
    #[default]
    Fast,
    /// After the pause that the session made at capture: a slow engine is asked less.
    Closed,
    /// At the captured time, counted from the first statement: a slow engine gets behind.
    Recorded,
}

impl ReplayConfig {
    /// When statements are sent.
    ///
    /// # Errors
    /// A speed out of range, with the key at fault.
    pub(crate) fn pace(&self) -> Result<Pace, (&'static str, String)> {
        let speed = || Speed::new(self.speed).map_err(|error| ("speed", error.to_string()));
        match self.pace {
            PaceConfig::Fast if speed()? != Speed::CAPTURED => Err((
                "speed",
                "`speed` is given, but the pace is `fast`, which has none".to_owned(),
            )),
            PaceConfig::Fast => Ok(Pace::Fast),
            PaceConfig::Closed => Ok(Pace::Closed(speed()?)),
            PaceConfig::Recorded => Ok(Pace::Recorded(speed()?)),
        }
    }
}

impl Default for ReplayConfig {
    fn default() -> Self {
        Self {
            noise: false,
            ties: true,
            preflight: PreflightConfig::Counts,
            pace: PaceConfig::Fast,
            transactions: true,
            writes: WritesConfig::Refused,
            speed: 1.0,
        }
    }
}
