//! Looks for the rows that may differ by comparing summaries of buckets.
//!
//! A database has no index by the hash of a row, so each question reads everything, and hashing costs
//! it about as much as handing rows over. So there are many buckets at once, and unequal ones are
//! split further only where that saves more rows than are hashed again for it.

use super::both;
use crate::watch::{Pass, Watch};
use model::{BucketSummary, Buckets, Encoding, Side, Summarized};

/// When rows are fetched rather than bucketed further.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bits of the first buckets: 65,536 of them keep 100 changed rows of five million among some
    /// 15,000, and take 3 MB to hand over.
    pub(super) first_bits: u32,
    /// Summaries that a side may give at once, as a power of two.
    pub(super) summaries_bits: u32,
    /// So many rows of both sides are always fetched.
    pub(super) rows_max: u64,
    /// More are fetched where they are at most this part of all.
    pub(super) share: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { first_bits: 16, summaries_bits: 18, rows_max: 1_000_000, share: 8 }
    }
}

/// Deeper than this no buckets are split: no two rows would share one by chance.
const BITS_MAX: u32 = 60;

/// Where the sides differ.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Rows of each side.
    pub(super) rows: [u64; 2],
    /// The buckets that are not the same.
    pub(super) open: Buckets,
    /// Rows in these, of each side.
    pub(super) open_rows: [u64; 2],
}

/// Finds the buckets that differ; an error is the reason why nothing can be told.
pub(super) fn differing(
    sides: [&dyn Summarized; 2],
    encodings: &[Encoding],
    watch: &dyn Watch,
    limits: Limits,
) -> Result<Found, String> {
    let mut bits = limits.first_bits.clamp(1, BITS_MAX);
    let mut within = Buckets::all();
    let mut rows = None;
    let mut before = u64::MAX;
    loop {
        let [legacy, governed] =
            both(sides, watch, |_, side| side.summaries(encodings, &within, bits))?;
        let all = *rows.get_or_insert_with(|| {
            let all = [&legacy, &governed].map(|summaries| sum_rows(summaries));
            watch.read(Pass::Fingerprint, Side::Legacy, all[0]);
            watch.read(Pass::Fingerprint, Side::Governed, all[1]);
            all
        });
        let (open, open_rows) = uneven(&legacy, &governed);
        let found = Found { rows: all, open: Buckets::new(bits, open), open_rows };
        let buckets = u64::try_from(found.open.numbers().len()).unwrap_or(u64::MAX);
        let (left, total) = (total(open_rows), total(all));
        let are_few = left <= limits.rows_max || left.saturating_mul(limits.share) <= total;
        // Where a level takes away less than half, most rows that are left differ.
        let is_vain = left > before / 2;
        let more = limits.summaries_bits.saturating_sub(buckets.max(1).ilog2() + 1);
        let deeper = (bits + more).min(BITS_MAX);
        if are_few || is_vain || more == 0 || deeper == bits {
            return Ok(found);
        }
        before = left;
        bits = deeper;
        within = found.open;
    }
}

fn total([legacy, governed]: [u64; 2]) -> u64 {
    legacy.saturating_add(governed)
}

fn sum_rows(summaries: &[BucketSummary]) -> u64 {
    summaries.iter().fold(0, |sum, summary| summary.rows.saturating_add(sum))
}

/// The buckets that are not the same on both sides, and how many rows they have. Both lists ascend.
fn uneven(legacy: &[BucketSummary], governed: &[BucketSummary]) -> (Vec<u64>, [u64; 2]) {
    let (mut open, mut rows) = (Vec::new(), [0_u64, 0]);
    let (mut left, mut right) = (legacy.iter().peekable(), governed.iter().peekable());
    loop {
        let next = [left.peek(), right.peek()].into_iter().flatten().map(|next| next.bucket).min();
        let Some(bucket) = next else { return (open, rows) };
        let own = left.next_if(|next| next.bucket == bucket);
        let other = right.next_if(|next| next.bucket == bucket);
        if own != other {
            open.push(bucket);
            for (rows, summary) in rows.iter_mut().zip([own, other]) {
                *rows = rows.saturating_add(summary.map_or(0, |summary| summary.rows));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(bucket: u64, rows: u64, sum: u128) -> BucketSummary {
        BucketSummary { bucket, rows, sums: [sum, 0] }
    }

    #[test]
    fn a_bucket_is_uneven_by_count_by_sum_and_by_absence() {
        let legacy = [summary(1, 2, 9), summary(2, 1, 5), summary(3, 1, 1), summary(7, 4, 4)];
        let governed = [summary(1, 2, 9), summary(2, 1, 6), summary(5, 3, 3), summary(7, 5, 4)];
        let (open, rows) = uneven(&legacy, &governed);
        assert_eq!(open, [2, 3, 5, 7]);
        assert_eq!(rows, [1 + 1 + 4, 1 + 3 + 5]);
        assert_eq!(uneven(&legacy, &legacy), (vec![], [0, 0]));
        let lower = [BucketSummary { bucket: 1, rows: 1, sums: [0, 1] }];
        assert_eq!(uneven(&lower, &[summary(1, 1, 0)]).0, [1]);
    }
}
