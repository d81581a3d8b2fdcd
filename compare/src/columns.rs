//! How the changed cells of one column differ, in figures.

use crate::{
    calendar::span_text,
    number::{Exact, Number},
    render::cell_text,
    shape::Column,
    value::{Instant, Value},
};
use bigdecimal::{BigDecimal, ToPrimitive as _};
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
    absolute: Absolute,
    /// Over the larger magnitude.
    relative: Option<f64>,
    ulps: Option<u64>,
    /// The largest distance of two times, in nanoseconds.
    nanos: Option<u128>,
    /// By the hashes of the values, so that texts are made for new pairs only.
    pairs: HashMap<[u128; 2], (ValuePair, u64), FixedState>,
}

/// The largest distance of two numbers.
#[derive(Debug, Default, PartialEq, PartialOrd)]
enum Absolute {
    #[default]
    None,
    Float(f64),
    Exact(BigDecimal),
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
            _ => self.note_distance(legacy, governed),
        }
        if let Some((pair, first)) = self.pairs.get_mut(&hashes) {
            pair.cells += 1;
            *first = place.min(*first);
        } else if self.pairs.len() < PAIRS_MAX {
            let text = |value| cell_text(value, cell_bytes_max.min(PAIR_BYTES_MAX));
            let pair = ValuePair { legacy: text(legacy), governed: text(governed), cells: 1 };
            self.pairs.insert(hashes, (pair, place));
        }
    }

    fn note_distance(&mut self, legacy: &Value<'_>, governed: &Value<'_>) {
        if let (Some(a), Some(b)) = (legacy.as_float(), governed.as_float()) {
            if a.is_finite() && b.is_finite() {
                self.ulps = self.ulps.max(Some(ulps(a, b)));
                self.absolute.raise(Absolute::Float((a - b).abs()));
                self.raise_relative((a - b).abs(), a.abs().max(b.abs()));
            }
        } else if let (Some(a), Some(b)) = (finite(legacy), finite(governed)) {
            let (near_a, near_b) = (a.to_f64_lossy(), b.to_f64_lossy());
            self.raise_relative((near_a - near_b).abs(), near_a.abs().max(near_b.abs()));
            // Arithmetic without bounds only where it may matter.
            let near = (near_a - near_b).abs();
            let beyond = match &self.absolute {
                Absolute::Exact(most) => near >= to_f64(most) * (1.0 - 1e-9),
                _ => true,
            };
            if beyond || !near.is_finite() {
                self.absolute.raise(Absolute::Exact((a.to_big() - b.to_big()).abs()));
            }
        } else if let (Some(a), Some(b)) = (nanos(legacy), nanos(governed)) {
            self.nanos = self.nanos.max(Some(a.abs_diff(b)));
        }
    }

    fn raise_relative(&mut self, distance: f64, larger: f64) {
        let relative = if larger > 0.0 { distance / larger } else { 0.0 };
        if relative.is_finite() {
            self.relative = Some(self.relative.map_or(relative, |most| most.max(relative)));
        }
    }

    /// Adds the figures of other rows.
    pub(crate) fn merge(&mut self, other: Self) {
        self.changed_cells += other.changed_cells;
        self.became_null += other.became_null;
        self.was_null += other.was_null;
        self.absolute.raise(other.absolute);
        if let Some(relative) = other.relative {
            self.raise_relative(relative, 1.0);
        }
        self.ulps = self.ulps.max(other.ulps);
        self.nanos = self.nanos.max(other.nanos);
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
        let numbers = match self.absolute {
            Absolute::None => None,
            Absolute::Float(most) => Some(format!("{most:?}")),
            Absolute::Exact(most) => Some(most.normalized().to_plain_string()),
        };
        let times = self.nanos.map(span_text);
        (self.changed_cells > 0).then(|| ColumnDifferences {
            column: column.index,
            name: column.name.clone(),
            changed_cells: self.changed_cells,
            became_null: self.became_null,
            was_null: self.was_null,
            max_relative: self.relative,
            max_absolute: numbers.or(times),
            max_ulps: self.ulps,
            top_pairs: pairs.into_iter().take(TOP_MAX).map(|(pair, _)| pair).collect(),
        })
    }
}

impl Absolute {
    fn raise(&mut self, other: Self) {
        // A column with floats on one side has exact distances throughout, other columns have one kind.
        if *self < other {
            *self = other;
        }
    }
}

fn finite(value: &Value<'_>) -> Option<Exact> {
    let number = value.as_number().or_else(|| value.as_float().map(Number::from_f64));
    match number {
        Some(Number::Finite(exact)) => Some(exact),
        _ => None,
    }
}

fn nanos(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Time(nanos) => Some(i128::from(*nanos)),
        value => match value.as_instant()? {
            Instant::At(nanos) => Some(nanos),
            _ => None,
        },
    }
}

fn to_f64(value: &BigDecimal) -> f64 {
    value.to_f64().unwrap_or(f64::INFINITY)
}

/// How many floats lie between two, with one of them.
pub(crate) fn ulps(a: f64, b: f64) -> u64 {
    // Places on the line of floats: the order of the bits, mirrored below zero; both zeros are one.
    let place = |value: f64| {
        let bits = i128::from(value.to_bits() & (u64::MAX >> 1));
        if value.is_sign_negative() { -bits } else { bits }
    };
    u64::try_from(place(a).abs_diff(place(b))).unwrap_or(u64::MAX)
}
