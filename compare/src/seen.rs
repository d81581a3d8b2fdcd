//! Which hashes there may be: tells most of those that there are not, without a look at the others.

use crate::hash::{halves, length};

/// A bit for each hash, which others may share.
#[derive(Debug)]
pub(crate) struct Seen {
    words: Vec<u64>,
    /// The low bits that choose one of theirs.
    mask: u64,
}

impl Seen {
    /// Of these hashes: eight bits for each, so that one in eight of the others is taken for one.
    pub(crate) fn new<'h>(
        hashes: impl IntoIterator<Item = &'h u128, IntoIter: ExactSizeIterator>,
    ) -> Self {
        let hashes = hashes.into_iter();
        let mut seen = Self::with_room(length(hashes.len()));
        hashes.for_each(|hash| seen.add(*hash));
        seen
    }

    /// Of none yet, for about so many.
    pub(crate) fn with_room(hashes: u64) -> Self {
        // 512 MiB at most.
        let count = hashes.saturating_mul(8).min(1 << 32).next_power_of_two().max(64);
        let words = usize::try_from(count / 64).unwrap_or(usize::MAX);
        Self { words: vec![0; words], mask: count - 1 }
    }

    pub(crate) fn add(&mut self, hash: u128) {
        let (word, bit) = self.place(hash);
        if let Some(word) = self.words.get_mut(word) {
            *word |= bit;
        }
    }

    #[inline]
    pub(crate) fn may_have(&self, hash: u128) -> bool {
        let (word, bit) = self.place(hash);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    fn place(&self, hash: u128) -> (usize, u64) {
        let bit = halves(hash)[0] & self.mask;
        (usize::try_from(bit / 64).unwrap_or(usize::MAX), 1 << (bit % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn none_is_forgotten(hashes in proptest::collection::vec(any::<u128>(), 0..200)) {
            let seen = Seen::new(&hashes);
            prop_assert!(hashes.iter().all(|hash| seen.may_have(*hash)));
        }
    }

    #[test]
    fn most_others_are_told() {
        // Spread as hashes are, by a multiplier that is odd.
        let hash = |n: u128| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let own: Vec<u128> = (0..1_000).map(hash).collect();
        let seen = Seen::new(&own);
        let taken = (1_000..9_000).filter(|n| seen.may_have(hash(*n))).count();
        assert!(taken < 2_000, "{taken} of 8,000");
        assert!(!Seen::new(&[]).may_have(7));
    }
}
