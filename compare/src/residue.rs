//! Takes away every row that both sides have exactly, copy by copy. What is left is the residue.
//!
//! Large inputs are read twice and hardly kept: the first reading makes a fingerprint in buckets,
//! the second keeps the rows of buckets that are not even, in partitions by their key ([`Store`]).
//! Small ones are kept at once. Rows are told by their hashes of 128 bits (see [`crate::hash`]); of
//! copies, the first ones cancel.

mod split;

pub(crate) use split::Split;

use crate::{
    align,
    fingerprint::{Fingerprint, OpenBuckets},
    hash::{HashKey, RowHasher, halves, length},
    pairing::sample,
    pushdown::Whole,
    scan::{Source, scan, threads},
    shape::Column,
    store::{Loaded, Pile, Sorter, Store, marked_schema},
    table::Table,
    watch::{Pass, Watch},
};
use model::{Rows, Scratch, Side};
use split::Groups;
use std::collections::BTreeMap;

/// Inputs of at most so many rows, both sides together, are kept while they are read first.
const KEPT_ROWS_MAX: u64 = 200_000;
/// Rows of so many bytes are judged in one piece, so that a key can be looked for among all.
const PIECE_BYTES_MAX: u64 = 256 << 20;
/// Partitions are about as large where memory does not ask for smaller ones: the caches hold the
/// columns of such a partition, one after the other.
const PARTITION_BYTES: u64 = 24 << 20;
/// Most partitions that rows are sorted into at once. What is too large then is sorted again.
const PARTITIONS_MAX: u64 = 256;
/// What is laid aside of a partition at once should not be smaller: each piece costs a header.
const ASIDE_BYTES_MIN: u64 = 64 << 10;
/// The memory that judging takes, over the rows: a copy in their order, hashes, pairs.
const OVERHEAD: u64 = 3;

/// How much memory a comparison may take, and where rows go that it does not hold.
#[derive(Debug, Clone, Copy)]
pub struct Memory<'a> {
    /// Bytes of rows in memory, about.
    pub bytes_max: u64,
    /// Without a place to lay rows aside, they stay in memory.
    pub scratch: Option<&'a dyn Scratch>,
}

impl Default for Memory<'_> {
    /// 2 GiB, and nothing is laid aside.
    fn default() -> Self {
        Self { bytes_max: 2 << 30, scratch: None }
    }
}

/// What is compared, and how.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a, 'r> {
    pub(crate) sides: [&'a dyn Rows; 2],
    /// Rows are equal where these are.
    pub(crate) columns: &'a [Column<'r>],
    /// The key, by columns of the result.
    pub(crate) key: Option<&'a [usize]>,
    /// Does the statement limit its rows?
    pub(crate) limited: bool,
    /// All rows, where the sides are only those that may differ.
    pub(crate) whole: Option<&'a Whole<'a>>,
    pub(crate) memory: Memory<'a>,
    pub(crate) watch: &'a dyn Watch,
}

/// The key of the rows, where it is known before they are picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KnownKey {
    /// By whoever asks.
    Given(Vec<usize>),
    /// From a sample of all rows; nothing where there is none.
    Sampled(Option<Vec<usize>>),
    /// Not yet: all rows that may differ are at hand to look for it.
    Open,
}

/// Rows that may differ, in partitions.
#[derive(Debug)]
pub(crate) struct Residue {
    pub(crate) partitions: Vec<[Pile; 2]>,
    /// How partitions that are too large are cut, where they can be.
    pub(crate) split: Option<Split>,
    pub(crate) key: KnownKey,
    /// Rows that were read, of each side.
    pub(crate) rows: [u64; 2],
}

/// Collects the rows that may differ.
pub(crate) fn collect(input: Input<'_, '_>) -> Result<Residue, String> {
    collect_keeping(KEPT_ROWS_MAX, PIECE_BYTES_MAX, input)
}

/// The rows of a partition without an equal row on the other side, in the order of the results. A
/// partition that memory does not hold comes in pieces.
pub(crate) fn each_piece(
    input: Input<'_, '_>,
    split: Option<&Split>,
    piles: [Pile; 2],
    mut each: impl FnMut([Table; 2]) -> Result<(), String>,
) -> Result<(), String> {
    let mut each = |piles: [Pile; 2]| each(tables(input.sides, piles)?);
    match split {
        Some(split) => split.pieces(input, piles, 1, &mut each),
        None => each(piles),
    }
}

