//! Pairs differing rows that are one row with other values, so that people see cells.
//!
//! By the key, where one is given or found ([`key`]); without one the pairs with the most equal
//! cells, at least half of them ([`cells`]). Where rows are judged in pieces, those without a key wait
//! until all are there ([`waiting`]). The counts of differing rows do not depend on how well
//! this works; it decides only what is shown as changed and what as missing and extra. It is
//! symmetric in the sides, and independent of the order of rows where all of them are looked at.

mod cells;
mod contents;
mod key;
pub(crate) mod sample;
mod waiting;

pub(crate) use key::{Key, find as find_key};
pub(crate) use waiting::{Horizon, Waited, Waiting};

use crate::{align, shape::Column, table::Table};
use std::mem;

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
    /// Ascending.
    rows: Vec<usize>,
}

impl Differing<'_> {
    /// Takes these rows away.
    fn without(&mut self, mut taken: Vec<usize>) {
        let all = self.table.rows();
        if taken.len() < all / 8 {
            taken.sort_unstable();
            let mut taken = taken.iter().peekable();
            self.rows.retain(|row| taken.next_if_eq(&row).is_none());
            return;
        }
        // Cheaper than sorting where most rows go.
        let mut stays = vec![true; all];
        for row in taken {
            if let Some(stays) = stays.get_mut(row) {
                *stays = false;
            }
        }
        self.rows.retain(|row| stays.get(*row) != Some(&false));
    }
}

