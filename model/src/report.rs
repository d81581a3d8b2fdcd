//! A run as reports read it: recorded facts only, so that every report can be written again.

use crate::{
    artifact::Digest,
    data::{self, DataState, TableCheck, TableState},
    engine::EngineInfo,
    lag::Lag,
    outcome::Outcome,
    plan::PlanItem,
    tolerance::Tolerance,
    verdict::{Judgement, Totals},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of [`RunReport`] as JSON.
pub const FORMAT_VERSION: u32 = 1;

/// What is known of a run as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunHeader {
    /// Digest of workload, configuration and engine versions: the same input gives the same id.
    pub run_id: String,
    /// A name for people, for example `demo: transpiled`.
    pub title: String,
    /// Version of the gnomon that ran it.
    pub gnomon_version: String,
    /// When it was first started; of a run that was judged again, when that was.
    pub started: DateTime<Utc>,
    /// When the last verdict was recorded; absent while it is incomplete.
    pub finished: Option<DateTime<Utc>>,
    /// Where the workload comes from.
    pub workload_source: String,
    /// Content digest of the workload.
    pub workload: Digest,
    /// Settings of the system that the workload comes from, where they are not its vendor's
    /// defaults.
    #[serde(default)]
    pub source_settings: BTreeMap<String, String>,
    /// The legacy engine.
    pub legacy: EngineInfo,
    /// The engine behind the governance pipeline.
    pub governed: EngineInfo,
    /// The tolerances in force.
    pub tolerances: Vec<Tolerance>,
    /// Mismatches that the gate lets pass.
    pub mismatches_allowed: u64,
    /// Does the gate let data pass that differ between the sides, or change?
    #[serde(default)]
    pub drift_allowed: bool,
    /// The run whose recorded answers were judged again here; absent where statements were replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_from: Option<String>,
}

impl RunHeader {
    /// A run of which nothing more is known than its name and what it is of; the other texts are empty, and
    /// the gate lets nothing pass.
    pub fn new(
        run_id: impl Into<String>,
        started: DateTime<Utc>,
        workload: Digest,
        [legacy, governed]: [EngineInfo; 2],
    ) -> Self {
        Self {
            run_id: run_id.into(),
            title: String::new(),
            gnomon_version: String::new(),
            started,
            finished: None,
            workload_source: String::new(),
            source_settings: BTreeMap::new(),
            workload,
            legacy,
            governed,
            tolerances: Vec::new(),
            mismatches_allowed: 0,
            drift_allowed: false,
            judged_from: None,
        }
    }
}

/// One statement of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemReport {
    /// What was planned.
    pub item: PlanItem,
    /// What the legacy answered; absent when skipped or pending.
    pub legacy: Option<Outcome>,
    /// What the governed side answered; absent when skipped or pending.
    pub governed: Option<Outcome>,
    /// The judgement; absent while pending.
    pub judgement: Option<Judgement>,
    /// How late it was sent; absent when skipped or pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag: Option<Lag>,
}

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The run as a whole.
    pub run: RunHeader,
    /// Counts; they balance to the statements captured.
    pub totals: Totals,
    /// What checks of the data found, in the order in which they were made; empty without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<TableCheck>,
    /// The statements in plan order.
    pub items: Vec<ItemReport>,
}

impl RunReport {
    /// A report of recorded facts, with its totals counted.
    pub fn new(run: RunHeader, items: Vec<ItemReport>) -> Self {
        let mut totals = Totals::default();
        for item in &items {
            match &item.judgement {
                Some(judgement) => totals.add(&judgement.verdict),
                None => totals.pending += 1,
            }
        }
        let data = Vec::new();
        Self { format_version: FORMAT_VERSION, run, totals, data, items }
    }

    /// The same, with what checks of the data found.
    #[must_use]
    pub fn with_data(self, data: Vec<TableCheck>) -> Self {
        Self { data, ..self }
    }

    /// The tables whose data are not the same on both sides, or changed.
    pub fn drifted(&self) -> Vec<TableState> {
        let bad = |of: &TableState| matches!(of.state, DataState::Drifted | DataState::Changed);
        data::states(&self.data).into_iter().filter(bad).collect()
    }

    /// Does the gate hold: nothing pending, no more mismatches than allowed, and no data that differ,
    /// unless that is allowed?
    pub fn gate_holds(&self) -> bool {
        self.totals.pending == 0
            && self.totals.mismatched <= self.run.mismatches_allowed
            && (self.run.drift_allowed || self.drifted().is_empty())
    }
}
