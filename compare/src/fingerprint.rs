//! The fingerprint of a difference: sums of row hashes, in buckets, of constant size.
//!
//! Rows of the legacy side are added, those of the governed side taken away, in any order and by any
//! number of threads. Where both sides have the same rows equally often, every bucket ends at zero.
//! Were they not the same, at least one bucket would have to sum up to zero by chance: with hashes
//! that are independent and uniform the chance is at most `n / 2^128`, where `n` is the number of
//! copies of the most frequent row (a sum of `n` copies loses as many bits as `n` has factors of
//! two). The construction is a multiset hash by addition: Clarke, Devadas, van Dijk, Gassend, Suh,
//! "Incremental Multiset Hash Functions", ASIACRYPT 2003.
//!
//! Where the sides differ, rows of buckets at zero are equal but for the same chance, so that only
//! rows of the others have to be looked at again.

use model::{CollisionBound, Side};

/// How sure it is that rows taken for equal are equal, in a sentence.
#[must_use]
pub fn confidence(rows: [u64; 2]) -> String {
    collision_bound(rows).to_string()
}

/// The same as a bound: any two of all rows (legacy, governed) may collide with a chance of 2⁻¹²⁸.
pub(crate) fn collision_bound([legacy_rows, governed_rows]: [u64; 2]) -> CollisionBound {
    #[expect(clippy::cast_precision_loss, reason = "a bound, rounded up")]
    let rows = (legacy_rows.max(1) as f64) + (governed_rows.max(1) as f64);
    CollisionBound::of_chance(rows * rows / 2.0 * 2_f64.powi(-128))
}

/// Buckets of both sides together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    /// Of the rows whose hashes open with the number of the bucket.
    sums: Vec<u128>,
    /// How far a hash is shifted to give its bucket.
    shift: u32,
}

impl Fingerprint {
    /// Fewest and most buckets, as powers of two: 16 KiB to 16 MiB.
    const BITS: std::ops::RangeInclusive<u32> = 10..=20;
    /// Rows for each bucket that there should be.
    const BUCKET_ROWS: u64 = 32;
    /// Of rows with more columns there should be fewer in a bucket: to read them again costs more.
    const NARROW_COLUMNS: u64 = 8;

    /// Buckets for about so many rows a side, of so many columns.
    pub(crate) fn for_rows(rows: u64, columns: u64) -> Self {
        let wide = (columns / Self::NARROW_COLUMNS).max(1);
        let wanted = (rows / Self::BUCKET_ROWS).saturating_mul(wide).min(rows).max(1).ilog2();
        let bits = wanted.clamp(*Self::BITS.start(), *Self::BITS.end());
        Self { sums: vec![0; 1 << bits], shift: u128::BITS - bits }
    }

    fn place(&self, hash: u128) -> usize {
        // At most 20 bits are left.
        usize::try_from(hash >> self.shift).unwrap_or(0)
    }

    /// Adds a legacy row.
    #[inline]
    pub(crate) fn add(&mut self, hash: u128) {
        let place = self.place(hash);
        if let Some(sum) = self.sums.get_mut(place) {
            *sum = sum.wrapping_add(hash);
        }
    }

    /// Takes a governed row away.
    #[inline]
    pub(crate) fn subtract(&mut self, hash: u128) {
        let place = self.place(hash);
        if let Some(sum) = self.sums.get_mut(place) {
            *sum = sum.wrapping_sub(hash);
        }
    }

    /// The same for so many copies of a row of one side.
    pub(crate) fn add_copies(&mut self, side: Side, hash: u128, copies: u64) {
        let place = self.place(hash);
        if let Some(sum) = self.sums.get_mut(place) {
            let more = hash.wrapping_mul(copies.into());
            *sum = match side {
                Side::Legacy => sum.wrapping_add(more),
                Side::Governed => sum.wrapping_sub(more),
            };
        }
    }

