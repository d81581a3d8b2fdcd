//! Do both sides hold the same data? What the checks of a run tell, in counts.

use crate::format::{count, counted};
use model::{DataState, TableState, data, report::RunReport};
use serde::Serialize;

/// The tables that were checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DataSummary {
    /// How many.
    pub tables: u64,
    /// Those with the same rows on both sides, before and after.
    pub same: u64,
    /// Those with as many rows on both sides, whose values were not looked at.
    pub counted: u64,
    /// All others, the worst first: changed, drifted, unknown.
    pub open: Vec<TableState>,
}

impl DataSummary {
    pub(super) fn of(report: &RunReport) -> Self {
        let states = data::states(&report.data);
        let count = |state: DataState| states.iter().filter(|of| of.state == state).count() as u64;
        let (tables, same) = (states.len() as u64, count(DataState::Same));
        let counted = count(DataState::Counted);
        let is_open = |of: &TableState| !matches!(of.state, DataState::Same | DataState::Counted);
        let mut open: Vec<TableState> = states.into_iter().filter(is_open).collect();
        open.sort_by_key(|of| of.state);
        Self { tables, same, counted, open }
    }

    /// Tables whose data differ between the sides, or changed.
    pub fn drifted(&self) -> u64 {
        let bad = |of: &&TableState| matches!(of.state, DataState::Drifted | DataState::Changed);
        self.open.iter().filter(bad).count() as u64
    }

    /// `8 tables: 6 the same, 1 drifted, 1 unknown`.
    pub fn line(&self) -> String {
        let open = |state| self.open.iter().filter(|of| of.state == state).count() as u64;
        let parts = [
            (self.same, "the same"),
            (self.counted, "with as many rows"),
            (open(DataState::Changed), "changed"),
            (open(DataState::Drifted), "drifted"),
            (open(DataState::Unknown), "unknown"),
        ];
        let parts = parts.into_iter().filter(|(n, _)| *n > 0);
        let parts: Vec<String> = parts.map(|(n, what)| format!("{} {what}", count(n))).collect();
        format!("{}: {}", counted(self.tables, "table"), parts.join(", "))
    }
}
