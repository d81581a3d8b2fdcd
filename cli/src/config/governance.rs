//! `[governance]`.

use governance::{Credits, Durability, EngineMessages, Limits, Literals};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// Audit log and quotas of the governed side.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GovernanceConfig {
    /// The audit log, one record a statement, appended to. Default: `audit.jsonl` in the folder of
    /// the runs.
    pub(crate) audit: Option<PathBuf>,
    /// When a record of the audit log counts as written.
    pub(crate) durability: DurabilityConfig,
    /// What becomes of string literals in the audit log.
    pub(crate) literals: LiteralsConfig,
    /// What becomes of the governed engine's own messages.
    pub(crate) engine_messages: MessagesConfig,
    /// Credits that a principal may spend in a calendar month of UTC, in thousandths; unlimited by
    /// default. What the audit log says of this month counts.
    pub(crate) credits_a_month_milli: Option<u64>,
    /// Statements that a principal may run at the same time; unlimited by default.
    pub(crate) concurrent_max: Option<u32>,
    /// Rows that one statement may return; unlimited by default.
    pub(crate) rows_a_query_max: Option<u64>,
}

/// When a record counts as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DurabilityConfig {
    /// When the operating system has it: survives the end of the process, not a power cut.
    #[default]
    Flush,
    /// When the disk has it.
    Fsync,
}

/// What becomes of string literals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LiteralsConfig {
    /// They are hidden, and so are comments.
    #[default]
    Hide,
    /// They stay, but for what looks personal: mail addresses, card and telephone numbers.
    Scan,
}

/// What becomes of an engine's message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MessagesConfig {
    /// It is passed on, so that a failing statement can be mended.
    #[default]
    Pass,
    /// Only its SQLSTATE is told, since engines quote values.
    Replace,
}

impl GovernanceConfig {
    /// The limits of each principal.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            credits_a_month_milli: self.credits_a_month_milli.map(Credits::from_milli),
            concurrent_max: self.concurrent_max,
            rows_a_query_max: self.rows_a_query_max,
        }
    }
}

impl From<DurabilityConfig> for Durability {
    fn from(config: DurabilityConfig) -> Self {
        match config {
            DurabilityConfig::Flush => Self::Flush,
            DurabilityConfig::Fsync => Self::Fsync,
        }
    }
}

impl From<LiteralsConfig> for Literals {
    fn from(config: LiteralsConfig) -> Self {
        match config {
            LiteralsConfig::Hide => Self::Hide,
            LiteralsConfig::Scan => Self::Scan,
        }
    }
}

impl From<MessagesConfig> for EngineMessages {
    fn from(config: MessagesConfig) -> Self {
        match config {
            MessagesConfig::Pass => Self::Pass,
            MessagesConfig::Replace => Self::Replace,
        }
    }
}