/// The rows of both piles without an equal row in the other one.
fn tables(sides: [&dyn Rows; 2], [legacy, governed]: [Pile; 2]) -> Result<[Table; 2], String> {
    let (legacy, governed) = (legacy.load()?, governed.load()?);
    let [l_left, g_left] = cancel(legacy.hashes(), governed.hashes());
    let table = |side: Side, rows: Loaded, left: Vec<usize>| {
        let (batches, places) =
            rows.pick(&left).map_err(|error| format!("the {side} side: {error}"))?;
        Ok::<_, String>(Table::new(side, side.of(sides).schema(), &batches)?.with_numbers(places))
    };
    Ok([table(Side::Legacy, legacy, l_left)?, table(Side::Governed, governed, g_left)?])
}

fn collect_keeping(
    rows_max: u64,
    piece_bytes_max: u64,
    input: Input<'_, '_>,
) -> Result<Residue, String> {
    let Input { sides, columns, watch, .. } = input;
    let [legacy, governed] = sides;
    let key = HashKey::random();
    let schemas = [legacy.schema().as_ref(), governed.schema().as_ref()];
    let hashers = RowHasher::both(columns, schemas, &key);
    let known = match input.key {
        Some(key) => KnownKey::Given(key.to_vec()),
        None => KnownKey::Open,
    };
    let known_starts = sides.map(|side| {
        let rows: Option<Vec<u64>> = (0..side.parts()).map(|part| side.part_rows(part)).collect();
        rows.map(starts)
    });
    let total = legacy.rows().zip(governed.rows());
    if let ([Some(l_starts), Some(g_starts)], Some((l_rows, g_rows))) = (&known_starts, total)
        && l_rows.saturating_add(g_rows) <= rows_max
    {
        let picking = Picking { hashers: &hashers, starts: [l_starts, g_starts], open: None };
        let partitions = pick(input, &picking, None, Pass::Fingerprint)?;
        return Ok(Residue { partitions, split: None, key: known, rows: [l_rows, g_rows] });
    }
    let first = first_reading(input, &hashers)?;
    if first.fingerprint.is_even() {
        let partitions = Vec::new();
        return Ok(Residue { partitions, split: None, key: known, rows: first.rows });
    }
    let [l_starts, g_starts] = [&first.part_rows[0], &first.part_rows[1]]
        .map(|parts| starts(parts.values().copied().collect()));
    let open = first.fingerprint.open();
    let picking = Picking { hashers: &hashers, starts: [&l_starts, &g_starts], open: Some(&open) };
    let bytes = open.share_of(first.bytes);
    let (split, known) = match (Room::of(input.memory, bytes, piece_bytes_max), input.key) {
        (Room { count: 1, .. }, _) => (None, known),
        (room, Some(key)) => {
            // Rows may match within a tolerance on a column of the key, too.
            let exact = exact(columns);
            let by: Vec<_> = key.iter().copied().filter(|index| exact.contains(index)).collect();
            (Split::by(input, &by, room.count, room.bytes_max), known)
        }
        (room, None) => {
            let mut sampled = sample::key(sides, columns, watch)?;
            if let (Some(whole), Some(key)) = (input.whole, &sampled)
                && !whole.is_key(sides, key, watch)?
            {
                sampled = None;
            }
            let by = sampled.clone().unwrap_or_else(|| exact(columns));
            (Split::by(input, &by, room.count, room.bytes_max), KnownKey::Sampled(sampled))
        }
    };
    let partitions = pick(input, &picking, split.as_ref(), Pass::Pick)?;
    Ok(Residue { partitions, split, key: known, rows: first.rows })
}

