//! What is noted of the rows that one side alone has, piece by piece: enough for the causes of rows,
//! and of constant size, however many there are.

use crate::{
    encode::encoded,
    hash::{HashKey, RowHasher, halves, length},
    render::cell_text,
    shape::Column,
    table::Table,
};
use arrow::datatypes::Schema;
use model::Side;
use std::collections::BTreeMap;

/// Contents that are counted at most; of more, a sample by their hashes.
const CONTENTS_MAX: usize = 65_536;
/// Keys that are remembered, of the first rows.
const KEYS_MAX: usize = 1_024;
const TEXT_BYTES_MAX: usize = 60;

/// How rows are told by their contents and by the key that was given.
#[derive(Debug)]
pub(crate) struct Hashers {
    pub(crate) rows: [RowHasher; 2],
    pub(crate) key: Option<[RowHasher; 2]>,
}

impl Hashers {
    /// By all columns, unless `rows` is there already, and by the columns of the key.
    pub(crate) fn new(
        columns: &[Column<'_>],
        schemas: [&Schema; 2],
        rows: Option<[RowHasher; 2]>,
        key: Option<&[usize]>,
    ) -> Self {
        // Always the same: a sample of contents is shown to people.
        let secret = HashKey::from_seed(0, 0);
        let of_key = |key: &[usize]| {
            let of_key: Vec<_> = key.iter().filter_map(|index| columns.get(*index)).collect();
            RowHasher::both(of_key.iter().copied(), schemas, &secret)
        };
        let rows = rows.unwrap_or_else(|| RowHasher::both(columns, schemas, &secret));
        Self { rows, key: key.map(of_key) }
    }

    /// Rows of a table with their hashes.
    pub(crate) fn hashed(
        &self,
        side: Side,
        table: &Table,
        rows: &[usize],
    ) -> Result<Vec<(usize, u128)>, String> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let hashes = table.hashes_of(rows, side.of(self.rows.each_ref()))?;
        Ok(rows.iter().copied().zip(hashes).collect())
    }
}

/// The rows that one side alone has.
#[derive(Debug, Default)]
pub(crate) struct Lone {
    rows: u64,
    /// Where the first of them stands in the result.
    first: Option<u64>,
    contents: Contents,
    /// Of the first rows, with their places.
    keys: Vec<(u64, u128)>,
    /// Of each column; empty before the first row.
    shared: Vec<Option<SharedValue>>,
}

/// A value that all rows have in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SharedValue {
    /// Its canonical bytes.
    pub(crate) bytes: Vec<u8>,
    /// For people; nothing for NULL.
    pub(crate) text: Option<String>,
}

impl Lone {
    /// Notes rows of a table, with their hashes.
    pub(crate) fn note(
        &mut self,
        side: Side,
        (table, hashed): (&Table, &[(usize, u128)]),
        columns: &[Column<'_>],
        hashers: &Hashers,
    ) -> Result<(), String> {
        if hashed.is_empty() {
            return Ok(());
        }
        for (_, hash) in hashed {
            self.contents.add(*hash, 1);
        }
        let rows: Vec<usize> = hashed.iter().map(|(row, _)| *row).collect();
        let rows = rows.as_slice();
        if let Some(key) = &hashers.key {
            // Rows of a table ascend.
            let first = rows.get(..KEYS_MAX.min(rows.len())).unwrap_or_default();
            let keys = table.hashes_of(first, side.of(key.each_ref()))?;
            self.keep_keys(first.iter().map(|row| table.number(*row)).zip(keys));
        }
        let shared = columns.iter().map(|column| shared_in(table, rows, column));
        self.share(shared.collect::<Result<_, _>>()?);
        self.rows += length(rows.len());
        let first = rows.iter().map(|row| table.number(*row)).min();
        self.first = [self.first, first].into_iter().flatten().min();
        Ok(())
    }

    /// Adds what another part of the rows has.
    pub(crate) fn merge(&mut self, other: Self) {
        if other.rows == 0 {
            return;
        }
        self.contents.merge(other.contents);
        self.keep_keys(other.keys.into_iter());
        self.share(other.shared);
        self.rows += other.rows;
        self.first = [self.first, other.first].into_iter().flatten().min();
    }

    fn keep_keys(&mut self, more: impl Iterator<Item = (u64, u128)>) {
        self.keys.extend(more);
        self.keys.sort_unstable();
        self.keys.truncate(KEYS_MAX);
    }

    fn share(&mut self, more: Vec<Option<SharedValue>>) {
        if self.rows == 0 {
            self.shared = more;
            return;
        }
        for (own, more) in self.shared.iter_mut().zip(more) {
            if *own != more {
                *own = None;
            }
        }
    }

    /// How many they are.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Where the first of them stands in the result.
    pub(crate) fn first(&self) -> Option<u64> {
        self.first
    }

    /// How often each content comes.
    pub(crate) fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The hashes of the keys of the first rows, where a key was given.
    pub(crate) fn keys(&self) -> Vec<u128> {
        self.keys.iter().map(|(_, hash)| *hash).collect()
    }

    /// The value that all rows have, of each column.
    pub(crate) fn shared(&self) -> impl Iterator<Item = Option<&SharedValue>> {
        self.shared.iter().map(Option::as_ref)
    }
}

fn shared_in(
    table: &Table,
    rows: &[usize],
    column: &Column<'_>,
) -> Result<Option<SharedValue>, String> {
    let Some((first, others)) = rows.split_first() else { return Ok(None) };
    let value = table.value(*first, column.index)?;
    let bytes = encoded(&value, &column.meet);
    for row in others {
        if encoded(&table.value(*row, column.index)?, &column.meet) != bytes {
            return Ok(None);
        }
    }
    Ok(Some(SharedValue { bytes, text: cell_text(&value, TEXT_BYTES_MAX) }))
}

/// How often contents come, of all or of a sample that has all copies of what it has.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    times: BTreeMap<u128, u64>,
    /// One content in so many, as a power of two, is counted.
    sparse: u32,
}

