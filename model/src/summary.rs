//! Rows summed up where they are: what a database tells of a result without handing it over.
//!
//! Two sides that are too large to fetch are told from each other by counts and sums of row hashes,
//! in buckets by the first bits of the hash. Each side computes them by itself, so all have to agree
//! on the bytes that are hashed. This is their definition; `engines::summary` says it in the SQL of
//! each engine and `compare` in Rust, and tests hold them against each other.
//!
//! **The text of a row** is that of its columns in their order, each closed by `;`. A column has one
//! [`Encoding`], the same on both sides, and no text but one of a value ends where another goes on:
//! rows have the same text exactly where all their values are equal. NULL is no text at all.
//!
//! **The hash of a row** is the MD5 (RFC 1321) of its text in UTF-8, all 128 bits of it, as a number
//! whose first byte counts most ([`RowHash`]). Sums are taken over its upper and its lower 64 bits,
//! and are not reduced: a sum of n rows is below n × 2⁶⁴.

use crate::rows::{Batches, RowsError};
use arrow::datatypes::SchemaRef;
use std::fmt;

/// How the values of a column become text. A *word* is a number of 64 bits, two's complement, in 16
/// lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// All values are NULL.
    Null,
    /// `t` or `f`.
    Bool,
    /// Integers and decimals of any width and scale: `-12.34`. Without zeros behind the last digit
    /// after the point, without a point that no digit follows, with a digit before it; zero has no
    /// sign. `NaN`, `Infinity`, `-Infinity`.
    Exact,
    /// The bits of the float of 64 bits that has this value, as a word, so that `-0` is not `0`; `NaN`
    /// for every NaN.
    Float,
    /// The number of its bytes in UTF-8, `:`, and the text; `:` alone for NULL. Without the number
    /// `a;b` beside `c` would be `a` beside `b;c`.
    Text,
    /// `x` and two lower-case hexadecimal digits a byte.
    Bytes,
    /// As it is written: `00010203-0405-0607-0809-0a0b0c0d0e0f`.
    Uuid,
    /// Days since 1970-01-01 in decimal digits; `infinity`, `-infinity`.
    Date,
    /// Microseconds since midnight, as a word. If it has a part of one, `n` and the nanoseconds in
    /// decimal digits.
    Time,
    /// Microseconds since 2000-01-01 00:00 (UTC, if it has a zone) as a word, which is how PostgreSQL
    /// sends it. `7fffffffffffffff` is infinity and `8000000000000000` its opposite; what is none of
    /// the numbers between, or has a part of a microsecond, is `n` and the nanoseconds since 1970-01-01
    /// in decimal digits.
    Instant,
    /// Microseconds as a word, days and months in 8 such digits each. If that does not hold it, `n`
    /// and nanoseconds, days and months in decimal digits with commas between.
    Interval,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Exact => "an exact number",
            Self::Float => "a float",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Uuid => "uuid",
            Self::Date => "a date",
            Self::Time => "a time",
            Self::Instant => "a timestamp",
            Self::Interval => "an interval",
        })
    }
}

/// The hash of a row, or of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowHash(pub u128);

impl RowHash {
    /// From an MD5.
    pub fn from_digest(digest: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(digest))
    }

    /// Upper and lower 64 bits.
    #[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
    pub fn halves(self) -> [u64; 2] {
        [(self.0 >> 64) as u64, self.0 as u64]
    }

    /// The bucket of its first `bits` bits.
    pub fn bucket(self, bits: u32) -> u64 {
        let [upper, _] = self.halves();
        upper.checked_shr(u64::BITS.saturating_sub(bits)).unwrap_or(0)
    }
}

/// 32 lower-case hexadecimal digits, as databases write an MD5.
impl fmt::Display for RowHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Rows whose hashes open with one of these numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets {
    bits: u32,
    numbers: Vec<u64>,
}

impl Buckets {
    /// All rows.
    pub fn all() -> Self {
        Self { bits: 0, numbers: vec![0] }
    }

