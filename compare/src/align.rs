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
        sorted_by_half(rows.iter().filter_map(half).collect())
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

/// Sorts by the first of the two, whose bits are spread evenly: into buckets by the upper ones, and
/// the few of each bucket by the rest.
fn sorted_by_half(entries: Vec<(u64, usize)>) -> Vec<(u64, usize)> {
    // About eight a bucket.
    let bits = entries.len().checked_ilog2().unwrap_or(0).saturating_sub(3).min(20);
    if bits == 0 {
        let mut sorted = entries;
        sorted.sort_unstable_by_key(|(half, _)| *half);
        return sorted;
    }
    let bucket = |half: u64| usize::try_from(half >> (u64::BITS - bits)).unwrap_or(0);
    let mut ends = vec![0_usize; 1 << bits];
    for (half, _) in &entries {
        if let Some(count) = ends.get_mut(bucket(*half)) {
            *count += 1;
        }
    }
    // Where each bucket begins; filling it makes of it where it ends.
    let mut next = 0;
    for count in &mut ends {
        next += std::mem::replace(count, next);
    }
    let mut sorted = vec![(0, 0); entries.len()];
    for entry in entries {
        if let Some(place) = ends.get_mut(bucket(entry.0)) {
            if let Some(slot) = sorted.get_mut(*place) {
                *slot = entry;
            }
            *place += 1;
        }
    }
    let mut start = 0;
    for end in ends {
        if let Some(of_bucket) = sorted.get_mut(start..end) {
            of_bucket.sort_unstable_by_key(|(half, _)| *half);
        }
        start = end;
    }
    sorted
}

/// Sorts pairs, of which no two have the same left row, below `rows`.
pub(crate) fn in_order(mut pairs: Vec<(usize, usize)>, rows: usize) -> Vec<(usize, usize)> {
    if pairs.len() < rows / 8 {
        pairs.sort_unstable();
        return pairs;
    }
    let mut partners = vec![None; rows];
    for (l, g) in &pairs {
        let Some(partner @ None) = partners.get_mut(*l) else {
            // They are sorted, whoever they are.
            pairs.sort_unstable();
            return pairs;
        };
        *partner = Some(*g);
    }
    let pairs = partners.into_iter().enumerate();
    pairs.filter_map(|(l, g)| Some((l, g?))).collect()
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
        #[test]
        fn sorting_by_buckets_is_sorting(
            mut entries in proptest::collection::vec(
                (prop_oneof![any::<u64>(), 0..3_u64, (u64::MAX - 2)..=u64::MAX], any::<usize>()),
                0..300,
            ),
        ) {
            let found = sorted_by_half(entries.clone());
            prop_assert!(found.is_sorted_by_key(|(half, _)| *half));
            let mut all = found;
            all.sort_unstable();
            entries.sort_unstable();
            prop_assert_eq!(all, entries);
        }

        #[test]
        fn pairs_come_in_order_and_none_is_lost(
            mut pairs in proptest::collection::vec((0..40_usize, 0..40_usize), 0..40),
            rows in 0..400_usize,
        ) {
            let found = in_order(pairs.clone(), rows);
            pairs.sort_unstable();
            prop_assert_eq!(found, pairs);
        }

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