impl Contents {
    fn add(&mut self, hash: u128, times: u64) {
        if self.counts(hash) {
            *self.times.entry(hash).or_default() += times;
            self.thin_out();
        }
    }

    fn merge(&mut self, other: Self) {
        self.sparse = self.sparse.max(other.sparse);
        let sparse = self.sparse;
        self.times.retain(|hash, _| is_sampled(*hash, sparse));
        for (hash, times) in other.times {
            self.add(hash, times);
        }
    }

    fn counts(&self, hash: u128) -> bool {
        is_sampled(hash, self.sparse)
    }

    fn thin_out(&mut self) {
        while self.times.len() > CONTENTS_MAX {
            self.sparse += 1;
            let sparse = self.sparse;
            self.times.retain(|hash, _| is_sampled(*hash, sparse));
        }
    }

    /// How often each content comes.
    pub(crate) fn times(&self) -> &BTreeMap<u128, u64> {
        &self.times
    }

    /// So many rows of all stand for each row that is counted here.
    pub(crate) fn weight(&self) -> u64 {
        1_u64.checked_shl(self.sparse).unwrap_or(u64::MAX)
    }
}

fn is_sampled(hash: u128, sparse: u32) -> bool {
    // The lower half is spread as evenly as the upper one, by which rows are laid in buckets.
    halves(hash)[0].trailing_zeros() >= sparse
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spread as hashes are, by a multiplier that is odd.
    fn hash(n: u128) -> u128 {
        n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }

    #[test]
    fn a_sample_has_all_copies_of_what_it_has_in_any_order() {
        let contents = |range: std::ops::Range<u128>| {
            let mut found = Contents::default();
            range.for_each(|n| (0..3).for_each(|_| found.add(hash(n), 1)));
            found
        };
        let few = contents(1..1_000);
        assert_eq!((few.weight(), few.times().len()), (1, 999));
        let whole = contents(1..200_000);
        let (mut one, mut other) = (contents(1..150_000), contents(150_000..200_000));
        assert!(whole.weight() >= 4 && whole.times().len() <= CONTENTS_MAX);
        assert!(whole.times().values().all(|times| *times == 3));
        // About as many as there are, and the same in parts.
        let estimate = whole.times().values().sum::<u64>() * whole.weight();
        assert!((570_000..630_000).contains(&estimate), "{estimate}");
        let second = contents(150_000..200_000);
        one.merge(second);
        other.merge(contents(1..150_000));
        assert_eq!(one.times(), whole.times());
        assert_eq!(other.times(), whole.times());
    }

    #[test]
    fn a_value_is_shared_as_long_as_all_pieces_have_it() {
        let value = |text: &str| Some(SharedValue { bytes: text.into(), text: Some(text.into()) });
        let piece = |values: [&str; 2]| Lone {
            rows: 1,
            first: Some(7),
            shared: values.map(value).to_vec(),
            ..Lone::default()
        };
        let mut all = Lone::default();
        all.merge(piece(["a", "b"]));
        all.merge(Lone::default());
        all.merge(Lone { first: Some(3), ..piece(["a", "c"]) });
        all.merge(piece(["a", "b"]));
        assert_eq!(all.shared().map(|shared| shared.is_some()).collect::<Vec<_>>(), [true, false]);
        assert_eq!((all.rows(), all.first()), (3, Some(3)));
    }
}
