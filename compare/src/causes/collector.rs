//! Counts, for the changed cells of one column, which causes explain them.
//!
//! Each cell is kept as the set of all (cause, parameter) that explain it, and cells of one set are
//! counted together: that is small, and exact enough to choose few causes for many cells
//! ([`super::choice`]). Everything is bounded; what is beyond a bound stays unexplained.

use super::{
    CELLS,
    cause::{CellCause, PairKind, Parameter},
    choice::{self, Chosen},
    pair::Pair,
};
use crate::{hash::length, kind::Meet, render::cell_text, shape::Column, value::Value};
use model::{Cause, CellChange};
use std::{collections::BTreeMap, sync::LazyLock};

/// Cells of a column that are all looked at, those of all partitions together.
const ALL_CELLS_MAX: u64 = 100_000;
/// The least of them in each partition: most may lie in one.
const PARTITION_CELLS_MIN: u64 = 8_192;
/// Of the cells beyond, every so many-th is.
const SAMPLE_STEP: u64 = 16;
/// Parameters of one cause that are counted.
const CAUSE_SLOTS_MAX: usize = 40;
/// All that are counted: the bits of a set.
const SLOTS_MAX: usize = 128;
/// Sets that are counted; a cell of another one counts for its first cause alone.
const SETS_MAX: usize = 4_096;
/// How often the rarest parameter of a cause gives way to a new one.
const EVICTIONS_MAX: u32 = 2_000;
const EXAMPLES_MAX: usize = 3;
const EXAMPLE_BYTES_MAX: usize = 200;

/// A cause with a parameter, and the cells that it explains, others or not.
#[derive(Debug)]
pub(crate) struct Slot {
    /// Its place in [`CELLS`]: its rank.
    pub(crate) rank: usize,
    pub(crate) cause: &'static CellCause,
    pub(crate) parameter: Parameter,
    cells: u64,
    examples: Vec<CellChange>,
}

/// The changed cells of one column.
#[derive(Debug)]
pub(crate) struct Collector<'c> {
    index: usize,
    name: &'c str,
    meet: &'c Meet,
    changed: u64,
    /// So many are all looked at.
    all_max: u64,
    looked_at: u64,
    slots: Vec<Slot>,
    /// Slots of each cause.
    of_cause: Vec<Vec<usize>>,
    /// Cells by the slots that explain them.
    sets: BTreeMap<u128, u64>,
    evictions: u32,
    /// Kept between cells, so that none allocates.
    parameters: Vec<Parameter>,
}

/// The causes that are shown pairs of a kind, with their ranks.
fn of_kind(kind: PairKind) -> &'static [(usize, &'static CellCause)] {
    static BY_KIND: LazyLock<[Vec<(usize, &'static CellCause)>; 5]> = LazyLock::new(|| {
        PairKind::ALL.map(|kind| {
            let ranked = CELLS.iter().copied().enumerate();
            ranked.filter(|(_, cause)| cause.kinds.contains(&kind)).collect()
        })
    });
    let place = PairKind::ALL.iter().position(|known| *known == kind);
    place.and_then(|place| BY_KIND.get(place)).map_or(&[], Vec::as_slice)
}

impl<'c> Collector<'c> {
    /// Of one of so many partitions.
    pub(crate) fn new(column: &'c Column<'_>, partitions: usize) -> Self {
        let all_max = ALL_CELLS_MAX / length(partitions.max(1));
        let all_max = all_max.max(PARTITION_CELLS_MIN);
        Self { all_max, ..Self::of(column.index, &column.name, &column.meet) }
    }

    pub(crate) fn of(index: usize, name: &'c str, meet: &'c Meet) -> Self {
        Self {
            index,
            name,
            meet,
            changed: 0,
            all_max: ALL_CELLS_MAX,
            looked_at: 0,
            slots: Vec::new(),
            of_cause: vec![Vec::new(); CELLS.len()],
            sets: BTreeMap::new(),
            evictions: 0,
            parameters: Vec::new(),
        }
    }

    /// Counts a cell whose values differ.
    pub(crate) fn note(&mut self, legacy: &Value<'_>, governed: &Value<'_>) {
        if !self.pass() {
            self.look_at(legacy, governed);
        }
    }

    /// Counts a cell whose values differ. Gives true if nobody has to look at it; where it is false,
    /// [`Self::look_at`] has to follow.
    pub(crate) fn pass(&mut self) -> bool {
        self.changed += 1;
        self.changed > self.all_max && !self.changed.is_multiple_of(SAMPLE_STEP)
    }

    /// Finds what explains a cell that is counted.
    pub(crate) fn look_at(&mut self, legacy: &Value<'_>, governed: &Value<'_>) {
        self.looked_at += 1;
        let pair = Pair::new(legacy, governed, self.meet);
        let kind = pair.kind();
        let mut parameters = std::mem::take(&mut self.parameters);
        let mut set = 0_u128;
        for &(rank, cause) in of_kind(kind) {
            parameters.clear();
            (cause.explain)(&pair, &mut parameters);
            for &parameter in &parameters {
                if let Some(slot) = self.slot(rank, cause, parameter) {
                    set |= 1 << slot;
                    self.count(slot, &pair);
                }
            }
        }
        self.parameters = parameters;
        if let Some(cells) = self.sets.get_mut(&set) {
            *cells += 1;
            return;
        }
        if self.sets.len() >= SETS_MAX {
            set &= set.wrapping_neg();
        }
        *self.sets.entry(set).or_default() += 1;
    }

