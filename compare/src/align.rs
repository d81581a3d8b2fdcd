//! Lays two lists on each other, group by group.

use crate::hash::halves;
use std::cmp::Ordering;

/// The groups of equal elements of both lists, which are sorted by `order`, in that order: those of
/// the left and those of the right one, of which one may be empty.
pub(crate) fn groups<'l, T>(
    left: &'l [T],
    right: &'l [T],
    order: impl Fn(&T, &T) -> Ordering + Copy + 'l,
) -> impl Iterator<Item = (&'l [T], &'l [T])> {
    let is_same = move |a: &T, b: &T| order(a, b) == Ordering::Equal;
    let mut left = left.chunk_by(is_same).peekable();
    let mut right = right.chunk_by(is_same).peekable();
    std::iter::from_fn(move || {
        let first = match (left.peek(), right.peek()) {
            (Some([a, ..]), Some([b, ..])) => order(a, b),
            (Some(_), _) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        let a = if first == Ordering::Greater { None } else { left.next() };
        let b = if first == Ordering::Less { None } else { right.next() };
        Some((a.unwrap_or_default(), b.unwrap_or_default()))
    })
}

/// Rows, and the hashes of all rows that there are, by row.
pub(crate) type Hashed<'h> = (&'h [u128], &'h [usize]);

/// Gives the groups of rows with equal hashes, those of the left and those of the right, of which
/// one may be empty. The rows of a group are ascending; the groups come in no order.
pub(crate) fn by_hash(
    left: Hashed<'_>,
    right: Hashed<'_>,
    mut each: impl FnMut(&[usize], &[usize]),
) {
    // Half a hash tells nearly all apart, and is sorted in half the time.
    let sorted = |(hashes, rows): Hashed<'_>| {
        let half = |row: &usize| Some((halves(*hashes.get(*row)?)[1], *row));
        let mut sorted: Vec<(u64, usize)> = rows.iter().filter_map(half).collect();
        sorted.sort_unstable_by_key(|(half, _)| *half);
        sorted
    };
    let whole = |(hashes, _): Hashed<'_>, group: &[(u64, usize)]| {
        let entry = |(_, row): &(u64, usize)| Some((*hashes.get(*row)?, *row));
        let mut sorted: Vec<(u128, usize)> = group.iter().filter_map(entry).collect();
        sorted.sort_unstable();
        sorted
    };
    let rows = |group: &[(u128, usize)]| group.iter().map(|(_, row)| *row).collect::<Vec<_>>();
    let (l, r) = (sorted(left), sorted(right));
    for group in groups(&l, &r, |a, b| a.0.cmp(&b.0)) {
        match group {
            ([(_, l)], []) => each(&[*l], &[]),
            ([], [(_, r)]) => each(&[], &[*r]),
            ([(_, l)], [(_, r)]) if left.0.get(*l) == right.0.get(*r) => each(&[*l], &[*r]),
            (l, r) => {
                let (l, r) = (whole(left, l), whole(right, r));
                groups(&l, &r, |a, b| a.0.cmp(&b.0)).for_each(|(l, r)| each(&rows(l), &rows(r)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_element_comes_once_with_its_equals() {
        let (left, right) = ([1, 1, 3, 4], [0, 1, 4, 4, 5]);
        let found: Vec<(&[i32], &[i32])> = groups(&left, &right, Ord::cmp).collect();
        let expected: [(&[i32], &[i32]); 5] =
            [(&[], &[0]), (&[1, 1], &[1]), (&[3], &[]), (&[4], &[4, 4]), (&[], &[5])];
        assert_eq!(found, expected);
        assert_eq!(groups::<i32>(&[], &[], Ord::cmp).count(), 0);
    }

    proptest! {
        /// As by looking at every pair; half a hash that is shared joins nothing.
        #[test]
        fn groups_by_hash_are_those_of_equal_hashes(
            left in proptest::collection::vec((0..3_u128, 0..3_u128), 0..12),
            right in proptest::collection::vec((0..3_u128, 0..3_u128), 0..12),
        ) {
            let hash = |(high, low): &(u128, u128)| (high << 64) | low;
            let (l, r): (Vec<_>, Vec<_>) = (left.iter().map(hash).collect(), right.iter().map(hash).collect());
            let all = |hashes: &[u128]| (0..hashes.len()).collect::<Vec<_>>();
            let mut found = Vec::new();
            by_hash((&l, &all(&l)), (&r, &all(&r)), |l, r| found.push((l.to_vec(), r.to_vec())));
            found.sort();
            let of = |hashes: &[u128], hash: u128| -> Vec<usize> {
                (0..hashes.len()).filter(|row| hashes[*row] == hash).collect()
            };
            let mut hashes: Vec<u128> = l.iter().chain(&r).copied().collect();
            hashes.sort_unstable();
            hashes.dedup();
            let mut expected: Vec<_> =
                hashes.iter().map(|hash| (of(&l, *hash), of(&r, *hash))).collect();
            expected.sort();
            prop_assert_eq!(found, expected);
        }
    }
}