    /// Adds what another thread has found, in as many buckets.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (sum, other) in self.sums.iter_mut().zip(&other.sums) {
            *sum = sum.wrapping_add(*other);
        }
    }

    /// The buckets that are not even.
    pub(crate) fn open(&self) -> OpenBuckets {
        let mut bits = vec![0_u64; self.sums.len().div_ceil(64)];
        for (word, sums) in bits.iter_mut().zip(self.sums.chunks(64)) {
            for (bit, sum) in sums.iter().enumerate() {
                *word |= u64::from(*sum != 0) << bit;
            }
        }
        OpenBuckets { bits, shift: self.shift }
    }
}

/// Which buckets may hold rows that only one side has: a bit each, so that all are at hand.
#[derive(Debug)]
pub(crate) struct OpenBuckets {
    bits: Vec<u64>,
    shift: u32,
}

impl OpenBuckets {
    /// Do both sides have the same rows, but for chance?
    pub(crate) fn is_none(&self) -> bool {
        self.bits.iter().all(|word| *word == 0)
    }

    /// May a row of this hash be one that only one side has?
    #[inline]
    pub(crate) fn has(&self, hash: u128) -> bool {
        // At most 20 bits are left.
        let place = usize::try_from(hash >> self.shift).unwrap_or(0);
        self.bits.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    /// The share of `whole` that lies in open buckets, if rows are spread evenly.
    pub(crate) fn share_of(&self, whole: u64) -> u64 {
        let open: u64 = self.bits.iter().map(|word| u64::from(word.count_ones())).sum();
        let share = (u128::from(whole) * u128::from(open)) >> (u128::BITS - self.shift);
        u64::try_from(share).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(legacy: &[u128], governed: &[u128]) -> Fingerprint {
        let mut fingerprint = Fingerprint::for_rows(0, 1);
        for hash in legacy {
            fingerprint.add(*hash);
        }
        for hash in governed {
            fingerprint.subtract(*hash);
        }
        fingerprint
    }

    #[test]
    fn copies_count() {
        assert!(of(&[7, 7, 1 << 120], &[1 << 120, 7, 7]).open().is_none());
        let found = of(&[7, 7, 1 << 120], &[1 << 120, 7]);
        let open = found.open();
        assert!(!found.open().is_none() && open.has(7) && !open.has(1 << 120));
        // As many rows, another sum.
        assert!(!of(&[1, 4], &[2, 1]).open().is_none());
    }

    #[test]
    fn the_chance_grows_with_the_square_of_the_rows() {
        assert!(confidence([0, 0]).ends_with("below 10^-38"), "{}", confidence([0, 0]));
        // (2 × 10⁷)² / 2 / 2¹²⁸ = 5.9 × 10⁻²⁵.
        assert!(confidence([10_000_000, 10_000_000]).ends_with("below 10^-24"));
    }

    #[test]
    fn the_size_is_bounded() {
        assert_eq!(Fingerprint::for_rows(0, 1).sums.len(), 1 << 10);
        assert_eq!(Fingerprint::for_rows(u64::MAX, u64::MAX).sums.len(), 1 << 20);
        assert_eq!(Fingerprint::for_rows(1 << 20, 8).sums.len(), 1 << 15);
        assert_eq!(Fingerprint::for_rows(1 << 16, 500).sums.len(), 1 << 16);
    }

    proptest! {
        #[test]
        fn threads_and_order_mean_nothing(
            legacy in proptest::collection::vec(any::<u128>(), 0..20),
            more in proptest::collection::vec(any::<u128>(), 0..5),
            at in 0_usize..20,
        ) {
            let mut shuffled = legacy.clone();
            shuffled.reverse();
            let at = at.min(legacy.len());
            let mut merged = of(&legacy[..at], &shuffled);
            merged.merge(&of(&legacy[at..], &more));
            prop_assert_eq!(merged.open().is_none(), more.is_empty());
            let open = merged.open();
            prop_assert!(more.len() != 1 || more.iter().all(|hash| open.has(*hash)));
        }
    }
}
