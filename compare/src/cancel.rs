//! Takes away every row that both sides have exactly, copy by copy. What is left is the residue.
//!
//! Rows are found by a 128-bit hash of their canonical bytes, and the bytes themselves are compared
//! before two rows count as equal: a collision of hashes costs time, never an error.

use crate::{shape::Column, table::Table};
use std::{cmp::Ordering, collections::BTreeMap};
use xxhash_rust::xxh3::xxh3_128;

/// Rows without an equal row on the other side, in the order of the results.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Residue {
    pub(crate) legacy: Vec<usize>,
    pub(crate) governed: Vec<usize>,
}

/// Cancels equal rows. Of copies, the first ones cancel.
pub(crate) fn cancel(
    legacy: &Table,
    governed: &Table,
    columns: &[Column<'_>],
) -> Result<Residue, String> {
    cancel_by(legacy, governed, columns, xxh3_128)
}

fn cancel_by(
    legacy: &Table,
    governed: &Table,
    columns: &[Column<'_>],
    hash: impl Fn(&[u8]) -> u128,
) -> Result<Residue, String> {
    let (left, right) = (hashed(legacy, columns, &hash)?, hashed(governed, columns, &hash)?);
    let mut residue = Residue { legacy: Vec::new(), governed: Vec::new() };
    let mut left = left.chunk_by(|a, b| a.0 == b.0).peekable();
    let mut right = right.chunk_by(|a, b| a.0 == b.0).peekable();
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some([a, ..]), Some([b, ..])) => a.0.cmp(&b.0),
            (Some(_), _) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let a = if order == Ordering::Greater { None } else { left.next() };
        let b = if order == Ordering::Less { None } else { right.next() };
        match (a, b) {
            (Some(a), Some(b)) => {
                verify(legacy, governed, columns, (a, b), &mut residue)?;
            }
            (a, b) => {
                residue.legacy.extend(a.unwrap_or_default().iter().map(|(_, row)| row));
                residue.governed.extend(b.unwrap_or_default().iter().map(|(_, row)| row));
            }
        }
    }
    residue.legacy.sort_unstable();
    residue.governed.sort_unstable();
    Ok(residue)
}

/// Hash and number of each row, sorted.
fn hashed(
    table: &Table,
    columns: &[Column<'_>],
    hash: impl Fn(&[u8]) -> u128,
) -> Result<Vec<(u128, usize)>, String> {
    let mut bytes = Vec::new();
    let mut rows = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        bytes.clear();
        table.encode_row(row, columns, &mut bytes)?;
        rows.push((hash(&bytes), row));
    }
    rows.sort_unstable();
    Ok(rows)
}

type Hashed = [(u128, usize)];

/// Cancels rows of one hash by their bytes.
fn verify(
    legacy: &Table,
    governed: &Table,
    columns: &[Column<'_>],
    (left, right): (&Hashed, &Hashed),
    residue: &mut Residue,
) -> Result<(), String> {
    let mut classes: BTreeMap<Vec<u8>, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    let mut bytes = Vec::new();
    for (table, rows, is_legacy) in [(legacy, left, true), (governed, right, false)] {
        for (_, row) in rows {
            bytes.clear();
            table.encode_row(*row, columns, &mut bytes)?;
            // Nearly always one class for the whole hash: no allocation for further copies.
            if !classes.contains_key(bytes.as_slice()) {
                classes.insert(bytes.clone(), Default::default());
            }
            if let Some((a, b)) = classes.get_mut(bytes.as_slice()) {
                if is_legacy { a.push(*row) } else { b.push(*row) }
            }
        }
    }
    for (a, b) in classes.into_values() {
        let both = a.len().min(b.len());
        residue.legacy.extend(a.into_iter().skip(both));
        residue.governed.extend(b.into_iter().skip(both));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::fixtures::{ints, with_tables};
    use proptest::prelude::*;

    fn residue(legacy: &[i32], governed: &[i32], hash: fn(&[u8]) -> u128) -> Residue {
        with_tables(&ints(legacy), &ints(governed), |l, g, columns| {
            cancel_by(l, g, columns, hash).unwrap()
        })
    }

    #[test]
    fn copies_count() {
        let found = residue(&[1, 2, 2, 2], &[2, 3, 1], xxh3_128);
        assert_eq!(found, Residue { legacy: vec![2, 3], governed: vec![1] });
    }

    proptest! {
        /// The hash decides speed, not the outcome: one that always collides finds the same.
        #[test]
        fn collisions_change_nothing(
            legacy in proptest::collection::vec(0..6_i32, 0..12),
            governed in proptest::collection::vec(0..6_i32, 0..12),
        ) {
            let good = residue(&legacy, &governed, xxh3_128);
            prop_assert_eq!(&residue(&legacy, &governed, |_| 7), &good);
            prop_assert_eq!(&residue(&legacy, &governed, |b| xxh3_128(b) & 1), &good);
        }
    }
}
