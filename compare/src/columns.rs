//! How the changed cells of one column differ, in figures.

use crate::{
    number::Number,
    render::cell_text,
    shape::Column,
    value::{Instant, Value},
};
use bigdecimal::BigDecimal;
use model::{ColumnDifferences, ValuePair, difference::CellText};
use std::{cmp::Reverse, collections::BTreeMap};

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
    /// The largest distance of two numbers.
    absolute: Option<BigDecimal>,
    /// Over the larger magnitude.
    relative: f64,
    ulps: Option<u64>,
    /// The largest distance of two times, in nanoseconds.
    nanos: Option<u128>,
    pairs: BTreeMap<(CellText, CellText), u64>,
}

impl ColumnStatistics {
    /// Counts two values that differ. Texts of values are cut after `cell_bytes_max` bytes.
    pub(crate) fn note(&mut self, legacy: &Value<'_>, governed: &Value<'_>, cell_bytes_max: usize) {
        self.changed_cells += 1;
        match (legacy, governed) {
            (Value::Null, _) => self.was_null += 1,
            (_, Value::Null) => self.became_null += 1,
            _ => {}
        }
        self.note_distance(legacy, governed);
        let text = |value| cell_text(value, cell_bytes_max.min(PAIR_BYTES_MAX));
        let pair = (text(legacy), text(governed));
        if let Some(count) = self.pairs.get_mut(&pair) {
            *count += 1;
        } else if self.pairs.len() < PAIRS_MAX {
            self.pairs.insert(pair, 1);
        }
    }

    fn note_distance(&mut self, legacy: &Value<'_>, governed: &Value<'_>) {
        if let (Some(a), Some(b)) = (legacy.as_float(), governed.as_float()) {
            if a.is_finite() && b.is_finite() {
                let ulps = ulps(a, b);
                self.ulps = Some(self.ulps.map_or(ulps, |most| most.max(ulps)));
            }
        }
        if let (Some(a), Some(b)) = (finite(legacy), finite(governed)) {
            let distance = (&a - &b).abs();
            let larger = a.abs().max(b.abs());
            self.relative = self.relative.max(ratio(&distance, &larger));
            if self.absolute.as_ref().is_none_or(|most| *most < distance) {
                self.absolute = Some(distance);
            }
        }
        let at = |value: &Value<'_>| match value {
            Value::Time(nanos) => Some(i128::from(*nanos)),
            value => match value.as_instant()? {
                Instant::At(nanos) => Some(nanos),
                _ => None,
            },
        };
        if let (Some(a), Some(b)) = (at(legacy), at(governed)) {
            let distance = a.abs_diff(b);
            self.nanos = Some(self.nanos.map_or(distance, |most| most.max(distance)));
        }
    }

    /// Adds the figures of other rows.
    pub(crate) fn merge(&mut self, other: Self) {
        self.changed_cells += other.changed_cells;
        self.became_null += other.became_null;
        self.was_null += other.was_null;
        self.absolute = self.absolute.take().max(other.absolute);
        self.relative = self.relative.max(other.relative);
        self.ulps = self.ulps.max(other.ulps);
        self.nanos = self.nanos.max(other.nanos);
        for (pair, cells) in other.pairs {
            if let Some(count) = self.pairs.get_mut(&pair) {
                *count += cells;
            } else if self.pairs.len() < PAIRS_MAX {
                self.pairs.insert(pair, cells);
            }
        }
    }

    /// The figures, if a cell has changed.
    pub(crate) fn finish(self, column: &Column<'_>) -> Option<ColumnDifferences> {
        let mut pairs: Vec<_> = self.pairs.into_iter().collect();
        pairs.sort_by_key(|(_, cells)| Reverse(*cells));
        let top = pairs.into_iter().take(TOP_MAX);
        let numbers = self.absolute.map(|most| most.normalized().to_plain_string());
        let times = self.nanos.map(crate::calendar::span_text);
        (self.changed_cells > 0).then(|| ColumnDifferences {
            column: column.index,
            name: column.name.clone(),
            changed_cells: self.changed_cells,
            became_null: self.became_null,
            was_null: self.was_null,
            max_relative: numbers.is_some().then_some(self.relative),
            max_absolute: numbers.or(times),
            max_ulps: self.ulps,
            top_pairs: top
                .map(|((legacy, governed), cells)| ValuePair { legacy, governed, cells })
                .collect(),
        })
    }
}

fn finite(value: &Value<'_>) -> Option<BigDecimal> {
    let number = value.as_number().or_else(|| value.as_float().map(Number::from_f64));
    match number {
        Some(Number::Finite(exact)) => Some(exact.to_big()),
        _ => None,
    }
}

/// For people: how large a distance is beside the larger magnitude.
fn ratio(distance: &BigDecimal, larger: &BigDecimal) -> f64 {
    if larger.sign() == bigdecimal::num_bigint::Sign::NoSign {
        return 0.0;
    }
    (distance / larger).round(20).to_string().parse().unwrap_or(0.0)
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
