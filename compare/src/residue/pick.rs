//! The second reading: keeps the rows that may differ, in partitions.

use super::{Input, Memory, OVERHEAD, PARTITION_BYTES, Split, split::Groups};
use crate::{
    fingerprint::OpenBuckets,
    hash::{RowHasher, length},
    scan::{Hashed, Source, scan, threads},
    seen::Seen,
    store::{Pile, Sorter, Store, marked_schema},
    tally::{Left, Leftover},
    watch::Pass,
};
use model::Side;

/// Which rows may be without an equal one on the other side.
pub(super) enum Open {
    All,
    Buckets(OpenBuckets),
    /// Of the rows in these buckets, about so many of all, those whose hashes may be left.
    Sifted(OpenBuckets, Seen, u64),
    Copies(Left),
}

impl Open {
    pub(super) fn is_none(&self) -> bool {
        match self {
            Self::All => false,
            Self::Buckets(open) | Self::Sifted(open, ..) => open.is_none(),
            Self::Copies(left) => left.rows() == 0,
        }
    }

    /// Their bytes, of all bytes of all rows of both sides.
    pub(super) fn bytes(&self, bytes: u64, [legacy, governed]: [u64; 2]) -> u64 {
        let share = |rows: u64| {
            let all = legacy.saturating_add(governed).max(1);
            let share = u128::from(bytes) * u128::from(rows) / u128::from(all);
            u64::try_from(share).unwrap_or(u64::MAX)
        };
        match self {
            Self::All => bytes,
            Self::Buckets(open) => open.share_of(bytes),
            Self::Sifted(_, _, rows) => share(*rows),
            Self::Copies(left) => share(left.rows()),
        }
    }

    /// How often they stand on both sides, where that was counted.
    pub(super) fn into_copies(self) -> Option<Left> {
        match self {
            Self::All | Self::Buckets(_) | Self::Sifted(..) => None,
            Self::Copies(left) => Some(left),
        }
    }

    /// The parts of a side that hold some, where that is known.
    fn parts(&self, side: Side) -> Option<Vec<usize>> {
        match self {
            Self::All | Self::Buckets(_) | Self::Sifted(..) => None,
            Self::Copies(left) => Some(left.parts(side)),
        }
    }

    /// Gives the numbers of those of a batch.
    fn pick(&self, hashed: &Hashed<'_>, leftover: &mut Leftover, mut each: impl FnMut(usize)) {
        let rows = hashed.hashes.iter().enumerate();
        match self {
            Self::All => rows.for_each(|(row, _)| each(row)),
            Self::Buckets(open) => {
                rows.filter(|(_, hash)| open.has(**hash)).for_each(|(row, _)| each(row));
            }
            Self::Sifted(open, left, _) => {
                rows.filter(|(_, hash)| open.has(**hash) && left.may_have(**hash))
                    .for_each(|(row, _)| each(row));
            }
            Self::Copies(left) => {
                leftover.go_to(left, hashed.side, hashed.part);
                rows.filter(|(_, hash)| leftover.has(**hash)).for_each(|(row, _)| each(row));
            }
        }
    }
}

/// Which rows are picked, and what they are marked with.
pub(super) struct Picking<'p> {
    pub(super) hashers: &'p [RowHasher; 2],
    /// Places of the first rows of the parts.
    pub(super) starts: [&'p [u64]; 2],
    pub(super) open: Open,
}

/// What laid rows may take of so many bytes: all that partitions at work and rows that wait to be
/// laid in do not need, and at least half.
pub(super) fn kept_max(bytes_max: u64) -> u64 {
    let at_work = length(threads()) * OVERHEAD * PARTITION_BYTES * 2;
    bytes_max - at_work.saturating_add(bytes_max / 8).min(bytes_max / 2)
}

/// What one thread picks with.
struct Picker<'s> {
    sorter: Sorter<'s>,
    groups: Groups,
    leftover: Leftover,
    /// Rows of a batch and their partitions.
    picked: Vec<(usize, usize)>,
}

pub(super) fn pick(
    input: Input<'_, '_>,
    picking: &Picking<'_>,
    split: Option<&Split>,
    pass: Pass,
) -> Result<Vec<[Pile; 2]>, String> {
    let [legacy, _] = input.sides;
    let all: Vec<usize> = (0..legacy.schema().fields().len()).collect();
    let parts = Side::BOTH.map(|side| picking.open.parts(side));
    let sources = Side::BOTH.map(|side| Source {
        rows: side.of(input.sides),
        hasher: side.of(picking.hashers.each_ref()),
        columns: &all,
        with_rows: true,
        parts: side.of(parts.each_ref()).as_deref(),
    });
    let schemas = input.sides.map(|rows| marked_schema(rows.schema()));
    let count = split.map_or(1, Split::count);
    let Memory { bytes_max, scratch } = input.memory;
    let store = Store::new(count, schemas, scratch, kept_max(bytes_max));
    let waiting = bytes_max / 8 / length(threads());
    let init = || Picker {
        sorter: Sorter::new(&store, waiting),
        groups: Groups::default(),
        leftover: Leftover::default(),
        picked: Vec::new(),
    };
    let pickers = scan(sources, (pass, input.watch), init, |picker, hashed| {
        let start = hashed.side.of(picking.starts).get(hashed.part).copied().unwrap_or_default();
        let Picker { sorter, groups, leftover, picked } = picker;
        picked.clear();
        picking.open.pick(hashed, leftover, |row| picked.push((row, 0)));
        if let Some(split) = split
            && !picked.is_empty()
        {
            let mut of_row = split.partitions(hashed.side, hashed.batch, (0, count), groups)?;
            let mut next = 0;
            for (row, partition) in picked.iter_mut() {
                *partition = of_row.nth(*row - next).unwrap_or_default();
                next = *row + 1;
            }
        }
        let batch = (hashed.batch, hashed.hashes, start + hashed.start);
        sorter.pick(hashed.side, batch, picked)
    })?;
    pickers.into_iter().try_for_each(|picker| picker.sorter.finish())?;
    store.into_partitions()
}
