//! Pairs differing rows that are one row with other values, so that people see cells.
//!
//! First by a key: the shortest prefix of the exact columns that is unique in both whole results.
//! Then, among the rest, the pairs with the most equal cells, at least half of them. The counts of
//! differing rows do not depend on how well this works; it decides only what is shown as changed
//! and what as missing and extra. It is symmetric in the sides and independent of the order of rows.

use crate::{encode::encode, shape::Column, table::Table, tolerances::compare_cells};
use std::{cmp::Reverse, collections::BTreeMap};
use xxhash_rust::xxh3::xxh3_128;

/// Longest key looked for.
const KEY_COLUMNS_MAX: usize = 4;
/// Up to this many pairs, every pair is looked at.
const ALL_PAIRS_MAX: usize = 250_000;
/// Beyond that, only pairs that share a cell which few rows have.
const SELECTIVE_PAIRS_MAX: usize = 64;
/// And of these at most so many.
const CANDIDATES_MAX: usize = 1_000_000;

/// What became of the differing rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Pairing {
    /// Pairs of legacy and governed row, in legacy order.
    pub(crate) changed: Vec<(usize, usize)>,
    /// Legacy rows without a partner.
    pub(crate) missing: Vec<usize>,
    /// Governed rows without a partner.
    pub(crate) extra: Vec<usize>,
    /// Were there too many rows to look at every pair?
    pub(crate) bounded: bool,
}

/// One side's rows that differ.
struct Differing<'t> {
    table: &'t Table,
    rows: Vec<usize>,
}

