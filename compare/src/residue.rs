//! Takes away every row that both sides have exactly, copy by copy. What is left is the residue.
//!
//! Large inputs are read twice and hardly kept: the first reading makes a fingerprint in buckets,
//! the second keeps the rows of buckets that are not even. Small ones are kept at once. Rows are
//! told by their hashes of 128 bits (see [`crate::hash`]); of copies, the first ones cancel.

use crate::{
    fingerprint::{Fingerprint, OpenBuckets},
    hash::{HashKey, RowHasher},
    scan::{Source, scan},
    shape::Column,
    table::Table,
    watch::{Pass, Watch},
};
use arrow::{
    array::{RecordBatch, UInt64Array},
    compute::take_record_batch,
    error::ArrowError,
};
use model::{Rows, Side};
use rayon::slice::ParallelSliceMut as _;
use std::{cmp::Ordering, collections::BTreeMap};

/// Inputs of at most so many rows, both sides together, are kept while they are read first.
const KEPT_ROWS_MAX: u64 = 200_000;

/// Rows without an equal row on the other side, in the order of the results.
#[derive(Debug)]
pub(crate) struct Residue {
    pub(crate) legacy: Table,
    pub(crate) governed: Table,
    /// Rows that were read, of each side.
    pub(crate) rows: [u64; 2],
}

