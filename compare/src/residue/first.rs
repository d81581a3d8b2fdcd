//! The first reading of both sides: do they have the same rows, and where not, where to look.

use super::{Input, sift::Sample};
use crate::{
    fingerprint::Fingerprint,
    hash::{RowHasher, length},
    scan::{Source, scan},
    tally::{self, Tally},
    watch::Pass,
};
use model::Side;
use std::{
    collections::BTreeMap,
    mem,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Rows that are counted before their number is looked at.
const COUNTED_AT_ONCE: usize = 8_192;

/// What the first reading tells.
pub(super) struct First {
    pub(super) told: Told,
    /// Rows of each part.
    pub(super) part_rows: [BTreeMap<usize, u64>; 2],
    pub(super) rows: [u64; 2],
    /// Bytes of the rows in memory, both sides.
    pub(super) bytes: u64,
    pub(super) sample: Sample,
}

/// In which form the first reading keeps what it needs to know of rows.
pub(super) enum Told {
    Buckets(Fingerprint),
    /// As long as there are few different rows.
    Counts(Tally),
}

impl Told {
    /// Gives how many more different rows are counted now.
    fn add(&mut self, side: Side, part: usize, hashes: &[u128]) -> u64 {
        match self {
            Self::Buckets(fingerprint) => match side {
                Side::Legacy => hashes.iter().for_each(|hash| fingerprint.add(*hash)),
                Side::Governed => hashes.iter().for_each(|hash| fingerprint.subtract(*hash)),
            },
            Self::Counts(tally) => return tally.add(side, part, hashes),
        }
        0
    }

    /// Buckets from now on.
    fn into_buckets(self, empty: impl FnOnce() -> Fingerprint) -> Fingerprint {
        match self {
            Self::Buckets(fingerprint) => fingerprint,
            Self::Counts(tally) => {
                let mut fingerprint = empty();
                tally.pour(&mut fingerprint);
                fingerprint
            }
        }
    }

    /// What two threads know together.
    fn merge(self, other: Self, empty: impl Fn() -> Fingerprint) -> Self {
        let (own, other) = match (self, other) {
            (Self::Counts(mut own), Self::Counts(other)) => {
                own.merge(other);
                return Self::Counts(own);
            }
            both => both,
        };
        let mut all = own.into_buckets(&empty);
        all.merge(&other.into_buckets(&empty));
        Self::Buckets(all)
    }
}

pub(super) fn first_reading(
    input: Input<'_, '_>,
    hashers: &[RowHasher; 2],
    tally_bytes: u64,
) -> Result<First, String> {
    let [legacy, governed] = input.sides;
    let most = [legacy, governed].map(|side| side.rows().unwrap_or(u64::MAX)).into_iter().max();
    let columns = length(input.columns.len());
    let buckets = || Fingerprint::for_rows(most.unwrap_or(0), columns);
    let [l_hasher, g_hasher] = hashers;
    let sources = [(legacy, l_hasher), (governed, g_hasher)].map(|(rows, hasher)| Source {
        rows,
        hasher,
        columns: hasher.reads(),
        with_rows: false,
        parts: None,
    });
    let different_max = tally_bytes / tally::ENTRY_BYTES;
    // Where one thread has met many different rows, others need not find out.
    let has_many = AtomicBool::new(different_max == 0);
    let different = AtomicU64::new(0);
    let init = || First {
        told: Told::Counts(Tally::default()),
        part_rows: [BTreeMap::new(), BTreeMap::new()],
        rows: [0, 0],
        bytes: 0,
        sample: Sample::default(),
    };
    let found = scan(sources, (Pass::Fingerprint, input.watch), init, |first, hashed| {
        let count = length(hashed.hashes.len());
        first.bytes = first.bytes.saturating_add(hashed.bytes);
        first.sample.add(hashed.side, hashed.hashes);
        // Wide rows come in large parts: a look between tells that there are many different ones.
        for hashes in hashed.hashes.chunks(COUNTED_AT_ONCE) {
            if let Told::Counts(tally) = &mut first.told
                && (has_many.load(Ordering::Relaxed) || tally.is_too_large())
            {
                has_many.store(true, Ordering::Relaxed);
                let mut fingerprint = buckets();
                mem::take(tally).pour(&mut fingerprint);
                first.told = Told::Buckets(fingerprint);
            }
            let more = first.told.add(hashed.side, hashed.part, hashes);
            if different.fetch_add(more, Ordering::Relaxed) > different_max {
                has_many.store(true, Ordering::Relaxed);
            }
        }
        let parts = hashed.side.of(first.part_rows.each_mut());
        *parts.entry(hashed.part).or_default() += count;
        *hashed.side.of(first.rows.each_mut()) += count;
        Ok(())
    })?;
    let merged = found.into_iter().reduce(|mut all, more| {
        all.told = all.told.merge(more.told, buckets);
        for (own, mut more) in all.part_rows.iter_mut().zip(more.part_rows) {
            own.append(&mut more);
        }
        for (own, more) in all.rows.iter_mut().zip(more.rows) {
            *own += more;
        }
        all.bytes = all.bytes.saturating_add(more.bytes);
        all.sample.merge(more.sample);
        all
    });
    let mut first = merged.ok_or_else(|| "nothing was read".to_owned())?;
    if let Told::Counts(tally) = &first.told
        && tally.is_too_large_in_all(different_max)
    {
        first.told = Told::Buckets(first.told.into_buckets(buckets));
    }
    // Parts without rows have a place too.
    for (parts, side) in first.part_rows.iter_mut().zip(input.sides) {
        for part in 0..side.parts() {
            parts.entry(part).or_default();
        }
    }
    Ok(first)
}