    fn count(&mut self, slot: usize, pair: &Pair<'_>) {
        let (column, name) = (self.index, self.name);
        let Some(slot) = self.slots.get_mut(slot) else { return };
        slot.cells += 1;
        if slot.examples.len() < EXAMPLES_MAX {
            slot.examples.push(CellChange {
                column,
                name: name.to_owned(),
                legacy: cell_text(pair.legacy, EXAMPLE_BYTES_MAX),
                governed: cell_text(pair.governed, EXAMPLE_BYTES_MAX),
            });
        }
    }

    /// The place of a cause with a parameter; a new one where there is room.
    fn slot(
        &mut self,
        rank: usize,
        cause: &'static CellCause,
        parameter: Parameter,
    ) -> Option<usize> {
        let is_own = |slot: &Slot| slot.parameter == parameter;
        let own = self.of_cause.get_mut(rank)?;
        if let Some(&known) = own.iter().find(|i| self.slots.get(**i).is_some_and(is_own)) {
            return Some(known);
        }
        let new = Slot { rank, cause, parameter, cells: 0, examples: Vec::new() };
        if own.len() < CAUSE_SLOTS_MAX && self.slots.len() < SLOTS_MAX {
            own.push(self.slots.len());
            self.slots.push(new);
            return own.last().copied();
        }
        // Parameters that chance makes must not keep out those that many cells have.
        if self.evictions >= EVICTIONS_MAX {
            return None;
        }
        self.evictions += 1;
        let rarest = own
            .iter()
            .copied()
            .min_by_key(|i| self.slots.get(*i).map(|slot| (slot.cells, slot.parameter.form)))?;
        let bit = 1_u128 << rarest;
        let holding: Vec<u128> = self.sets.keys().copied().filter(|set| set & bit != 0).collect();
        for set in holding {
            if let Some(cells) = self.sets.remove(&set) {
                *self.sets.entry(set & !bit).or_default() += cells;
            }
        }
        *self.slots.get_mut(rarest)? = new;
        Some(rarest)
    }

    /// Adds what was counted of other rows of the column.
    pub(crate) fn merge(&mut self, other: Self) {
        self.changed += other.changed;
        self.looked_at += other.looked_at;
        let mut bits = Vec::with_capacity(other.slots.len());
        for more in other.slots {
            let own = self.slot(more.rank, more.cause, more.parameter);
            bits.push(own.map_or(0, |own| 1_u128 << own));
            if let Some(slot) = own.and_then(|own| self.slots.get_mut(own)) {
                slot.cells += more.cells;
                let room = EXAMPLES_MAX.saturating_sub(slot.examples.len());
                slot.examples.extend(more.examples.into_iter().take(room));
            }
        }
        for (set, cells) in other.sets {
            let own = bits.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1);
            let mut own = own.fold(0, |own, (_, bit)| own | bit);
            if !self.sets.contains_key(&own) && self.sets.len() >= SETS_MAX {
                own &= own.wrapping_neg();
            }
            *self.sets.entry(own).or_default() += cells;
        }
    }

    /// The few causes that explain the most cells.
    pub(crate) fn finish(self) -> Vec<Cause> {
        let sets: Vec<(u128, u64)> = self.sets.iter().map(|(set, cells)| (*set, *cells)).collect();
        let chosen = choice::choose(&self.slots, &sets, self.looked_at);
        self.joined(chosen).into_iter().filter_map(|group| self.cause(&group)).collect()
    }

    /// Parameters that are one cause together, in the order of the first.
    fn joined(&self, chosen: Vec<Chosen>) -> Vec<Vec<Chosen>> {
        let mut groups: Vec<Vec<Chosen>> = Vec::new();
        for one in chosen {
            let rank = |one: &Chosen| self.slots.get(one.slot).map(|slot| slot.rank);
            let with = groups.iter_mut().find(|group| {
                let mut joint = (*group).clone();
                joint.push(one);
                group.first().and_then(rank) == rank(&one) && self.words_of(&joint).is_some()
            });
            match with {
                Some(group) => group.push(one),
                None => groups.push(vec![one]),
            }
        }
        groups
    }

    fn words_of(&self, group: &[Chosen]) -> Option<super::cause::Words> {
        let parameters: Vec<Parameter> =
            group.iter().filter_map(|one| Some(self.slots.get(one.slot)?.parameter)).collect();
        let cause = self.slots.get(group.first()?.slot)?.cause;
        match parameters.as_slice() {
            [one] => Some((cause.words)(*one, self.name)),
            several => cause.join?(several, self.name),
        }
    }

    fn cause(&self, group: &[Chosen]) -> Option<Cause> {
        let words = self.words_of(group)?;
        let about = &self.slots.get(group.first()?.slot)?.cause.about;
        let cells: u64 = group.iter().map(|one| one.cells).sum();
        let examples =
            group.iter().filter_map(|one| self.slots.get(one.slot)).flat_map(|slot| &slot.examples);
        let are = if cells == 1 { "is" } else { "are" };
        let sampled = self.looked_at < self.changed;
        let found = if sampled {
            format!(
                "{cells} of {} cells of `{}` that were looked at, out of {} changed ones,",
                self.looked_at, self.name, self.changed
            )
        } else if self.changed == 1 {
            format!("the changed cell of `{}`", self.name)
        } else {
            format!("{cells} of {} changed cells of `{}`", self.changed, self.name)
        };
        Some(Cause {
            code: about.code.to_owned(),
            name: about.name.to_owned(),
            parameter: words.parameter,
            columns: vec![self.name.to_owned()],
            cells,
            of_cells: self.changed,
            looked_at_cells: sampled.then_some(self.looked_at),
            rows: 0,
            sentence: format!("{found} {are} {}", words.says),
            remedy: words.remedy,
            examples: examples.take(EXAMPLES_MAX).cloned().collect(),
        })
    }
}
