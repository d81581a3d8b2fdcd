//! What of a configuration decides what a run will find; the name of the run follows from it.

use crate::{config::Loaded, error::CliError, wiring::engines as wired};
use chrono::Utc;
use model::Digest;
use replay::Settings;
use serde::Serialize;

/// What the identity is made of.
pub(super) struct Parts<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) comparison: &'a compare::Settings,
    pub(super) settings: &'a Settings,
    /// Digest of the plan: texts of both sides, facts, what is left out by `--only`.
    pub(super) plan: &'a Digest,
    /// Is it to be unlike runs before?
    pub(super) again: Again<'a>,
}

/// What tells a run from others of the same input.
#[derive(Debug, Clone, Copy)]
pub(super) enum Again<'a> {
    /// Nothing.
    No,
    /// That it is begun now.
    Now,
    /// A label, which is the same for all processes of one run.
    Label(&'a str),
}

/// Where passwords and places of reports do not count, nor does the gate.
#[derive(Serialize)]
struct Identity<'a> {
    plan: &'a str,
    legacy: String,
    governed: String,
    tolerances: Vec<&'a model::Tolerance>,
    time_zone: &'a str,
    source_settings: Vec<(&'a str, &'a str)>,
    search_paths: [&'a [String]; 2],
    statement_timeout_seconds: u64,
    attempts_max: u32,
    result_bytes_max: usize,
    governance: String,
    /// Only where it is on: runs keep the names that they had before there was one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    noise: bool,
    /// Only where the bounds are not the default ones, for the same reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<String>,
    /// Only where they are not asked for, for the same reason.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    without_ties: bool,
    /// Only where they are not kept, for the same reason.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    without_transactions: bool,
    started: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

/// The identity as bytes.
pub(super) fn bytes(parts: &Parts<'_>) -> Result<Vec<u8>, CliError> {
    let Parts { loaded, comparison, settings, plan, again } = parts;
    let governance = &loaded.config.governance;
    let identity = Identity {
        plan: plan.as_str(),
        legacy: wired::place("legacy", &loaded.legacy)?,
        governed: wired::place("governed", &loaded.governed)?,
        tolerances: comparison.tolerances().collect(),
        time_zone: &settings.legacy.time_zone,
        source_settings: settings.source.changed(),
        search_paths: [&settings.legacy.search_path, &settings.governed.search_path],
        statement_timeout_seconds: settings.statement_timeout.as_secs(),
        attempts_max: settings.attempts_max,
        result_bytes_max: settings.result_bytes_max,
        governance: format!("{:?} {:?}", governance.limits(), governance.engine_messages),
        comparison: Some(loaded.config.limits.comparison())
            .filter(|bounds| *bounds != compare::Bounds::default())
            .map(|bounds| format!("{bounds:?}")),
        noise: settings.noise,
        without_ties: !settings.ties,
        without_transactions: !settings.transactions,
        started: matches!(again, Again::Now).then(|| Utc::now().timestamp_micros()),
        label: match again {
            Again::Label(label) => Some(*label),
            Again::No | Again::Now => None,
        },
    };
    serde_json::to_vec(&identity).map_err(CliError::usage)
}
