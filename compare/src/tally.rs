//! How often each row occurs in each part of both sides, as long as there are few different rows.
//!
//! Where few rows stand in many copies, nearly every bucket of a [`Fingerprint`] has a row that one
//! side has more often, and to tell which copies are left over most rows would be read again and
//! kept. Counts tell it at once, and in which parts these copies are, so that only those parts are
//! read again. Where there are too many different rows, the counts are poured into the fingerprint.

use crate::{
    fingerprint::Fingerprint,
    hash::{halves, length},
};
use model::Side;
use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasherDefault, Hasher},
};

/// So many different rows of a part are never too many, and more than the other number always are.
const DIFFERENT_MIN: usize = 1 << 10;
const DIFFERENT_MAX: usize = 1 << 15;
/// One in so many rows of a part may be another one: counting costs more than buckets.
const ROWS_EACH: u64 = 4;
/// What an entry takes in memory, with the room that maps leave.
pub(crate) const ENTRY_BYTES: u64 = 64;

/// Something for each hash of rows.
type ByHash<T> = HashMap<u128, T, BuildHasherDefault<OwnBits>>;
type Numbers = ByHash<u64>;

/// Takes a hash of a row for its own: it is random already.
#[derive(Debug, Default)]
struct OwnBits(u64);

impl Hasher for OwnBits {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u128(&mut self, hash: u128) {
        // Not the upper half: rows in one bucket of a fingerprint share its bits.
        self.0 = halves(hash)[0];
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

/// The rows of one part.
#[derive(Debug, Default)]
struct Counts {
    times: Numbers,
    rows: u64,
}

impl Counts {
    /// Has the whole part too many different rows?
    fn is_too_large(&self) -> bool {
        let different = self.times.len();
        different > DIFFERENT_MAX
            || (different > DIFFERENT_MIN && length(different) > self.rows / ROWS_EACH)
    }
}

/// What one thread has counted; parts are read by one thread each.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    parts: [BTreeMap<usize, Counts>; 2],
    part: Option<(Side, usize)>,
    /// Different rows, each part for itself.
    different: u64,
    is_too_large: bool,
}

impl Tally {
    /// Counts rows of a part, and gives how many more different ones it has.
    pub(crate) fn add(&mut self, side: Side, part: usize, hashes: &[u128]) -> u64 {
        if let Some((side, part)) = self.part.replace((side, part)).filter(|p| *p != (side, part)) {
            let before = side.of(self.parts.each_ref()).get(&part);
            self.is_too_large |= before.is_some_and(Counts::is_too_large);
        }
        let counts = side.of(self.parts.each_mut()).entry(part).or_default();
        let before = counts.times.len();
        for hash in hashes {
            *counts.times.entry(*hash).or_default() += 1;
        }
        counts.rows += length(hashes.len());
        self.is_too_large |= counts.times.len() > DIFFERENT_MAX;
        let more = length(counts.times.len() - before);
        self.different += more;
        more
    }

    /// Has a part too many different rows, as far as is known yet? Which thread reads which part, and
    /// when, changes nothing of what is known in the end.
    pub(crate) fn is_too_large(&self) -> bool {
        self.is_too_large
    }

    /// Has a part too many different rows, or do all together have more than `different_max`?
    pub(crate) fn is_too_large_in_all(&self, different_max: u64) -> bool {
        self.different > different_max
            || self.parts.iter().flat_map(BTreeMap::values).any(Counts::is_too_large)
    }

    /// Adds what has been counted to a fingerprint.
    pub(crate) fn pour(self, fingerprint: &mut Fingerprint) {
        for (side, parts) in Side::BOTH.into_iter().zip(self.parts) {
            for (hash, count) in parts.into_values().flat_map(|counts| counts.times) {
                fingerprint.add_copies(side, hash, count);
            }
        }
    }

    /// Adds what another thread has counted.
    pub(crate) fn merge(&mut self, other: Self) {
        for (own, mut more) in self.parts.iter_mut().zip(other.parts) {
            own.append(&mut more);
        }
        self.different += other.different;
        self.is_too_large |= other.is_too_large;
    }

    /// The copies that are left over on the side that has more of them: of each row, the last ones.
    pub(crate) fn left(self) -> Left {
        let mut counts: ByHash<[u64; 2]> = HashMap::default();
        for (side, parts) in Side::BOTH.into_iter().zip(&self.parts) {
            for (hash, count) in parts.values().flat_map(|counts| &counts.times) {
                *side.of(counts.entry(*hash).or_default().each_mut()) += count;
            }
        }
        counts.retain(|_, [legacy, governed]| legacy != governed);
        let mut left = Left::default();
        for (side, parts) in Side::BOTH.into_iter().zip(self.parts) {
            // Copies that cancel are the first ones, in the order of the parts.
            let mut to_cancel: Numbers = counts
                .iter()
                .filter(|(_, both)| side.of(**both) > side.other().of(**both))
                .map(|(hash, both)| (*hash, side.other().of(*both)))
                .collect();
            for (part, copies) in parts {
                let left_over = copies.times.into_iter().filter_map(|(hash, count)| {
                    let to_cancel = to_cancel.get_mut(&hash)?;
                    let cancelled = count.min(*to_cancel);
                    *to_cancel -= cancelled;
                    left.rows += count - cancelled;
                    (cancelled < count).then_some((hash, cancelled))
                });
                let of_part: Numbers = left_over.collect();
                if !of_part.is_empty() {
                    side.of(left.parts.each_mut()).insert(part, of_part);
                }
            }
        }
        left.counts = counts;
        left
    }
}

/// Which copies are left over.
#[derive(Debug, Default)]
pub(crate) struct Left {
    /// Of parts that hold such copies: how many copies come before them in the part.
    parts: [BTreeMap<usize, Numbers>; 2],
    rows: u64,
    /// How often both sides have these rows.
    counts: ByHash<[u64; 2]>,
}

impl Left {
    /// How many they are, both sides.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// The parts of a side that hold some, ascending.
    pub(crate) fn parts(&self, side: Side) -> Vec<usize> {
        side.of(self.parts.each_ref()).keys().copied().collect()
    }

