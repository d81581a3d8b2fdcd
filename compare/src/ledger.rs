//! What each tolerance excused in one statement.

use crate::{
    render::cell_text,
    settings::Settings,
    shape::Column,
    tolerances::{CellVerdict, Margin},
    value::Value,
};
use model::{CellChange, LedgerEntry};
use std::collections::{BTreeMap, BTreeSet};

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

    /// Counts all `cells` of a column whose structs a tolerance lays out anew; the example shows its
    /// types.
    pub(crate) fn record_layout(
        &mut self,
        rule: usize,
        (column, labels): (&Column<'_>, [String; 2]),
        cells: u64,
    ) {
        if cells == 0 {
            return;
        }
        let entry = self.entries.entry(rule).or_insert_with(|| Entry {
            cells: 0,
            worst: Margin::Form("the order of fields"),
            examples: Vec::new(),
        });
        entry.cells += cells;
        if entry.examples.len() < EXAMPLES_MAX {
            let [legacy, governed] = labels.map(Some);
            let name = column.name.clone();
            entry.examples.push(CellChange { column: column.index, name, legacy, governed });
        }
    }

    /// Places of the team's tolerances among `in_scope` that excused nothing.
    pub(crate) fn unused(&self, in_scope: &BTreeSet<usize>) -> Vec<usize> {
        let given = in_scope.iter().filter(|place| **place < self.settings.given);
        given.filter(|place| !self.entries.contains_key(place)).copied().collect()
    }

    /// The entries, in the order of the settings.
    pub(crate) fn into_entries(self) -> Vec<LedgerEntry> {
        let rules = &self.settings.rules;
        let entry = |(index, entry): (usize, Entry)| {
            let tolerance = &rules.get(index)?.tolerance;
            Some(LedgerEntry {
                code: tolerance.kind.code().to_owned(),
                reason: tolerance.reason.clone(),
                place: (index < self.settings.given).then_some(index),
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
