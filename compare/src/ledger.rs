//! What each tolerance excused in one statement.

use crate::{
    render::cell_text,
    settings::Settings,
    shape::Column,
    tolerances::{CellVerdict, Margin},
    value::Value,
};
use model::{CellChange, LedgerEntry};
use std::collections::BTreeMap;

const EXAMPLES_MAX: usize = 3;

/// Collects excused cells by tolerance.
#[derive(Debug)]
pub(crate) struct Ledger<'a> {
    settings: &'a Settings,
    entries: BTreeMap<usize, Entry>,
}

#[derive(Debug)]
struct Entry {
    cells: u64,
    worst: Margin,
    examples: Vec<CellChange>,
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(settings: &'a Settings) -> Self {
        Self { settings, entries: BTreeMap::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Counts the cell under every tolerance that it needed; an equal cell needs none.
    pub(crate) fn record(
        &mut self,
        verdict: CellVerdict,
        column: &Column<'_>,
        legacy: &Value<'_>,
        governed: &Value<'_>,
    ) {
        let CellVerdict::Excused(excuses) = verdict else { return };
        for (rule, margin) in excuses {
            let entry = self.entries.entry(rule).or_insert_with(|| Entry {
                cells: 0,
                worst: margin.clone(),
                examples: Vec::new(),
            });
            entry.cells += 1;
            if margin.exceeds(&entry.worst) {
                entry.worst = margin;
            }
            if entry.examples.len() < EXAMPLES_MAX {
                entry.examples.push(cell_change(column, legacy, governed, self.settings));
            }
        }
    }

    /// The entries, in the order of the settings.
    pub(crate) fn into_entries(self) -> Vec<LedgerEntry> {
        let rules = &self.settings.rules;
        let entry = |(index, entry): (usize, Entry)| {
            let tolerance = &rules.get(index)?.tolerance;
            Some(LedgerEntry {
                code: tolerance.kind.code().to_owned(),
                reason: tolerance.reason.clone(),
                cells: entry.cells,
                worst: entry.worst.to_string(),
                examples: entry.examples,
            })
        };
        self.entries.into_iter().filter_map(entry).collect()
    }
}

/// Two cells as people read them.
pub(crate) fn cell_change(
    column: &Column<'_>,
    legacy: &Value<'_>,
    governed: &Value<'_>,
    settings: &Settings,
) -> CellChange {
    CellChange {
        column: column.index,
        name: column.name.clone(),
        legacy: cell_text(legacy, settings.cell_bytes_max),
        governed: cell_text(governed, settings.cell_bytes_max),
    }
}
