//! The key of the rows: given by the user or the catalog, or found in the data.
//!
//! A key is looked for among the rows that differ: the columns whose values are different in all
//! rows of each side, and which most rows of both sides share. Then all rows are read once more, of
//! these columns only: if another row has a value of a differing row, the columns are no key.

use crate::{
    align,
    hash::{HashKey, RowHasher},
    pushdown::Whole,
    scan::{Source, scan},
    seen::Seen,
    shape::Column,
    table::Table,
    watch::{Pass, Watch},
};
use model::{KeyOrigin, RowKey, Rows, Side};
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

/// Longest key looked for.
const COLUMNS_MAX: usize = 4;
/// So many single columns are looked at.
const SINGLE_MAX: usize = 64;
/// So many candidates are looked for among all rows, the best first.
const CANDIDATES_MAX: usize = 4;

/// The key, and the hash of its value for each row of the residue.
#[derive(Debug)]
pub(crate) struct Key {
    /// 0-based output columns.
    columns: Vec<usize>,
    /// Given, so that it alone says what a row's partner is.
    origin: KeyOrigin,
    hashes: [Vec<u128>; 2],
}

/// Pairs of rows, and groups of rows where several have one key.
type Pairs = (Vec<(usize, usize)>, Vec<(Vec<usize>, Vec<usize>)>);

