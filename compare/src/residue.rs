//! Takes away every row that both sides have exactly, copy by copy. What is left is the residue.
//!
//! Large inputs are read twice and hardly kept: the first reading makes a fingerprint in buckets,
//! the second keeps the rows of buckets that are not even, in partitions by their key ([`crate::store`]).
//! Where few rows stand in many copies, the first reading counts them ([`crate::tally`]), and the
//! second one keeps those that are left over. Small inputs are kept at once. Rows are told by their
//! hashes of 128 bits (see [`crate::hash`]); of copies, the first ones cancel.

mod cancel;
mod first;
mod pick;
mod sift;
mod split;

pub(crate) use split::Split;

use crate::{
    hash::{HashKey, RowHasher, length},
    pairing::sample,
    pushdown::Whole,
    scan::threads,
    shape::Column,
    store::{Loaded, Pile},
    table::Table,
    tally::Left,
    watch::{Pass, Watch},
};
use cancel::cancel;
use first::{Told, first_reading};
use model::{Rows, Scratch, Side};
use pick::{Open, Picking, pick};
use sift::sift;

/// Up to which size the rows that may differ are found and judged in a simpler way.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// Inputs of at most so many rows, both sides together, are kept while they are read first. Of more
    /// rows, most answers are equal, and keeping them would be for nothing.
    kept_rows: u64,
    /// Rows of so many bytes are judged in one piece, so that a key can be looked for among all.
    piece_bytes: u64,
    /// The memory for counts of different rows.
    tally_bytes: u64,
    /// Rows in open buckets are sifted by their hashes where at most one in so many differs.
    sifted_each: u64,
}

impl Sizes {
    /// Counts of rows get a sixteenth of the memory.
    fn of(memory: Memory<'_>) -> Self {
        let tally_bytes = (memory.bytes_max / 16).min(256 << 20);
        Self { kept_rows: 8_192, piece_bytes: 256 << 20, tally_bytes, sifted_each: 4 }
    }
}

/// Partitions are about as large where memory does not ask for smaller ones: the caches hold the
/// columns of such a partition, one after the other.
const PARTITION_BYTES: u64 = 24 << 20;
/// Most partitions that rows are sorted into at once. What is too large then is sorted again.
const PARTITIONS_MAX: u64 = 256;
/// What is laid aside of a partition at once should not be smaller: each piece costs a header.
const ASIDE_BYTES_MIN: u64 = 64 << 10;
/// Rows that are laid down take so many times the bytes by which they were estimated: what small
/// arrays take beside their values.
const PILE_SLACK: u64 = 2;
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

/// How often rows that differ stand on both sides, told by their hashes.
#[derive(Debug)]
pub(crate) struct Copies {
    pub(crate) hashers: [RowHasher; 2],
    pub(crate) left: Left,
}

/// Rows that may differ, in partitions.
#[derive(Debug)]
pub(crate) struct Residue {
    pub(crate) partitions: Vec<[Pile; 2]>,
    /// How partitions that are too large are cut, where they can be.
    pub(crate) split: Option<Split>,
    pub(crate) key: KnownKey,
    /// Where the first reading counted them.
    pub(crate) copies: Option<Copies>,
    /// Rows that were read, of each side.
    pub(crate) rows: [u64; 2],
}