/// Pairs the rows; where there is no key, contents of about `rows_max` rows of each side are looked at.
/// `whole` is how many rows each side has, differing or not.
pub(crate) fn pair(
    (legacy, missing): (&Table, Vec<usize>),
    (governed, extra): (&Table, Vec<usize>),
    columns: &[Column<'_>],
    (key, whole): (Option<&Key>, [u64; 2]),
    rows_max: usize,
) -> Result<Pairing, String> {
    let is_open = key.is_none_or(|key| !key.is_given());
    if let ([1, 1], [l], [g], true) = (whole, missing.as_slice(), extra.as_slice(), is_open) {
        // One row a side: what else could it be?
        return Ok(Pairing { changed: vec![(*l, *g)], ..Pairing::default() });
    }
    let mut found = pair_piece((legacy, missing), (governed, extra), columns, key, rows_max)?;
    if !is_open || found.missing.is_empty() || found.extra.is_empty() {
        return Ok(found);
    }
    let mut left = Differing { table: legacy, rows: mem::take(&mut found.missing) };
    let mut right = Differing { table: governed, rows: mem::take(&mut found.extra) };
    cells::pair(&mut left, &mut right, columns, rows_max, &mut found)?;
    Ok(found.with(left, right))
}

/// Pairs the rows of a piece by their key alone.
pub(crate) fn pair_piece(
    (legacy, missing): (&Table, Vec<usize>),
    (governed, extra): (&Table, Vec<usize>),
    columns: &[Column<'_>],
    key: Option<&Key>,
    rows_max: usize,
) -> Result<Pairing, String> {
    let mut found = Pairing::default();
    let mut left = Differing { table: legacy, rows: missing };
    let mut right = Differing { table: governed, rows: extra };
    if let Some(key) = key {
        pair_by_key((&mut left, &mut right), columns, key, rows_max, &mut found)?;
    }
    Ok(found.with(left, right))
}

fn pair_by_key(
    (left, right): (&mut Differing<'_>, &mut Differing<'_>),
    columns: &[Column<'_>],
    key: &Key,
    rows_max: usize,
    found: &mut Pairing,
) -> Result<(), String> {
    let (mut pairs, shared) = key.pairs(&left.rows, &right.rows);
    // Rows of a key that several have: within the key, the most alike.
    for (legacy_rows, governed_rows) in shared {
        let mut l = Differing { table: left.table, rows: legacy_rows };
        let mut g = Differing { table: right.table, rows: governed_rows };
        let mut own = Pairing::default();
        cells::pair(&mut l, &mut g, columns, rows_max, &mut own)?;
        found.bounded |= own.bounded;
        pairs.append(&mut own.changed);
    }
    found.take(left, right, pairs);
    Ok(())
}

impl Pairing {
    /// What is left has no partner.
    fn with(self, left: Differing<'_>, right: Differing<'_>) -> Self {
        let changed = align::in_order(self.changed, left.table.rows());
        Self { changed, missing: left.rows, extra: right.rows, ..self }
    }

    /// Moves pairs from the differing rows to the changed ones.
    fn take(
        &mut self,
        left: &mut Differing<'_>,
        right: &mut Differing<'_>,
        pairs: Vec<(usize, usize)>,
    ) {
        left.without(pairs.iter().map(|(l, _)| *l).collect());
        right.without(pairs.iter().map(|(_, g)| *g).collect());
        self.changed.extend(pairs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Settings, Unwatched,
        laws::fixtures::{rows, with_residue_under},
    };
    use model::{InMemory, KeyOrigin};

    fn paired_by(
        given: Option<&[usize]>,
        legacy: &[[i32; 3]],
        governed: &[[i32; 3]],
        rows_max: usize,
    ) -> Pairing {
        let settings = Settings::new(vec![]).unwrap();
        let (left, right) = (rows(legacy), rows(governed));
        let whole = [&left, &right]
            .map(|batch| InMemory::new(batch.schema(), vec![batch.clone()]).unwrap());
        with_residue_under(&settings, &left, &right, |l, g, columns| {
            let key = match given {
                Some(given) => Some(Key::of([l, g], columns, given, KeyOrigin::Given).unwrap()),
                None => {
                    find_key([l, g], ([&whole[0], &whole[1]], None), columns, &Unwatched).unwrap()
                }
            };
            let found = pair(
                (l, l.all_rows()),
                (g, g.all_rows()),
                columns,
                (key.as_ref(), [legacy.len() as u64, governed.len() as u64]),
                rows_max,
            )
            .unwrap();
            // As the rows stand in the whole tables.
            let number = |table: &Table, row: usize| usize::try_from(table.number(row)).unwrap();
            Pairing {
                changed: found
                    .changed
                    .iter()
                    .map(|(a, b)| (number(l, *a), number(g, *b)))
                    .collect(),
                missing: found.missing.iter().map(|row| number(l, *row)).collect(),
                extra: found.extra.iter().map(|row| number(g, *row)).collect(),
                bounded: found.bounded,
            }
        })
    }

    fn paired(legacy: &[[i32; 3]], governed: &[[i32; 3]], rows_max: usize) -> Pairing {
        paired_by(None, legacy, governed, rows_max)
    }

    #[test]
    fn what_is_no_key_of_all_rows_is_none() {
        // Among the rows that differ the first column is unique, and shared by both.
        let same = [7, 1, 1];
        let found = paired(&[same, [7, 2, 3]], &[same, [7, 4, 5]], 100);
        assert_eq!((found.missing, found.extra), (vec![1], vec![1]));
        let found = paired(&[same, [8, 2, 3]], &[same, [8, 4, 5]], 100);
        assert_eq!(found.changed, [(1, 1)]);
    }

    #[test]
    fn a_given_key_alone_says_which_row_is_which() {
        let (legacy, governed) = ([[1, 5, 5], [2, 6, 6]], [[2, 7, 8], [3, 5, 5]]);
        let found = paired_by(Some(&[0]), &legacy, &governed, 100);
        assert_eq!(found.changed, [(1, 0)]);
        assert_eq!((found.missing, found.extra), (vec![0], vec![1]));
    }

    #[test]
    fn rows_that_share_a_given_key_pair_with_the_most_alike() {
        let legacy = [[1, 5, 5], [1, 6, 6], [2, 0, 0]];
        let governed = [[1, 6, 7], [1, 5, 9], [1, 0, 0]];
        let found = paired_by(Some(&[0]), &legacy, &governed, 100);
        assert_eq!(found.changed, [(0, 1), (1, 0)]);
        assert_eq!((found.missing, found.extra), (vec![2], vec![2]));
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