impl Key {
    /// The key of these columns of the result.
    pub(crate) fn of(
        tables: [&Table; 2],
        columns: &[Column<'_>],
        key: &[usize],
        origin: KeyOrigin,
    ) -> Result<Self, String> {
        let of_key: Vec<_> = key.iter().filter_map(|index| columns.get(*index)).collect();
        Self::with(tables, &of_key, origin)
    }

    fn with(
        tables: [&Table; 2],
        columns: &[&Column<'_>],
        origin: KeyOrigin,
    ) -> Result<Self, String> {
        let secret = HashKey::random();
        let schemas = tables.map(Table::schema);
        let hashes = |side, table: &Table| {
            table.hashes(&RowHasher::new(side, columns.iter().copied(), schemas, &secret))
        };
        let [legacy, governed] = tables;
        Ok(Self {
            columns: columns.iter().map(|column| column.index).collect(),
            origin,
            hashes: [hashes(Side::Legacy, legacy)?, hashes(Side::Governed, governed)?],
        })
    }

    /// Was it given, so that rows with other keys are other rows?
    pub(crate) fn is_given(&self) -> bool {
        self.origin == KeyOrigin::Given
    }

    /// The key, for people.
    pub(crate) fn told(&self, columns: &[Column<'_>]) -> RowKey {
        let names = self.columns.iter().filter_map(|index| columns.get(*index));
        RowKey { columns: names.map(|column| column.name.clone()).collect(), origin: self.origin }
    }

    /// Rows that are alone with their key on both sides, and groups where they are not, in the order
    /// of the legacy rows.
    pub(super) fn pairs(&self, legacy: &[usize], governed: &[usize]) -> Pairs {
        let (mut pairs, mut shared) = (Vec::new(), Vec::new());
        let [l, g] = &self.hashes;
        align::by_hash((l, legacy), (g, governed), |l, g| match (l, g) {
            ([], _) | (_, []) => {}
            ([l], [g]) => pairs.push((*l, *g)),
            _ => shared.push((l.to_vec(), g.to_vec())),
        });
        shared.sort_unstable();
        (pairs, shared)
    }

    /// How many rows share their key with a row of the other side, if no two of one side do.
    fn partners(&self) -> Option<usize> {
        let [l, g] = &self.hashes;
        let rows = |hashes: &Vec<u128>| (0..hashes.len()).collect::<Vec<_>>();
        let (mut partners, mut is_unique) = (0, true);
        align::by_hash((l, &rows(l)), (g, &rows(g)), |l, g| {
            is_unique &= l.len() <= 1 && g.len() <= 1;
            partners += usize::from(!l.is_empty() && !g.is_empty());
        });
        is_unique.then_some(partners)
    }
}

/// Columns that may be a key: each by itself, and the first few together.
pub(super) fn candidates<'c, 'r>(columns: &'c [Column<'r>]) -> Vec<Vec<&'c Column<'r>>> {
    let exact: Vec<&Column<'_>> = columns.iter().filter(|column| column.is_exact()).collect();
    let single = exact.iter().take(SINGLE_MAX).map(|column| vec![*column]);
    let prefixes = (2..=exact.len().min(COLUMNS_MAX))
        .filter_map(|length| exact.get(..length).map(<[&Column<'_>]>::to_vec));
    single.chain(prefixes).collect()
}

/// The best key that is found among the rows of the residue, and holds among all.
pub(crate) fn find(
    tables: [&Table; 2],
    (rows, whole): ([&dyn Rows; 2], Option<&Whole<'_>>),
    columns: &[Column<'_>],
    watch: &dyn Watch,
) -> Result<Option<Key>, String> {
    if tables.iter().any(|table| table.rows() == 0) {
        return Ok(None);
    }
    let mut ranked = Vec::new();
    for (rank, of_key) in candidates(columns).into_iter().enumerate() {
        let key = Key::with(tables, &of_key, KeyOrigin::Inferred)?;
        if let Some(partners @ 1..) = key.partners() {
            ranked.push((Reverse(partners), rank, of_key, key));
        }
    }
    ranked.sort_by_key(|(partners, rank, ..)| (*partners, *rank));
    for (_, _, of_key, key) in ranked.into_iter().take(CANDIDATES_MAX) {
        let is_key = match whole {
            Some(whole) => whole.is_unique(tables, &of_key, watch)?,
            None => is_unique(tables, rows, &of_key, watch)?,
        };
        if is_key {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Has no row of all a key that a differing row of its side has?
fn is_unique(
    tables: [&Table; 2],
    rows: [&dyn Rows; 2],
    of_key: &[&Column<'_>],
    watch: &dyn Watch,
) -> Result<bool, String> {
    let secret = HashKey::random();
    let schemas = tables.map(Table::schema);
    let hashers = RowHasher::both(of_key.iter().copied(), schemas, &secret);
    let mut differing = [Vec::new(), Vec::new()];
    for ((table, hasher), sorted) in tables.iter().zip(&hashers).zip(&mut differing) {
        *sorted = table.hashes(hasher)?;
        sorted.sort_unstable();
    }
    let sources = [(rows[0], &hashers[0]), (rows[1], &hashers[1])].map(|(rows, hasher)| Source {
        rows,
        hasher,
        columns: hasher.reads(),
        with_rows: false,
        parts: None,
    });
    let seen = differing.each_ref().map(Seen::new);
    // Once a thread has met a key twice nobody needs to read on.
    let is_twice = AtomicBool::new(false);
    let init = || [BTreeMap::new(), BTreeMap::new()];
    let found = scan(sources, (Pass::Keys, watch), init, |counts, hashed| {
        let sorted = hashed.side.of(differing.each_ref());
        let counts: &mut BTreeMap<u128, u64> = hashed.side.of(counts.each_mut());
        let seen = hashed.side.of(seen.each_ref());
        for hash in hashed.hashes.iter().filter(|hash| seen.may_have(**hash)) {
            if sorted.binary_search(hash).is_ok() {
                let count = counts.entry(*hash).or_default();
                *count += 1;
                if *count > 1 {
                    is_twice.store(true, Ordering::Relaxed);
                    return Err("a key stands twice".to_owned());
                }
            }
        }
        Ok(())
    });
    if is_twice.into_inner() {
        return Ok(false);
    }
    let found = found?;
    let mut all = init();
    for counts in found {
        for (all, own) in all.iter_mut().zip(counts) {
            for (hash, count) in own {
                *all.entry(hash).or_default() += count;
            }
        }
    }
    Ok(all.iter().all(|counts| counts.values().all(|count| *count == 1)))
}