/// Collects the rows that may differ.
pub(crate) fn collect(input: Input<'_, '_>) -> Result<Residue, String> {
    collect_keeping(Sizes::of(input.memory), input)
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

fn collect_keeping(sizes: Sizes, input: Input<'_, '_>) -> Result<Residue, String> {
    let Input { sides, columns, .. } = input;
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
        && l_rows.saturating_add(g_rows) <= sizes.kept_rows
    {
        let picking = Picking { hashers: &hashers, starts: [l_starts, g_starts], open: Open::All };
        let partitions = pick(input, &picking, None, Pass::Fingerprint)?;
        return Ok(Residue {
            partitions,
            split: None,
            key: known,
            copies: None,
            rows: [l_rows, g_rows],
        });
    }
    let first = first_reading(input, &hashers, sizes.tally_bytes)?;
    let open = match first.told {
        Told::Buckets(fingerprint) => Open::Buckets(fingerprint.open()),
        Told::Counts(tally) => Open::Copies(tally.left()),
    };
    if open.is_none() {
        let partitions = Vec::new();
        return Ok(Residue { partitions, split: None, key: known, copies: None, rows: first.rows });
    }
    let bytes = open.bytes(first.bytes, first.rows);
    let (open, bytes) = match open {
        Open::Buckets(open) if Room::of(input.memory, bytes, sizes.piece_bytes).count > 1 => {
            let all = first.rows.iter().fold(0, |all: u64, rows| all.saturating_add(*rows));
            let (rows, alone) = (open.share_of(all), first.sample.alone());
            if alone.saturating_mul(sizes.sifted_each) <= rows {
                let left = sift(input, &hashers, (&open, rows, alone))?;
                // One in eight of the others is taken for one of them.
                let kept = alone.saturating_add(rows.saturating_sub(alone) / 8);
                let open = Open::Sifted(open, left, kept);
                let bytes = open.bytes(first.bytes, first.rows);
                (open, bytes)
            } else {
                (Open::Buckets(open), bytes)
            }
        }
        open => (open, bytes),
    };
    let [l_starts, g_starts] = [&first.part_rows[0], &first.part_rows[1]]
        .map(|parts| starts(parts.values().copied().collect()));
    let picking = Picking { hashers: &hashers, starts: [&l_starts, &g_starts], open };
    let room = Room::of(input.memory, bytes, sizes.piece_bytes);
    let (mut split, mut known) = if room.count > 1 { parted(input, room)? } else { (None, known) };
    let partitions = pick(input, &picking, split.as_ref(), Pass::Pick)?;
    if let ([piles], None) = (partitions.as_slice(), &split) {
        // They may be larger than rows are on average.
        let bytes = piles.iter().map(Pile::bytes).fold(0, u64::saturating_add);
        let room = Room::of(input.memory, bytes / PILE_SLACK, sizes.piece_bytes);
        if room.count > 1 {
            (split, known) = parted(input, room)?;
        }
    }
    let copies = picking.open.into_copies().map(|left| Copies { hashers: hashers.clone(), left });
    Ok(Residue { partitions, split, key: known, copies, rows: first.rows })
}

/// How rows that are too many for one piece are parted, and the key by which.
fn parted(input: Input<'_, '_>, room: Room) -> Result<(Option<Split>, KnownKey), String> {
    let Input { sides, columns, watch, .. } = input;
    // Rows may match within a tolerance on a column of the key, too.
    let exact = exact(columns);
    if let Some(key) = input.key {
        let by: Vec<_> = key.iter().copied().filter(|index| exact.contains(index)).collect();
        let split = Split::by(input, &by, room.count, room.bytes_max);
        return Ok((split, KnownKey::Given(key.to_vec())));
    }
    let mut sampled = sample::key(sides, columns, watch)?;
    if let (Some(whole), Some(key)) = (input.whole, &sampled)
        && !whole.is_key(sides, key, watch)?
    {
        sampled = None;
    }
    let by = sampled.clone().unwrap_or(exact);
    Ok((Split::by(input, &by, room.count, room.bytes_max), KnownKey::Sampled(sampled)))
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
#[derive(Debug, Clone, Copy)]
struct Room {
    count: usize,
    /// Of a partition that is judged.
    bytes_max: u64,
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        Settings, Unwatched,
        laws::fixtures::{Row, facts, mixed, row, statement},
        shape, tally,
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
                let residue = collect_keeping(
                    Sizes { kept_rows: 0, piece_bytes: 1, tally_bytes: 0, sifted_each: u64::MAX },
                    input,
                )
                .unwrap();
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
            let found = |(kept_rows, piece_bytes, tally_bytes), sifted_each, at, memory: Memory<'_>| {
                let (legacy, governed) = (parts(&legacy, at), parts(&governed, at / 2));
                let sides: [&dyn Rows; 2] = [&legacy, &governed];
                let key = key.as_ref().map(<[usize; 1]>::as_slice);
                let input = Input { sides, columns: &columns, key, limited: false, whole: None, memory, watch: &Unwatched };
                let residue = collect_keeping(Sizes { kept_rows, piece_bytes, tally_bytes, sifted_each }, input).unwrap();
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
            let (none, most) = (0, u64::MAX);
            let kept = found((most, most, none), most, 0, roomy);
            prop_assert_eq!(&found((most, most, most), most, at, roomy), &kept);
            // By buckets, by counts, and by counts that are given up; sifted or not.
            for tally in [none, most, 5 * tally::ENTRY_BYTES] {
                prop_assert_eq!(&found((none, most, tally), most, 0, roomy), &kept);
                for sifted in [0, most] {
                    prop_assert_eq!(&found((none, most, tally), sifted, at, roomy), &kept);
                    prop_assert_eq!(&found((none, 1, tally), sifted, at, roomy), &kept);
                }
            }
            let tight = Memory { bytes_max: 1, scratch: Some(&scratch) };
            for sifted in [0, most] {
                prop_assert_eq!(&found((none, 1, none), sifted, at, tight), &kept);
                prop_assert_eq!(&found((none, 1, most), sifted, at, tight), &kept);
            }
            let open = kept.0.iter().any(|rows| !rows.is_empty());
            prop_assert!(!open || scratch.0.into_inner() > 0);
        }
    }
}