/// Finds the residue. Rows are equal where `columns` are.
pub(crate) fn find(
    [legacy, governed]: [&dyn Rows; 2],
    columns: &[Column<'_>],
    watch: &dyn Watch,
) -> Result<Residue, String> {
    find_keeping(KEPT_ROWS_MAX, [legacy, governed], columns, watch)
}

fn find_keeping(
    rows_max: u64,
    [legacy, governed]: [&dyn Rows; 2],
    columns: &[Column<'_>],
    watch: &dyn Watch,
) -> Result<Residue, String> {
    let key = HashKey::random();
    let schemas = [legacy.schema().as_ref(), governed.schema().as_ref()];
    let hasher = |side| RowHasher::new(side, columns, schemas, &key);
    let hashers = [hasher(Side::Legacy), hasher(Side::Governed)];
    let all: Vec<usize> = (0..schemas[0].fields().len()).collect();
    let sides = [(legacy, &hashers[0]), (governed, &hashers[1])];
    let total = legacy.rows().zip(governed.rows()).map(|(a, b)| a.saturating_add(b));
    if total.is_some_and(|rows| rows <= rows_max) {
        let sources = sides.map(|(rows, hasher)| Source { rows, hasher, columns: &all });
        return pick(sources, Pass::Fingerprint, watch, None);
    }
    let sources = sides.map(|(rows, hasher)| Source { rows, hasher, columns: hasher.reads() });
    let most = [legacy, governed].map(|side| side.rows().unwrap_or(u64::MAX)).into_iter().max();
    let (fingerprint, rows) = fingerprint(sources, most.unwrap_or(0), watch)?;
    if fingerprint.is_even() {
        let empty = |side, rows: &dyn Rows| Table::new(side, rows.schema(), &[]);
        let (legacy, governed) = (empty(Side::Legacy, legacy)?, empty(Side::Governed, governed)?);
        return Ok(Residue { legacy, governed, rows });
    }
    let sources = sides.map(|(rows, hasher)| Source { rows, hasher, columns: &all });
    pick(sources, Pass::Pick, watch, Some(&fingerprint.open()))
}

/// Rows of each side, counted, and the fingerprint of their difference.
fn fingerprint(
    sources: [Source<'_>; 2],
    rows_max: u64,
    watch: &dyn Watch,
) -> Result<(Fingerprint, [u64; 2]), String> {
    let init = || (Fingerprint::for_rows(rows_max), [0_u64; 2]);
    let found = scan(sources, (Pass::Fingerprint, watch), init, |(fingerprint, rows), hashed| {
        let [legacy, governed] = rows;
        let count = u64::try_from(hashed.hashes.len()).unwrap_or(u64::MAX);
        if hashed.side == Side::Legacy {
            *legacy += count;
            hashed.hashes.iter().for_each(|hash| fingerprint.add(*hash));
        } else {
            *governed += count;
            hashed.hashes.iter().for_each(|hash| fingerprint.subtract(*hash));
        }
        Ok(())
    })?;
    let merged = found.into_iter().reduce(|(mut all, a), (other, b)| {
        all.merge(&other);
        (all, [a[0] + b[0], a[1] + b[1]])
    });
    merged.ok_or_else(|| "nothing was read".to_owned())
}

/// Rows of one batch that may differ.
struct Chunk {
    part: usize,
    /// Places of the rows in their part, ascending.
    places: Vec<u64>,
    hashes: Vec<u128>,
    batch: RecordBatch,
}

/// What one thread has picked out, of each side, and the rows that each part has.
#[derive(Default)]
struct Picked {
    chunks: [Vec<Chunk>; 2],
    part_rows: [BTreeMap<usize, u64>; 2],
}

fn pick(
    sources: [Source<'_>; 2],
    pass: Pass,
    watch: &dyn Watch,
    open: Option<&OpenBuckets>,
) -> Result<Residue, String> {
    let found = scan(sources, (pass, watch), Picked::default, |picked, hashed| {
        let [legacy, governed] = &mut picked.chunks;
        let [legacy_rows, governed_rows] = &mut picked.part_rows;
        let (chunks, part_rows) = match hashed.side {
            Side::Legacy => (legacy, legacy_rows),
            Side::Governed => (governed, governed_rows),
        };
        let count = u64::try_from(hashed.hashes.len()).unwrap_or(u64::MAX);
        *part_rows.entry(hashed.part).or_default() += count;
        let Some(open) = open else {
            let places = (hashed.start..).take(hashed.hashes.len()).collect();
            let (hashes, batch) = (hashed.hashes.to_vec(), hashed.batch.clone());
            chunks.push(Chunk { part: hashed.part, places, hashes, batch });
            return Ok(());
        };
        let rows = || (0_u64..).zip(hashed.hashes).filter(|(_, hash)| open.has(**hash));
        let own: Vec<u64> = rows().map(|(row, _)| row).collect();
        if own.is_empty() {
            return Ok(());
        }
        let places = own.iter().map(|row| hashed.start + row).collect();
        let hashes = rows().map(|(_, hash)| *hash).collect();
        let batch = take(hashed.batch, own)
            .map_err(|error| format!("the {} side: {error}", hashed.side))?;
        chunks.push(Chunk { part: hashed.part, places, hashes, batch });
        Ok(())
    })?;
    let mut chunks = [Vec::new(), Vec::new()];
    let mut part_rows = [BTreeMap::new(), BTreeMap::new()];
    for mut picked in found {
        for (all, own) in chunks.iter_mut().zip(&mut picked.chunks) {
            all.append(own);
        }
        for (all, own) in part_rows.iter_mut().zip(&mut picked.part_rows) {
            all.append(own);
        }
    }
    let rows = [&part_rows[0], &part_rows[1]].map(|parts| parts.values().sum());
    for chunks in &mut chunks {
        chunks.sort_unstable_by_key(|chunk| (chunk.part, chunk.places.first().copied()));
    }
    let [legacy, governed] = &chunks;
    let [legacy_left, governed_left] = cancel(hashes(legacy), hashes(governed));
    let [legacy_parts, governed_parts] = &part_rows;
    Ok(Residue {
        legacy: table(Side::Legacy, sources[0], legacy, &legacy_left, legacy_parts)?,
        governed: table(Side::Governed, sources[1], governed, &governed_left, governed_parts)?,
        rows,
    })
}

fn hashes(chunks: &[Chunk]) -> Vec<u128> {
    chunks.iter().flat_map(|chunk| &chunk.hashes).copied().collect()
}

/// The places of hashes that the other side does not have as often, ascending.
fn cancel(legacy: Vec<u128>, governed: Vec<u128>) -> [Vec<usize>; 2] {
    let sorted = |hashes: Vec<u128>| {
        let mut sorted: Vec<(u128, usize)> =
            hashes.into_iter().enumerate().map(|(place, hash)| (hash, place)).collect();
        sorted.par_sort_unstable();
        sorted
    };
    let (legacy, governed) = (sorted(legacy), sorted(governed));
    let mut left = [Vec::new(), Vec::new()];
    let mut legacy = legacy.chunk_by(|a, b| a.0 == b.0).peekable();
    let mut governed = governed.chunk_by(|a, b| a.0 == b.0).peekable();
    loop {
        let order = match (legacy.peek(), governed.peek()) {
            (Some([a, ..]), Some([b, ..])) => a.0.cmp(&b.0),
            (Some(_), _) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let a = if order == Ordering::Greater { None } else { legacy.next() };
        let b = if order == Ordering::Less { None } else { governed.next() };
        let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
        let both = a.len().min(b.len());
        for (left, own) in left.iter_mut().zip([a, b]) {
            left.extend(own.iter().skip(both).map(|(_, place)| *place));
        }
    }
    left.iter_mut().for_each(|left| left.sort_unstable());
    left
}

/// The rows at these places of all chunks together.
fn table(
    side: Side,
    source: Source<'_>,
    chunks: &[Chunk],
    left: &[usize],
    part_rows: &BTreeMap<usize, u64>,
) -> Result<Table, String> {
    let mut left = left.iter().copied().peekable();
    let (mut batches, mut numbers) = (Vec::new(), Vec::new());
    let (mut start, mut part, mut part_start) = (0, 0, 0_u64);
    for chunk in chunks {
        while part < chunk.part {
            part_start += part_rows.get(&part).copied().unwrap_or_default();
            part += 1;
        }
        let end = start + chunk.hashes.len();
        let mut own = Vec::new();
        while let Some(place) = left.next_if(|place| *place < end) {
            numbers.extend(chunk.places.get(place - start).map(|place| part_start + place));
            own.push(u64::try_from(place - start).unwrap_or(u64::MAX));
        }
        if own.len() == chunk.hashes.len() {
            batches.push(chunk.batch.clone());
        } else if !own.is_empty() {
            let taken = take(&chunk.batch, own);
            batches.push(taken.map_err(|error| format!("the {side} side: {error}"))?);
        }
        start = end;
    }
    Ok(Table::new(side, source.rows.schema(), &batches)?.with_numbers(numbers))
}

/// Rows of a batch; a batch without columns has only a number of them.
fn take(batch: &RecordBatch, rows: Vec<u64>) -> Result<RecordBatch, ArrowError> {
    if batch.num_columns() == 0 {
        return Ok(batch.slice(0, rows.len()));
    }
    take_record_batch(batch, &UInt64Array::from(rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Settings, Unwatched,
        laws::fixtures::{Row, facts, mixed, row, statement},
        shape,
    };
    use arrow::datatypes::SchemaRef;
    use model::{Batches, InMemory, RowsError};
    use proptest::prelude::*;

    #[test]
    fn copies_count() {
        let found = cancel(vec![1, 2, 2, 2], vec![2, 3, 1]);
        assert_eq!(found, [vec![2, 3], vec![1]]);
    }

    proptest! {
        /// As often as by counting.
        #[test]
        fn as_by_brute_force(
            legacy in proptest::collection::vec(0..6_u128, 0..12),
            governed in proptest::collection::vec(0..6_u128, 0..12),
        ) {
            let [l, g] = cancel(legacy.clone(), governed.clone());
            for hash in 0..6 {
                let times = |hashes: &[u128]| hashes.iter().filter(|h| **h == hash).count();
                let left = |places: &[usize], hashes: &[u128]| {
                    places.iter().filter(|place| hashes[**place] == hash).count()
                };
                let (a, b) = (times(&legacy), times(&governed));
                prop_assert_eq!(left(&l, &legacy), a.saturating_sub(b));
                prop_assert_eq!(left(&g, &governed), b.saturating_sub(a));
            }
        }
    }

    /// Rows in several parts, as files have them.
    #[derive(Debug)]
    struct Parts(Vec<InMemory>);

    impl Rows for Parts {
        fn schema(&self) -> &SchemaRef {
            self.0[0].schema()
        }

        fn parts(&self) -> usize {
            self.0.len()
        }

        fn part_rows(&self, part: usize) -> Option<u64> {
            self.0[part].rows()
        }

        fn read(
            &self,
            part: usize,
            columns: &[usize],
            batch_rows: usize,
        ) -> Result<Batches<'_>, RowsError> {
            self.0[part].read(0, columns, batch_rows)
        }
    }

    fn parts(rows: &[Row], at: usize) -> Parts {
        let (first, second) = rows.split_at(at.min(rows.len()));
        let part = |rows: &[Row]| InMemory::new(mixed(&[]).schema(), vec![mixed(rows)]).unwrap();
        Parts(vec![part(first), part(&[]), part(second)])
    }

    proptest! {
        /// What is read twice and picked gives what is kept at once gives, however it is cut.
        #[test]
        fn the_way_means_nothing(
            legacy in proptest::collection::vec(row(), 0..20),
            governed in proptest::collection::vec(row(), 0..20),
            at in 0_usize..20,
        ) {
            let (facts, settings) = (facts(), Settings::new(vec![]).unwrap());
            let schema = mixed(&[]).schema();
            let shape = shape::plan(&statement(&facts), &schema, &schema, &settings);
            let columns = shape.unwrap().unwrap().columns;
            let found = |rows_max, at| {
                let (legacy, governed) = (parts(&legacy, at), parts(&governed, at / 2));
                let found =
                    find_keeping(rows_max, [&legacy, &governed], &columns, &Unwatched).unwrap();
                let rows = |table: &Table| -> Vec<(u64, Vec<u8>)> {
                    let row = |row| {
                        let mut bytes = Vec::new();
                        table.encode_row(row, &columns, &mut bytes).unwrap();
                        (table.number(row), bytes)
                    };
                    (0..table.rows()).map(row).collect()
                };
                (rows(&found.legacy), rows(&found.governed), found.rows)
            };
            let kept = found(u64::MAX, 0);
            prop_assert_eq!(&found(0, 0), &kept);
            prop_assert_eq!(&found(0, at), &kept);
            prop_assert_eq!(&found(u64::MAX, at), &kept);
        }
    }
}