/// The columns that no tolerance reaches: rows that match within tolerances are equal there.
fn exact(columns: &[Column<'_>]) -> Vec<usize> {
    columns.iter().filter(|column| column.is_exact()).map(|column| column.index).collect()
}

/// Places of the first rows of the parts.
fn starts(part_rows: Vec<u64>) -> Vec<u64> {
    let mut next = 0_u64;
    part_rows
        .into_iter()
        .map(|rows| {
            let start = next;
            next = next.saturating_add(rows);
            start
        })
        .collect()
}

/// How many partitions rows need, and how large one may be.
struct Room {
    count: usize,
    /// Of a partition that is judged.
    bytes_max: u64,
}

/// What laid rows may take of so many bytes: all that partitions at work and rows that wait to be
/// laid in do not need, and at least half.
fn kept_max(bytes_max: u64) -> u64 {
    let at_work = length(threads()) * OVERHEAD * PARTITION_BYTES * 2;
    bytes_max - at_work.saturating_add(bytes_max / 8).min(bytes_max / 2)
}

impl Room {
    /// For `bytes` of rows that may differ, both sides.
    fn of(memory: Memory<'_>, bytes: u64, piece_bytes_max: u64) -> Self {
        let piece = piece_bytes_max.min(memory.bytes_max / OVERHEAD);
        if bytes <= piece {
            return Self { count: 1, bytes_max: piece };
        }
        // As many partitions are at work as there are threads; others fill half of the memory.
        let bytes_max = (memory.bytes_max / 2 / OVERHEAD / length(threads())).max(1);
        let each = bytes_max.min(PARTITION_BYTES).min(piece / 4).max(1);
        // Both sides of each partition are laid aside from the half of the memory that they fill.
        let most = (memory.bytes_max / 4 / ASIDE_BYTES_MIN).clamp(2, PARTITIONS_MAX);
        let count = (bytes / each).clamp(2, most);
        Self { count: usize::try_from(count).unwrap_or(1), bytes_max }
    }
}

/// What the first reading tells.
struct First {
    fingerprint: Fingerprint,
    /// Rows of each part.
    part_rows: [BTreeMap<usize, u64>; 2],
    rows: [u64; 2],
    /// Bytes of the rows in memory, both sides.
    bytes: u64,
}

fn first_reading(input: Input<'_, '_>, hashers: &[RowHasher; 2]) -> Result<First, String> {
    let [legacy, governed] = input.sides;
    let most = [legacy, governed].map(|side| side.rows().unwrap_or(u64::MAX)).into_iter().max();
    let [l_hasher, g_hasher] = hashers;
    let sources = [(legacy, l_hasher), (governed, g_hasher)].map(|(rows, hasher)| Source {
        rows,
        hasher,
        columns: hasher.reads(),
        with_rows: false,
    });
    let init = || First {
        fingerprint: Fingerprint::for_rows(most.unwrap_or(0)),
        part_rows: [BTreeMap::new(), BTreeMap::new()],
        rows: [0, 0],
        bytes: 0,
    };
    let found = scan(sources, (Pass::Fingerprint, input.watch), init, |first, hashed| {
        let count = length(hashed.hashes.len());
        first.bytes = first.bytes.saturating_add(hashed.bytes);
        for hash in hashed.hashes {
            match hashed.side {
                Side::Legacy => first.fingerprint.add(*hash),
                Side::Governed => first.fingerprint.subtract(*hash),
            }
        }
        let parts = hashed.side.of(first.part_rows.each_mut());
        *parts.entry(hashed.part).or_default() += count;
        *hashed.side.of(first.rows.each_mut()) += count;
        Ok(())
    })?;
    let merged = found.into_iter().reduce(|mut all, more| {
        all.fingerprint.merge(&more.fingerprint);
        for (own, mut more) in all.part_rows.iter_mut().zip(more.part_rows) {
            own.append(&mut more);
        }
        for (own, more) in all.rows.iter_mut().zip(more.rows) {
            *own += more;
        }
        all.bytes = all.bytes.saturating_add(more.bytes);
        all
    });
    let mut first = merged.ok_or_else(|| "nothing was read".to_owned())?;
    // Parts without rows have a place too.
    for (parts, side) in first.part_rows.iter_mut().zip(input.sides) {
        for part in 0..side.parts() {
            parts.entry(part).or_default();
        }
    }
    Ok(first)
}

/// Which rows are picked, and what they are marked with.
struct Picking<'p> {
    hashers: &'p [RowHasher; 2],
    /// Places of the first rows of the parts.
    starts: [&'p [u64]; 2],
    /// Everything where there are no buckets.
    open: Option<&'p OpenBuckets>,
}

fn pick(
    input: Input<'_, '_>,
    picking: &Picking<'_>,
    split: Option<&Split>,
    pass: Pass,
) -> Result<Vec<[Pile; 2]>, String> {
    let [legacy, governed] = input.sides;
    let all: Vec<usize> = (0..legacy.schema().fields().len()).collect();
    let [l_hasher, g_hasher] = picking.hashers;
    let sources = [(legacy, l_hasher), (governed, g_hasher)].map(|(rows, hasher)| Source {
        rows,
        hasher,
        columns: &all,
        with_rows: true,
    });
    let schemas = input.sides.map(|rows| marked_schema(rows.schema()));
    let count = split.map_or(1, Split::count);
    let Memory { bytes_max, scratch } = input.memory;
    let store = Store::new(count, schemas, scratch, kept_max(bytes_max));
    let waiting = bytes_max / 8 / length(threads());
    let init = || (Sorter::new(&store, waiting), Groups::default(), Vec::new());
    let sorters = scan(sources, (pass, input.watch), init, |(sorter, groups, picked), hashed| {
        let start = hashed.side.of(picking.starts).get(hashed.part).copied().unwrap_or_default();
        let is_open = |hash: &u128| picking.open.is_none_or(|open| open.has(*hash));
        let rows = (0_u64..).zip(hashed.hashes);
        picked.clear();
        match split {
            Some(split) => {
                let of_row = split.partitions(hashed.side, hashed.batch, (0, count), groups)?;
                let open = rows.zip(of_row).filter(|((_, hash), _)| is_open(hash));
                picked.extend(open.map(|((row, _), partition)| (row, partition)));
            }
            None => picked.extend(rows.filter(|(_, hash)| is_open(hash)).map(|(row, _)| (row, 0))),
        }
        let batch = (hashed.batch, hashed.hashes, start + hashed.start);
        sorter.pick(hashed.side, batch, picked)
    })?;
    sorters.into_iter().try_for_each(|(sorter, ..)| sorter.finish())?;
    store.into_partitions()
}

/// The rows that the other side does not have as often, ascending.
fn cancel(legacy: &[u128], governed: &[u128]) -> [Vec<usize>; 2] {
    // Where nearly all rows differ, hardly any has to be laid beside the others.
    let seen = [legacy, governed].map(Seen::new);
    let [l_seen, g_seen] = &seen;
    let split = |hashes: &[u128], others: &Seen| -> (Vec<usize>, Vec<usize>) {
        let rows = hashes.iter().enumerate();
        let (may, alone): (Vec<_>, Vec<_>) = rows.partition(|(_, hash)| others.may_have(**hash));
        let numbers = |rows: Vec<(usize, &u128)>| rows.into_iter().map(|(row, _)| row).collect();
        (numbers(may), numbers(alone))
    };
    let (l_may, l_alone) = split(legacy, g_seen);
    let (g_may, g_alone) = split(governed, l_seen);
    let mut left = [l_alone, g_alone];
    align::by_hash((legacy, &l_may), (governed, &g_may), |l, g| {
        let both = l.len().min(g.len());
        for (left, own) in left.iter_mut().zip([l, g]) {
            left.extend(own.iter().skip(both));
        }
    });
    for left in &mut left {
        left.sort_unstable();
    }
    left
}

/// Which hashes there may be: a bit for each, which others may share.
struct Seen {
    words: Vec<u64>,
    /// The low bits that choose one of theirs.
    mask: u64,
}

impl Seen {
    /// Eight bits a hash, so that one in eight of the others is taken for one of these.
    fn new(hashes: &[u128]) -> Self {
        let count = hashes.len().saturating_mul(8).next_power_of_two().max(64);
        let mut seen = Self { words: vec![0; count / 64], mask: length(count) - 1 };
        for hash in hashes {
            let (word, bit) = seen.place(*hash);
            if let Some(word) = seen.words.get_mut(word) {
                *word |= bit;
            }
        }
        seen
    }

    fn may_have(&self, hash: u128) -> bool {
        let (word, bit) = self.place(hash);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    fn place(&self, hash: u128) -> (usize, u64) {
        let bit = halves(hash)[0] & self.mask;
        (usize::try_from(bit / 64).unwrap_or(usize::MAX), 1 << (bit % 64))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        Settings, Unwatched,
        laws::fixtures::{Row, facts, mixed, row, statement},
        shape,
    };
    use arrow::{array::RecordBatch, datatypes::SchemaRef};
    use model::{Batches, InMemory, RowsError, Shelf};
    use proptest::prelude::*;
    use std::sync::atomic::{self, AtomicUsize};

    /// A given key may be a column with a tolerance: rows that match within it stay together.
    #[test]
    fn rows_that_match_within_a_tolerance_of_the_key_lie_in_one_partition() {
        let near = model::ToleranceKind::FloatAbsolute { max: 1.0 };
        let settings = crate::laws::fixtures::tolerating(&[near]);
        let (facts, schema) = (facts(), mixed(&[]).schema());
        let shape = shape::plan(&statement(&facts), &schema, &schema, &settings);
        let columns = shape.unwrap().unwrap().columns;
        for shift in 0..20_i32 {
            let table = |more| {
                let value = f64::from(shift) + more;
                parts(&[(Some(1), Some("a".to_owned()), Some(value))], 0)
            };
            let (legacy, governed) = (table(0.0), table(0.5));
            for key in [&[2][..], &[0, 2]] {
                let sides: [&dyn Rows; 2] = [&legacy, &governed];
                let memory = Memory::default();
                let input = Input {
                    sides,
                    columns: &columns,
                    key: Some(key),
                    limited: false,
                    whole: None,
                    memory,
                    watch: &Unwatched,
                };
                let residue = collect_keeping(0, 1, input).unwrap();
                let mut together = false;
                for piles in residue.partitions {
                    let is_there = |tables: [Table; 2]| {
                        together |= tables.iter().all(|table| table.rows() == 1);
                        Ok(())
                    };
                    each_piece(input, residue.split.as_ref(), piles, is_there).unwrap();
                }
                assert!(together, "{shift} {key:?}");
            }
        }
    }

    #[test]
    fn copies_count() {
        let found = cancel(&[1, 2, 2, 2], &[2, 3, 1]);
        assert_eq!(found, [vec![2, 3], vec![1]]);
    }

    proptest! {
        /// As often as by counting.
        #[test]
        fn as_by_brute_force(
            legacy in proptest::collection::vec(0..6_u128, 0..12),
            governed in proptest::collection::vec(0..6_u128, 0..12),
        ) {
            let [l, g] = cancel(&legacy, &governed);
            for hash in 0..6 {
                let times = |hashes: &[u128]| hashes.iter().filter(|h| **h == hash).count();
                let left = |rows: &[usize], hashes: &[u128]| {
                    rows.iter().filter(|row| hashes[**row] == hash).count()
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

    /// Lays everything aside in memory of its own, and counts how often.
    #[derive(Debug, Default)]
    pub(crate) struct Counted(pub(crate) AtomicUsize);

    #[derive(Debug)]
    struct CountedShelf(SchemaRef, Vec<RecordBatch>);

    impl Scratch for Counted {
        fn shelf(&self, schema: &SchemaRef) -> Result<Box<dyn Shelf>, RowsError> {
            self.0.fetch_add(1, atomic::Ordering::Relaxed);
            Ok(Box::new(CountedShelf(SchemaRef::clone(schema), Vec::new())))
        }
    }

    impl Shelf for CountedShelf {
        fn push(&mut self, batch: RecordBatch) -> Result<(), RowsError> {
            self.1.push(batch);
            Ok(())
        }

        fn finish(self: Box<Self>) -> Result<Box<dyn Rows>, RowsError> {
            Ok(Box::new(InMemory::new(self.0, self.1)?))
        }
    }

    proptest! {
        /// What is read twice and picked gives what is kept at once gives, however it is cut, in how
        /// many partitions, and whether memory holds it.
        #[test]
        fn the_way_means_nothing(
            legacy in proptest::collection::vec(row(), 0..20),
            governed in proptest::collection::vec(row(), 0..20),
            at in 0_usize..20,
            key in proptest::option::of(Just([0_usize])),
        ) {
            let (facts, settings) = (facts(), Settings::new(vec![]).unwrap());
            let schema = mixed(&[]).schema();
            let shape = shape::plan(&statement(&facts), &schema, &schema, &settings);
            let columns = shape.unwrap().unwrap().columns;
            let scratch = Counted::default();
            let found = |rows_max, piece_bytes_max, at, memory: Memory<'_>| {
                let (legacy, governed) = (parts(&legacy, at), parts(&governed, at / 2));
                let sides: [&dyn Rows; 2] = [&legacy, &governed];
                let key = key.as_ref().map(<[usize; 1]>::as_slice);
                let input = Input { sides, columns: &columns, key, limited: false, whole: None, memory, watch: &Unwatched };
                let residue = collect_keeping(rows_max, piece_bytes_max, input).unwrap();
                let mut found = [Vec::new(), Vec::new()];
                let mut keep = |tables: [Table; 2]| {
                    for (table, found) in tables.iter().zip(&mut found) {
                        for row in 0..table.rows() {
                            let mut bytes = Vec::new();
                            table.encode_row(row, &columns, &mut bytes)?;
                            found.push((table.number(row), bytes));
                        }
                        found.sort();
                    }
                    Ok(())
                };
                for piles in residue.partitions {
                    each_piece(input, residue.split.as_ref(), piles, &mut keep).unwrap();
                }
                (found, residue.rows)
            };
            let roomy = Memory::default();
            let kept = found(u64::MAX, u64::MAX, 0, roomy);
            prop_assert_eq!(&found(u64::MAX, u64::MAX, at, roomy), &kept);
            prop_assert_eq!(&found(0, u64::MAX, 0, roomy), &kept);
            prop_assert_eq!(&found(0, u64::MAX, at, roomy), &kept);
            prop_assert_eq!(&found(0, 1, at, roomy), &kept);
            let tight = Memory { bytes_max: 1, scratch: Some(&scratch) };
            prop_assert_eq!(&found(0, 1, at, tight), &kept);
            let open = kept.0.iter().any(|rows| !rows.is_empty());
            prop_assert!(!open || scratch.0.into_inner() > 0);
        }
    }
}