    /// Rows whose first `bits` bits, 64 at most, are one of `numbers`.
    pub fn new(bits: u32, mut numbers: Vec<u64>) -> Self {
        numbers.sort_unstable();
        numbers.dedup();
        Self { bits: bits.min(u64::BITS), numbers }
    }

    /// How many bits of the hash tell the bucket; none where all rows are meant.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Their numbers, ascending.
    pub fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// Is a row of this hash in one of them?
    pub fn has(&self, hash: RowHash) -> bool {
        self.numbers.binary_search(&hash.bucket(self.bits)).is_ok()
    }
}

/// What a side tells of the rows of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BucketSummary {
    /// Number of the bucket.
    pub bucket: u64,
    /// How many rows it has.
    pub rows: u64,
    /// Sums of the upper and of the lower halves of their hashes.
    pub sums: [u128; 2],
}

/// A side that can be asked for summaries of its rows.
///
/// All answers are of the same rows: a database is asked within one transaction, whose snapshot does
/// not change. `encodings` has one for each column of the schema. Calls block until the answer is
/// there, and must not be made from a task of an asynchronous runtime.
pub trait Summarized: Send + Sync + fmt::Debug {
    /// Names and types of all columns.
    fn schema(&self) -> &SchemaRef;

    /// Can the columns be encoded?
    ///
    /// # Errors
    /// The first that cannot, and why.
    fn check(&self, encodings: &[Encoding]) -> Result<(), RowsError>;

    /// Summaries of the rows `within`, in buckets of `bits` bits (1 to 64), ascending; buckets without
    /// rows are left out.
    ///
    /// # Errors
    /// A column that cannot be encoded, or why the side does not answer.
    fn summaries(
        &self,
        encodings: &[Encoding],
        within: &Buckets,
        bits: u32,
    ) -> Result<Vec<BucketSummary>, RowsError>;

    /// The rows of these buckets, in any order, with their own schema: of some types the storage is
    /// chosen by the values.
    ///
    /// # Errors
    /// As above.
    fn rows(
        &self,
        encodings: &[Encoding],
        buckets: &Buckets,
    ) -> Result<(SchemaRef, Batches<'_>), RowsError>;

    /// How many rows have one of these keys. A key is hashed as a row of the columns `key` (0-based,
    /// with their encodings).
    ///
    /// # Errors
    /// As above.
    fn count_keys(&self, key: &[(usize, Encoding)], keys: &[RowHash]) -> Result<u64, RowsError>;

    /// Ends the answer that another thread waits for, which is an error then.
    fn stop(&self);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash of the text `a`, by RFC 1321, A.5.
    const A: RowHash = RowHash(0x0cc1_75b9_c0f1_b6a8_31c3_99e2_6977_2661);

    #[test]
    fn a_hash_is_read_from_its_first_byte() {
        assert_eq!(A.to_string(), "0cc175b9c0f1b6a831c399e269772661");
        assert_eq!(A.halves(), [0x0cc1_75b9_c0f1_b6a8, 0x31c3_99e2_6977_2661]);
        assert_eq!(RowHash::from_digest(A.0.to_be_bytes()), A);
        assert_eq!(RowHash(1).to_string().len(), 32);
    }

    #[test]
    fn the_bucket_is_what_the_hash_opens_with() {
        for (bits, bucket) in [(0, 0), (4, 0), (8, 0x0c), (16, 0x0cc1), (64, A.halves()[0])] {
            assert_eq!(A.bucket(bits), bucket, "{bits}");
            assert!(Buckets::new(bits, vec![bucket + 1, bucket, bucket]).has(A));
            assert!(!Buckets::new(bits, vec![bucket + 1]).has(A));
        }
        assert!(Buckets::all().has(A) && Buckets::all().has(RowHash(u128::MAX)));
        assert_eq!(Buckets::new(4, vec![2, 1, 2]).numbers(), [1, 2]);
    }
}