    /// How often a row of which copies are left over stands on both sides.
    pub(crate) fn copies(&self, hash: u128) -> [u64; 2] {
        self.counts.get(&hash).copied().unwrap_or_default()
    }
}

/// Tells the copies that are left over, while the rows of a part come in order.
#[derive(Debug, Default)]
pub(crate) struct Leftover {
    part: Option<(Side, usize)>,
    to_cancel: Numbers,
}

impl Leftover {
    /// The next rows belong to this part. Parts are read one after the other.
    pub(crate) fn go_to(&mut self, left: &Left, side: Side, part: usize) {
        if self.part.replace((side, part)) != Some((side, part)) {
            let of_part = side.of(left.parts.each_ref()).get(&part);
            self.to_cancel = of_part.cloned().unwrap_or_default();
        }
    }

    /// Is the next row one that is left over?
    pub(crate) fn has(&mut self, hash: u128) -> bool {
        match self.to_cancel.get_mut(&hash) {
            None => false,
            Some(0) => true,
            Some(more) => {
                *more -= 1;
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tally(side: Side, parts: &[Vec<u128>]) -> Tally {
        let mut tally = Tally::default();
        for (part, rows) in parts.iter().enumerate() {
            // In batches, as they are read.
            rows.chunks(3).for_each(|rows| {
                tally.add(side, part, rows);
            });
        }
        tally
    }

    fn parts() -> impl Strategy<Value = Vec<Vec<u128>>> {
        proptest::collection::vec(proptest::collection::vec(0..5_u128, 0..8), 0..4)
    }

    proptest! {
        /// The last copies of the side that has more of them, by counting from the end.
        #[test]
        fn what_is_left_over_is_what_counting_gives(legacy in parts(), governed in parts()) {
            let mut both = tally(Side::Legacy, &legacy);
            both.merge(tally(Side::Governed, &governed));
            let left = both.left();
            let (mut found, mut expected) = (Vec::new(), Vec::new());
            for (side, parts) in [(Side::Legacy, &legacy), (Side::Governed, &governed)] {
                let count = |parts: &[Vec<u128>], hash| {
                    parts.iter().flatten().filter(|other| **other == hash).count()
                };
                let others = side.other().of([&legacy, &governed]);
                let mut leftover = Leftover::default();
                for (part, rows) in parts.iter().enumerate() {
                    for (row, hash) in rows.iter().enumerate() {
                        leftover.go_to(&left, side, part);
                        if leftover.has(*hash) {
                            let times = [&legacy, &governed].map(|parts| count(parts, *hash));
                            prop_assert_eq!(left.copies(*hash).map(|n| usize::try_from(n).unwrap()), times);
                            prop_assert!(left.parts(side).contains(&part));
                            found.push((side, part, row));
                        }
                        let before = count(&parts[..part], *hash) + count(&[rows[..row].to_vec()], *hash);
                        if before >= count(others, *hash) {
                            expected.push((side, part, row));
                        }
                    }
                }
            }
            prop_assert_eq!(left.rows(), u64::try_from(expected.len()).unwrap());
            prop_assert_eq!(found, expected);
        }

        /// A fingerprint is the same whether rows go into it one by one, or counted.
        #[test]
        fn poured_counts_are_the_rows(legacy in parts(), governed in parts()) {
            let (mut one_by_one, mut poured) = (Fingerprint::for_rows(0, 1), Fingerprint::for_rows(0, 1));
            legacy.iter().flatten().for_each(|hash| one_by_one.add(*hash));
            governed.iter().flatten().for_each(|hash| one_by_one.subtract(*hash));
            tally(Side::Legacy, &legacy).pour(&mut poured);
            tally(Side::Governed, &governed).pour(&mut poured);
            prop_assert_eq!(one_by_one, poured);
        }
    }

    #[test]
    fn many_different_rows_of_a_part_are_too_many_whoever_reads_it() {
        let few: Vec<u128> = (0..10).collect();
        let many: Vec<u128> = (0..3_000).collect();
        let most: Vec<u128> = (0..40_000).collect();
        // Ten rows in many copies, then 3,000 different ones in as many rows.
        let (mut one, mut other) = (Tally::default(), Tally::default());
        (0..1_000).for_each(|_| assert!(one.add(Side::Legacy, 0, &few) <= 10));
        assert!(!one.is_too_large() && !one.is_too_large_in_all(10));
        assert!(one.is_too_large_in_all(9));
        assert_eq!(other.add(Side::Governed, 0, &many), 3_000);
        // It may be that most rows of the part are still to come.
        assert!(!other.is_too_large() && other.is_too_large_in_all(u64::MAX));
        (0..3).for_each(|_| assert_eq!(other.add(Side::Governed, 0, &many), 0));
        assert!(!other.is_too_large_in_all(u64::MAX) && other.is_too_large_in_all(2_999));
        one.merge(other);
        assert!(!one.is_too_large_in_all(3_010) && one.is_too_large_in_all(3_009));
        // Known once the part is behind.
        let mut third = Tally::default();
        third.add(Side::Legacy, 1, &many);
        third.add(Side::Legacy, 2, &few);
        assert!(third.is_too_large());
        // Of so many, no rows to come make few.
        let mut fourth = Tally::default();
        fourth.add(Side::Legacy, 1, &most);
        assert!(fourth.is_too_large());
    }
}
