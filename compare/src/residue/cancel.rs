//! Cancels equal rows, copy by copy.

use crate::{align, seen::Seen};

/// The rows that the other side does not have as often, ascending.
pub(super) fn cancel(legacy: &[u128], governed: &[u128]) -> [Vec<usize>; 2] {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
}
