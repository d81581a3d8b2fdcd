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
    /// By the place of their row, ascending.
    examples: Vec<(u64, CellChange)>,
}

impl Entry {
    fn new(worst: Margin) -> Self {
        Self { cells: 0, worst, examples: Vec::new() }
    }

    /// Would an example be kept? It stands before the last one kept, or there is room.
    fn wants(&self, place: u64) -> bool {
        self.examples.len() < EXAMPLES_MAX
            || self.examples.last().is_some_and(|(last, _)| place < *last)
    }

    /// Keeps an example that is wanted.
    fn keep(&mut self, place: u64, example: CellChange) {
        let at = self.examples.partition_point(|(kept, _)| *kept <= place);
        self.examples.insert(at, (place, example));
        self.examples.truncate(EXAMPLES_MAX);
    }
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(settings: &'a Settings) -> Self {
        Self { settings, entries: BTreeMap::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds what another part of the rows needed.
    pub(crate) fn merge(&mut self, other: Self) {
        for (rule, more) in other.entries {
            let entry = self.entries.entry(rule).or_insert_with(|| Entry::new(more.worst.clone()));
            entry.cells += more.cells;
            if more.worst.exceeds(&entry.worst) {
                entry.worst = more.worst;
            }
            for (place, example) in more.examples {
                entry.keep(place, example);
            }
        }
    }

    /// Counts the cell under every tolerance that it needed; an equal cell needs none. `place` is
    /// where the legacy row stands; the values (legacy, governed) are asked for where they are shown.
    pub(crate) fn record<'v>(
        &mut self,
        verdict: CellVerdict,
        (column, place): (&Column<'_>, u64),
        values: impl Fn() -> Result<[Value<'v>; 2], String>,
    ) -> Result<(), String> {
        let CellVerdict::Excused(excuses) = verdict else { return Ok(()) };
        for (rule, margin) in excuses {
            let entry = self.entries.entry(rule).or_insert_with(|| Entry::new(margin.clone()));
            entry.cells += 1;
            if margin.exceeds(&entry.worst) {
                entry.worst = margin;
            }
            if entry.wants(place) {
                let [legacy, governed] = values()?;
                entry.keep(place, cell_change(column, &legacy, &governed, self.settings));
            }
        }
        Ok(())
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
        let worst = || Entry::new(Margin::Form("the order of fields"));
        let entry = self.entries.entry(rule).or_insert_with(worst);
        entry.cells += cells;
        if entry.wants(u64::MAX) {
            let [legacy, governed] = labels.map(Some);
            let (column, name) = (column.index, column.name.clone());
            entry.keep(u64::MAX, CellChange { column, name, legacy, governed });
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
                examples: entry.examples.into_iter().map(|(_, example)| example).collect(),
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