/// Pairs the rows; of each side at most `rows_max` are looked at.
pub(crate) fn pair(
    (legacy, missing): (&Table, Vec<usize>),
    (governed, extra): (&Table, Vec<usize>),
    columns: &[Column<'_>],
    rows_max: usize,
) -> Result<Pairing, String> {
    let mut found = Pairing::default();
    let mut left = Differing { table: legacy, rows: missing };
    let mut right = Differing { table: governed, rows: extra };
    if !left.rows.is_empty() && !right.rows.is_empty() {
        if legacy.rows() == 1 && governed.rows() == 1 {
            // One row a side: what else could it be?
            found.changed.extend(left.rows.drain(..).zip(right.rows.drain(..)));
        } else {
            by_key(&mut left, &mut right, columns, &mut found)?;
            by_cells(&mut left, &mut right, columns, rows_max, &mut found)?;
        }
    }
    found.changed.sort_unstable();
    found.missing = left.rows;
    found.extra = right.rows;
    Ok(found)
}

fn by_key(
    left: &mut Differing<'_>,
    right: &mut Differing<'_>,
    columns: &[Column<'_>],
    found: &mut Pairing,
) -> Result<(), String> {
    let exact: Vec<_> = columns.iter().filter(|column| column.is_exact()).collect();
    for length in 1..=exact.len().min(KEY_COLUMNS_MAX) {
        let key = exact.get(..length).unwrap_or_default();
        if !is_unique(left.table, key)? || !is_unique(right.table, key)? {
            continue;
        }
        let keys = |side: &Differing<'_>| {
            let mut keys = BTreeMap::new();
            for &row in &side.rows {
                keys.insert(row_hash(side.table, row, key)?, row);
            }
            Ok::<_, String>(keys)
        };
        let governed = keys(right)?;
        let pairs: Vec<_> = keys(left)?
            .into_iter()
            .filter_map(|(key, row)| Some((row, *governed.get(&key)?)))
            .collect();
        take(left, right, pairs, found);
        break;
    }
    Ok(())
}

fn is_unique(table: &Table, key: &[&Column<'_>]) -> Result<bool, String> {
    let mut hashes =
        (0..table.rows()).map(|row| row_hash(table, row, key)).collect::<Result<Vec<_>, _>>()?;
    hashes.sort_unstable();
    let next = hashes.iter().skip(1);
    Ok(hashes.iter().zip(next).all(|(a, b)| a != b))
}

// Hashes are enough here: they decide what is shown beside what, never whether rows are equal.
fn row_hash(table: &Table, row: usize, columns: &[&Column<'_>]) -> Result<u128, String> {
    let mut bytes = Vec::new();
    table.encode_row(row, columns.iter().copied(), &mut bytes)?;
    Ok(xxh3_128(&bytes))
}

/// Moves pairs from the differing rows to the changed ones.
fn take(
    left: &mut Differing<'_>,
    right: &mut Differing<'_>,
    pairs: Vec<(usize, usize)>,
    found: &mut Pairing,
) {
    let (mut gone, mut came): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
    gone.sort_unstable();
    came.sort_unstable();
    left.rows.retain(|row| gone.binary_search(row).is_err());
    right.rows.retain(|row| came.binary_search(row).is_err());
    found.changed.extend(pairs);
}

/// Rows of one content.
struct Content {
    /// Identity, the same on both sides.
    hash: u128,
    rows: Vec<usize>,
    /// Hash of each cell.
    cells: Vec<u128>,
}

fn contents(
    side: &Differing<'_>,
    columns: &[Column<'_>],
    rows_max: usize,
) -> Result<Vec<Content>, String> {
    let mut by_hash: BTreeMap<u128, Content> = BTreeMap::new();
    let mut bytes = Vec::new();
    for &row in side.rows.iter().take(rows_max) {
        let mut cells = Vec::with_capacity(columns.len());
        let mut all = Vec::new();
        for column in columns {
            bytes.clear();
            encode(&side.table.value(row, column.index)?, &column.meet, &mut bytes);
            cells.push(xxh3_128(&bytes));
            all.extend_from_slice(&bytes);
        }
        let hash = xxh3_128(&all);
        by_hash
            .entry(hash)
            .or_insert_with(|| Content { hash, rows: Vec::new(), cells })
            .rows
            .push(row);
    }
    Ok(by_hash.into_values().collect())
}

fn by_cells(
    left: &mut Differing<'_>,
    right: &mut Differing<'_>,
    columns: &[Column<'_>],
    rows_max: usize,
    found: &mut Pairing,
) -> Result<(), String> {
    found.bounded = left.rows.len().max(right.rows.len()) > rows_max
        && !left.rows.is_empty()
        && !right.rows.is_empty();
    let (mut legacy, mut governed) =
        (contents(left, columns, rows_max)?, contents(right, columns, rows_max)?);
    let pairs = legacy.len().saturating_mul(governed.len());
    let candidates: Vec<(usize, usize)> = if pairs <= ALL_PAIRS_MAX {
        (0..legacy.len()).flat_map(|l| (0..governed.len()).map(move |g| (l, g))).collect()
    } else {
        found.bounded = true;
        selective(&legacy, &governed, columns.len())
    };
    let mut scored = Vec::new();
    for (l, g) in candidates {
        if let (Some(a), Some(b)) = (legacy.get(l), governed.get(g)) {
            let alike = alike(left.table, right.table, (a, b), columns)?;
            if alike > 0 && alike * 2 >= columns.len() {
                scored.push((Reverse(alike), a.hash.min(b.hash), a.hash.max(b.hash), l, g));
            }
        }
    }
    scored.sort_unstable();
    let mut chosen = Vec::new();
    for (.., l, g) in scored {
        if let (Some(a), Some(b)) = (legacy.get_mut(l), governed.get_mut(g)) {
            let both = a.rows.len().min(b.rows.len());
            chosen.extend(a.rows.drain(..both).zip(b.rows.drain(..both)));
        }
    }
    take(left, right, chosen, found);
    Ok(())
}

/// Cells that are equal or excused.
fn alike(
    legacy: &Table,
    governed: &Table,
    (a, b): (&Content, &Content),
    columns: &[Column<'_>],
) -> Result<usize, String> {
    let mut alike = 0;
    for ((x, y), column) in a.cells.iter().zip(&b.cells).zip(columns) {
        if x == y {
            alike += 1;
        } else if !column.is_exact()
            && let (Some(&l), Some(&g)) = (a.rows.first(), b.rows.first())
        {
            let (l, g) = (legacy.value(l, column.index)?, governed.value(g, column.index)?);
            if !compare_cells(&l, &g, &column.meet, &column.rules).is_different() {
                alike += 1;
            }
        }
    }
    Ok(alike)
}

/// Pairs that share a cell which few rows have.
fn selective(legacy: &[Content], governed: &[Content], columns: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for column in 0..columns {
        let mut cells: BTreeMap<u128, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (l, content) in legacy.iter().enumerate() {
            if let Some(cell) = content.cells.get(column) {
                cells.entry(*cell).or_default().0.push(l);
            }
        }
        for (g, content) in governed.iter().enumerate() {
            if let Some((_, rows)) = content.cells.get(column).and_then(|cell| cells.get_mut(cell))
            {
                rows.push(g);
            }
        }
        for (ls, gs) in cells.into_values() {
            if ls.len().saturating_mul(gs.len()) <= SELECTIVE_PAIRS_MAX
                && pairs.len() < CANDIDATES_MAX
            {
                pairs.extend(ls.iter().flat_map(|l| gs.iter().map(move |g| (*l, *g))));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::fixtures::{rows, with_tables};

    fn paired(legacy: &[[i32; 3]], governed: &[[i32; 3]], rows_max: usize) -> Pairing {
        with_tables(&rows(legacy), &rows(governed), |l, g, columns| {
            let all = |t: &Table| (0..t.rows()).collect::<Vec<_>>();
            pair((l, all(l)), (g, all(g)), columns, rows_max).unwrap()
        })
    }

    #[test]
    fn a_key_pairs_rows_that_share_nothing_else() {
        let found = paired(&[[1, 5, 5], [2, 6, 6]], &[[2, 7, 8], [3, 5, 5]], 100);
        assert_eq!(found.changed, [(0, 1), (1, 0)].map(|(l, g)| (l, g)));
        let found = paired(&[[1, 5, 6], [2, 6, 7]], &[[2, 7, 8], [3, 8, 9]], 100);
        assert_eq!(found.changed, [(1, 0)]);
        assert_eq!((found.missing, found.extra), (vec![0], vec![1]));
    }

    #[test]
    fn without_a_key_the_most_alike_rows_pair() {
        let legacy = [[1, 1, 1], [1, 1, 1], [1, 2, 3]];
        let found = paired(&legacy, &[[1, 1, 9], [1, 2, 4], [8, 8, 8], [8, 8, 8]], 100);
        assert_eq!(found.changed, [(0, 0), (2, 1)]);
        assert_eq!((found.missing, found.extra), (vec![1], vec![2, 3]));
    }

    #[test]
    fn one_row_a_side_is_a_changed_row() {
        assert_eq!(paired(&[[1, 2, 3]], &[[4, 5, 6]], 100).changed, [(0, 0)]);
    }

    #[test]
    fn too_many_rows_are_told() {
        let many: Vec<_> = (0..30).map(|i| [i / 2, 0, i]).collect();
        let other: Vec<_> = (0..30).map(|i| [i / 2, 0, i + 100]).collect();
        let found = paired(&many, &other, 10);
        assert!(found.bounded);
        assert_eq!(found.changed.len() + found.missing.len(), 30);
        assert_eq!(found.changed.len() + found.extra.len(), 30);
        assert!(!paired(&many, &other, 30).bounded);
    }

    #[test]
    fn beyond_all_pairs_a_selective_cell_still_pairs() {
        // 600 rows a side, each content twice so that nothing is a key: over 250,000 pairs.
        let many: Vec<_> = (0..1200).map(|i| [0, i / 2, i / 2]).collect();
        let other: Vec<_> = (0..1200).map(|i| [1, i / 2, i / 2]).collect();
        let found = paired(&many, &other, 10_000);
        assert_eq!(found.changed.len(), 1200);
        assert!(found.changed.iter().all(|(l, g)| l / 2 == g / 2));
    }
}
