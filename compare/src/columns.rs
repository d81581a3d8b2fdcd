//! How the changed cells of one column differ, in figures.

mod distances;

pub(crate) use distances::ulps;

use crate::{hash::length, render::cell_text, shape::Column, value::Value};
use arrow::array::Array;
use distances::Distances;
use foldhash::fast::FixedState;
use model::{ColumnDifferences, ValuePair};
use std::{cmp::Reverse, collections::HashMap};

/// Pairs of values that are counted; what comes after so many different ones is not.
const PAIRS_MAX: usize = 1_000;
/// Pairs that are told.
const TOP_MAX: usize = 5;
/// Longest text of a value in a pair, in bytes.
const PAIR_BYTES_MAX: usize = 200;

/// Figures of one column.
#[derive(Debug, Default)]
pub(crate) struct ColumnStatistics {
    changed_cells: u64,
    became_null: u64,
    was_null: u64,
    distances: Distances,
    /// By the hashes of the values, so that texts are made for new pairs only.
    pairs: HashMap<[u128; 2], (ValuePair, u64), FixedState>,
}

impl ColumnStatistics {
    /// Counts two values that differ, which hash to `hashes`. Texts of values are cut after
    /// `cell_bytes_max` bytes.
    pub(crate) fn note(
        &mut self,
        [legacy, governed]: [&Value<'_>; 2],
        (hashes, place): ([u128; 2], u64),
        cell_bytes_max: usize,
    ) {
        self.changed_cells += 1;
        match (legacy, governed) {
            (Value::Null, _) => self.was_null += 1,
            (_, Value::Null) => self.became_null += 1,
            _ => self.distances.note(legacy, governed),
        }
        if !self.note_known((hashes, place)) {
            self.note_new([legacy, governed], (hashes, place), cell_bytes_max);
        }
    }

    /// Counts all cells of two arrays, of which each two differ, but for their pairs of values.
    /// Gives false, and counts nothing, where arrays of their type are counted cell by cell.
    pub(crate) fn note_arrays(&mut self, [legacy, governed]: [&dyn Array; 2]) -> bool {
        if !self.distances.note_arrays([legacy, governed]) {
            return false;
        }
        self.changed_cells += length(legacy.len());
        self.was_null += length(legacy.null_count());
        self.became_null += length(governed.null_count());
        true
    }

    /// Counts a pair of values if nothing has to be known but their hashes.
    pub(crate) fn note_known(&mut self, (hashes, place): ([u128; 2], u64)) -> bool {
        match self.pairs.get_mut(&hashes) {
            Some((pair, first)) => {
                pair.cells += 1;
                *first = place.min(*first);
                true
            }
            None => self.pairs.len() >= PAIRS_MAX,
        }
    }

    /// Counts a pair of values that did not come before.
    pub(crate) fn note_new(
        &mut self,
        [legacy, governed]: [&Value<'_>; 2],
        (hashes, place): ([u128; 2], u64),
        cell_bytes_max: usize,
    ) {
        let text = |value| cell_text(value, cell_bytes_max.min(PAIR_BYTES_MAX));
        let pair = ValuePair { legacy: text(legacy), governed: text(governed), cells: 1 };
        self.pairs.insert(hashes, (pair, place));
    }

    /// Adds the figures of other rows.
    pub(crate) fn merge(&mut self, other: Self) {
        self.changed_cells += other.changed_cells;
        self.became_null += other.became_null;
        self.was_null += other.was_null;
        self.distances.merge(other.distances);
        let mut more: Vec<_> = other.pairs.into_iter().collect();
        more.sort_unstable_by_key(|(_, (_, first))| *first);
        for (hashes, (pair, place)) in more {
            if let Some((own, first)) = self.pairs.get_mut(&hashes) {
                own.cells += pair.cells;
                *first = place.min(*first);
            } else if self.pairs.len() < PAIRS_MAX {
                self.pairs.insert(hashes, (pair, place));
            }
        }
    }

    /// The figures, if a cell has changed.
    pub(crate) fn finish(self, column: &Column<'_>) -> Option<ColumnDifferences> {
        let mut pairs: Vec<_> = self.pairs.into_values().collect();
        pairs.sort_by_key(|(pair, first)| (Reverse(pair.cells), *first));
        (self.changed_cells > 0).then(|| ColumnDifferences {
            column: column.index,
            name: column.name.clone(),
            changed_cells: self.changed_cells,
            became_null: self.became_null,
            was_null: self.was_null,
            max_relative: self.distances.relative(),
            max_ulps: self.distances.ulps(),
            max_absolute: self.distances.absolute_text(),
            top_pairs: pairs.into_iter().take(TOP_MAX).map(|(pair, _)| pair).collect(),
        })
    }
}
