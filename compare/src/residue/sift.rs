//! Which rows may be alone, told by their hashes where buckets tell too little.
//!
//! Where one row in twenty differs nearly every bucket is uneven, although nearly all rows are equal,
//! and all of them would be laid down to find the others. Their hashes take a fraction of that: they
//! are laid down first, equal ones cancel, and of the second reading only rows are kept whose hashes
//! may be left.

use super::{Input, Memory, PARTITION_BYTES, PARTITIONS_MAX, cancel::cancel, pick::kept_max};
use crate::{
    fingerprint::OpenBuckets,
    hash::{RowHasher, halves, length},
    scan::{Source, scan, threads},
    seen::Seen,
    store::{Pile, Sorter, Store, marked_schema},
    watch::{Pass, STOPPED},
};
use arrow::{
    array::{RecordBatch, RecordBatchOptions},
    datatypes::Schema,
};
use model::Side;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// A row without its columns: its hash and its place.
const BYTES: u64 = 24;

/// One content in so many, as a power of two, is in the sample of the first reading, by its hash.
const SAMPLE_BITS: u32 = 10;
/// Most contents of the sample; of more, fewer are in it.
const SAMPLE_MAX: usize = 65_536;

/// How much more often some contents stand on the legacy side than on the governed one.
#[derive(Debug)]
pub(super) struct Sample {
    more: BTreeMap<u128, i64>,
    bits: u32,
}

impl Default for Sample {
    fn default() -> Self {
        Self { more: BTreeMap::new(), bits: SAMPLE_BITS }
    }
}

impl Sample {
    /// Adds those of some rows that are in it.
    #[inline]
    pub(super) fn add(&mut self, side: Side, hashes: &[u128]) {
        let one = match side {
            Side::Legacy => 1,
            Side::Governed => -1,
        };
        for hash in hashes {
            if is_in(*hash, self.bits) {
                self.count(*hash, one);
            }
        }
    }

    fn count(&mut self, hash: u128, more: i64) {
        *self.more.entry(hash).or_default() += more;
        while self.more.len() > SAMPLE_MAX && self.bits < u64::BITS {
            self.thin_out(self.bits + 1);
        }
    }

    fn thin_out(&mut self, bits: u32) {
        self.bits = bits;
        self.more.retain(|hash, _| is_in(*hash, bits));
    }

    /// Adds what another thread has counted.
    pub(super) fn merge(&mut self, other: Self) {
        self.thin_out(self.bits.max(other.bits));
        for (hash, more) in other.more {
            if is_in(hash, self.bits) {
                self.count(hash, more);
            }
        }
    }

    /// About how many rows of both sides have no equal one on the other.
    pub(super) fn alone(&self) -> u64 {
        let alone = self.more.values().map(|more| more.unsigned_abs()).sum::<u64>();
        alone.saturating_mul(1_u64.checked_shl(self.bits).unwrap_or(u64::MAX))
    }
}

/// By other bits than those by which rows are laid in buckets.
fn is_in(hash: u128, bits: u32) -> bool {
    halves(hash)[0].leading_zeros() >= bits
}

/// The hashes that are left of those in open buckets, about so many.
pub(super) fn sift(
    input: Input<'_, '_>,
    hashers: &[RowHasher; 2],
    (open, rows, alone): (&OpenBuckets, u64, u64),
) -> Result<Seen, String> {
    let Memory { bytes_max, scratch } = input.memory;
    let schema = marked_schema(&Schema::empty());
    // As small as memory asks for: both sides of as many as there are threads are at hand at once.
    let each = (bytes_max / 8 / length(threads())).clamp(1, PARTITION_BYTES);
    let count = (rows.saturating_mul(BYTES) / each).clamp(1, PARTITIONS_MAX);
    let count = usize::try_from(count).unwrap_or(1);
    let store = Store::new(count, [Arc::clone(&schema), schema], scratch, kept_max(bytes_max));
    let sources = Side::BOTH.map(|side| {
        let hasher = side.of(hashers.each_ref());
        let rows = side.of(input.sides);
        Source { rows, hasher, columns: hasher.reads(), with_rows: false, parts: None }
    });
    let init = || (Sorter::new(&store, bytes_max / 8 / length(threads())), Vec::new());
    let sorters = scan(sources, (Pass::Sift, input.watch), init, |(sorter, picked), hashed| {
        picked.clear();
        let rows = hashed.hashes.iter().enumerate();
        picked.extend(rows.filter(|(_, hash)| open.has(**hash)).map(|(row, hash)| {
            let partition = halves(*hash)[0] % length(count);
            (row, usize::try_from(partition).unwrap_or(0))
        }));
        let options = RecordBatchOptions::new().with_row_count(Some(hashed.hashes.len()));
        let none = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), vec![], &options);
        let none = none.map_err(|error| error.to_string())?;
        sorter.pick(hashed.side, (&none, hashed.hashes, hashed.start), picked)
    })?;
    sorters.into_iter().try_for_each(|(sorter, _)| sorter.finish())?;
    let left = Mutex::new(Seen::with_room(alone));
    let cancelled = |[legacy, governed]: [Pile; 2]| {
        if input.watch.is_stopped() {
            return Err(STOPPED.to_owned());
        }
        let (legacy, governed) = (legacy.load()?, governed.load()?);
        let [l_left, g_left] = cancel(legacy.hashes(), governed.hashes());
        let of_legacy = l_left.iter().filter_map(|row| legacy.hashes().get(*row));
        let of_governed = g_left.iter().filter_map(|row| governed.hashes().get(*row));
        let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
        of_legacy.chain(of_governed).for_each(|hash| left.add(*hash));
        Ok(())
    };
    store.into_partitions()?.into_par_iter().try_for_each(cancelled)?;
    Ok(left.into_inner().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spread as hashes are, by a multiplier that is odd.
    fn hash(n: u128) -> u128 {
        n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }

    #[test]
    fn a_sample_tells_about_how_many_rows_are_alone() {
        let hashes = |range: std::ops::Range<u128>| range.map(hash).collect::<Vec<_>>();
        let mut sample = Sample::default();
        sample.add(Side::Legacy, &hashes(0..1_000_000));
        let mut more = Sample::default();
        more.add(Side::Governed, &hashes(100_000..1_000_000));
        sample.merge(more);
        assert!((70_000..130_000).contains(&sample.alone()), "{}", sample.alone());
        // Copies count, and take no room.
        let rare = (1..1_000_000).map(hash).find(|hash| is_in(*hash, SAMPLE_BITS)).unwrap();
        let before = (sample.alone(), sample.more.len());
        sample.add(Side::Legacy, &vec![rare; 5_000]);
        sample.add(Side::Governed, &vec![rare; 5_000]);
        assert_eq!((sample.alone(), sample.more.len()), before);
    }

    #[test]
    fn the_sample_is_bounded_and_the_same_however_rows_are_dealt_out() {
        let all: Vec<u128> = (0..400_000).map(hash).collect();
        // As if one content in one were in it from the beginning.
        let of = |hashes: &[u128]| {
            let mut sample = Sample { more: BTreeMap::new(), bits: 0 };
            sample.add(Side::Legacy, hashes);
            sample
        };
        let whole = of(&all);
        let (mut one, other) = (of(&all[..300_000]), of(&all[300_000..]));
        one.merge(other);
        assert!(whole.more.len() <= SAMPLE_MAX && whole.bits >= 2);
        assert_eq!((one.bits, one.more), (whole.bits, whole.more));
    }
}
