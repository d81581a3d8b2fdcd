//! How rows that may differ are cut into partitions: rows that are equal in some columns lie
//! together.

use crate::{
    hash::{HashKey, RowHasher, State, halves, length},
    residue::Input,
    scan::threads,
    store::{Pile, Sorter, Store, marked_schema},
    watch::STOPPED,
};
use arrow::array::RecordBatch;
use model::Side;

/// Partitions are cut so often; what is still too large then has one value too often.
const DEPTH_MAX: u32 = 3;

/// A way to cut.
#[derive(Debug)]
pub(crate) struct Split {
    groupers: [RowHasher; 2],
    /// All columns of the result.
    columns: Vec<usize>,
    /// Into so many partitions at once.
    count: usize,
    /// A partition of more bytes is cut again.
    bytes_max: u64,
}

/// Buffers of [`Split::partitions`].
#[derive(Debug, Default)]
pub(super) struct Groups {
    states: Vec<State>,
    hashes: Vec<u128>,
}

impl Split {
    /// By these columns of the result; nothing where there are none, or one partition is enough.
    pub(super) fn by(
        input: Input<'_, '_>,
        columns: &[usize],
        count: usize,
        bytes_max: u64,
    ) -> Option<Self> {
        let [legacy, governed] = input.sides.map(|rows| rows.schema().as_ref());
        let by: Vec<_> = columns.iter().filter_map(|index| input.columns.get(*index)).collect();
        // Always the same key: partitions decide which examples are shown where there are too many.
        let key = HashKey::from_seed(0, 0);
        (!by.is_empty() && count > 1).then(|| Self {
            groupers: RowHasher::both(by.iter().copied(), [legacy, governed], &key),
            columns: (0..legacy.fields().len()).collect(),
            count,
            bytes_max,
        })
    }

    /// Into so many.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The partition of each row of a batch; other ones at each depth.
    pub(super) fn partitions<'g>(
        &self,
        side: Side,
        batch: &RecordBatch,
        (depth, count): (u32, usize),
        groups: &'g mut Groups,
    ) -> Result<impl Iterator<Item = usize> + use<'g>, String> {
        let grouper = side.of(self.groupers.each_ref());
        let Groups { states, hashes } = groups;
        grouper.hash(batch, &self.columns, 0, (states, hashes))?;
        let count = length(count).max(1);
        Ok(hashes.iter().map(move |hash| {
            let [low, high] = halves(*hash);
            let word = match depth {
                0 => high,
                1 => low,
                _ => low.rotate_left(29) ^ high.rotate_left(17),
            };
            usize::try_from(word % count).unwrap_or(0)
        }))
    }

    /// Gives the pieces of a partition, each small enough where that can be had.
    pub(super) fn pieces(
        &self,
        input: Input<'_, '_>,
        piles: [Pile; 2],
        depth: u32,
        each: &mut dyn FnMut([Pile; 2]) -> Result<(), String>,
    ) -> Result<(), String> {
        let bytes = |piles: &[Pile; 2]| piles.iter().map(Pile::bytes).fold(0, u64::saturating_add);
        let whole = bytes(&piles);
        if whole <= self.bytes_max || depth >= DEPTH_MAX {
            return each(piles);
        }
        if input.watch.is_stopped() {
            return Err(STOPPED.to_owned());
        }
        let count = usize::try_from(whole / self.bytes_max.max(1)).unwrap_or(usize::MAX);
        let count = count.saturating_add(1).clamp(2, self.count.max(2));
        let parts = self.cut(input, piles, (depth, count))?;
        // One value that most rows have: cutting again changes nothing.
        let depth = match parts.iter().map(bytes).max() {
            Some(most) if most / 9 > whole / 10 => DEPTH_MAX,
            _ => depth + 1,
        };
        parts.into_iter().try_for_each(|piles| self.pieces(input, piles, depth, each))
    }

    fn cut(
        &self,
        input: Input<'_, '_>,
        piles: [Pile; 2],
        (depth, count): (u32, usize),
    ) -> Result<Vec<[Pile; 2]>, String> {
        let schemas = input.sides.map(|rows| marked_schema(rows.schema()));
        let bytes_max = input.memory.bytes_max / length(threads());
        let store = Store::new(count, schemas, input.memory.scratch, bytes_max / 2);
        let mut sorter = Sorter::new(&store, bytes_max / 8);
        let mut groups = Groups::default();
        for (side, pile) in Side::BOTH.into_iter().zip(piles) {
            pile.each(|batch| {
                let rows = self.partitions(side, &batch, (depth, count), &mut groups)?;
                let rows = rows.enumerate().collect::<Vec<_>>();
                sorter.push(side, batch, rows.into_iter())
            })?;
        }
        sorter.finish()?;
        store.into_partitions()
    }
}
