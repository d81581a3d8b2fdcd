//! Pairs rows by what they have in common: the pairs with the most equal cells first, at least half
//! of them.

use super::{Differing, Pairing, contents::first_contents};
use crate::{encode::encode, shape::Column, table::Table, tolerances::compare_cells};
use std::{cmp::Reverse, collections::BTreeMap};
use xxhash_rust::xxh3::xxh3_128;

/// Up to this many pairs, every pair is looked at.
const ALL_PAIRS_MAX: usize = 250_000;
/// Beyond that, only pairs that share a cell which few rows have.
const SELECTIVE_PAIRS_MAX: usize = 64;
/// And of these at most so many.
const CANDIDATES_MAX: usize = 1_000_000;

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
    for copies in groups(side, columns, rows_max)? {
        let Some(&row) = copies.first() else { continue };
        let mut cells = Vec::with_capacity(columns.len());
        let mut all = Vec::new();
        for column in columns {
            bytes.clear();
            encode(&side.table.value(row, column.index)?, &column.meet, &mut bytes);
            cells.push(xxh3_128(&bytes));
            all.extend_from_slice(&bytes);
        }
        let hash = xxh3_128(&all);
        let content = by_hash.entry(hash);
        let content = content.or_insert_with(|| Content { hash, rows: Vec::new(), cells });
        content.rows.extend(copies);
    }
    Ok(by_hash.into_values().collect())
}

/// The rows that are looked at; copies perhaps together.
fn groups(
    side: &Differing<'_>,
    columns: &[Column<'_>],
    rows_max: usize,
) -> Result<Vec<Vec<usize>>, String> {
    if side.rows.len() <= rows_max {
        return Ok(side.rows.iter().map(|row| vec![*row]).collect());
    }
    let hashes = side.table.hashes_of(&side.rows, &side.table.hasher(columns))?;
    let rows: Vec<(usize, u128)> = side.rows.iter().copied().zip(hashes).collect();
    let contents = first_contents(&rows, usize::MAX, rows_max);
    Ok(contents.into_iter().map(|content| content.rows).collect())
}

/// Moves the pairs from `left` and `right` to `found`.
pub(super) fn pair(
    left: &mut Differing<'_>,
    right: &mut Differing<'_>,
    columns: &[Column<'_>],
    rows_max: usize,
    found: &mut Pairing,
) -> Result<(), String> {
    let (mut legacy, mut governed) =
        (contents(left, columns, rows_max)?, contents(right, columns, rows_max)?);
    let is_cut = |contents: &[Content], side: &Differing<'_>| {
        contents.iter().map(|content| content.rows.len()).sum::<usize>() < side.rows.len()
    };
    if !left.rows.is_empty() && !right.rows.is_empty() {
        found.bounded |= is_cut(&legacy, left) || is_cut(&governed, right);
    }
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
    found.take(left, right, chosen);
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
