//! All rows of both sides, summed up: are they the same, and are they still?

use super::{both, columns};
use crate::{judge::StatementRef, settings::Settings, shape, watch::Watch};
use model::{Buckets, StatementFacts, Summarized};
use std::fmt::Write as _;

/// All rows of a side, summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// How many rows there are.
    pub rows: u64,
    /// Sums of the upper and of the lower halves of their hashes ([`model::summary`]).
    pub sums: [u128; 2],
}

impl Total {
    /// The sums in 64 lower-case hexadecimal digits. Rows whose number and checksum are those of others
    /// are the same rows, but for a chance of the size that [`super::confidence`] states.
    #[must_use]
    pub fn checksum(&self) -> String {
        let [upper, lower] = self.sums;
        let mut text = String::with_capacity(64);
        // Writing to a String cannot fail.
        let _ = write!(text, "{upper:032x}{lower:032x}");
        text
    }
}

/// Sums up the rows of both sides (legacy, governed), at the same time. Must not be called from a task of
/// an asynchronous runtime: the sides block.
///
/// # Errors
/// Why it cannot be told, with the column or the side: columns that do not pair, or that cannot be summed
/// up; what a side says; a stop.
pub fn totals(sides: [&dyn Summarized; 2], watch: &dyn Watch) -> Result<[Total; 2], String> {
    let [legacy, governed] = sides.map(Summarized::schema);
    let facts = StatementFacts::plain_read();
    let statement = StatementRef { id: "", fingerprint: "", facts: &facts };
    let settings = Settings::new(Vec::new()).map_err(|error| error.to_string())?;
    let shape = shape::plan(&statement, legacy, governed, &settings)?
        .map_err(|_| "the sides do not have the same columns".to_owned())?;
    let encodings = columns::encodings(&shape.columns)?;
    // One bucket is half of the hashes, so that there are two at most.
    both(sides, watch, |_, side| {
        let buckets = side.summaries(&encodings, &Buckets::all(), 1)?;
        let nothing = Total { rows: 0, sums: [0; 2] };
        Ok(buckets.iter().fold(nothing, |total, bucket| Total {
            rows: total.rows.saturating_add(bucket.rows),
            sums: [0, 1].map(|half: usize| {
                let of = |sums: &[u128; 2]| sums.get(half).copied().unwrap_or_default();
                of(&total.sums).saturating_add(of(&bucket.sums))
            }),
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{pushdown::Summed, watch::Unwatched};
    use arrow::{
        array::{ArrayRef, Float64Array, Int64Array, StringArray},
        record_batch::RecordBatch,
    };
    use model::InMemory;
    use std::sync::Arc;

    fn rows(columns: Vec<(&str, ArrayRef)>) -> InMemory {
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, column)| (name, column, true)),
        )
        .unwrap();
        InMemory::new(batch.schema(), vec![batch]).unwrap()
    }

    fn numbers(of: &[i64], texts: &[&str]) -> InMemory {
        rows(vec![
            ("n", Arc::new(Int64Array::from(of.to_vec()))),
            ("t", Arc::new(StringArray::from(texts.to_vec()))),
        ])
    }

    fn of(legacy: &InMemory, governed: &InMemory) -> Result<[Total; 2], String> {
        let sides = [Summed::new(legacy), Summed::new(governed)];
        let [legacy, governed] = &sides;
        totals([legacy, governed], &Unwatched)
    }

    #[test]
    fn the_order_of_rows_does_not_count_and_each_value_does() {
        let one = numbers(&[1, 2, 2], &["a", "b", "c"]);
        let [a, b] = of(&one, &numbers(&[2, 1, 2], &["c", "a", "b"])).unwrap();
        assert_eq!((a, a.rows, a.checksum().len()), (b, 3, 64));
        for other in [
            numbers(&[1, 2, 3], &["a", "b", "c"]),
            numbers(&[1, 2, 2], &["a", "b", "C"]),
            numbers(&[1, 2, 2], &["b", "a", "c"]),
            numbers(&[1, 2], &["a", "b"]),
            numbers(&[1, 2, 2, 2], &["a", "b", "c", "c"]),
        ] {
            let [a, b] = of(&one, &other).unwrap();
            assert_ne!(a, b);
            assert_ne!(a.checksum(), b.checksum());
        }
    }

    #[test]
    fn nothing_is_nothing_on_both_sides() {
        let [a, b] = of(&numbers(&[], &[]), &numbers(&[], &[])).unwrap();
        assert_eq!((a.rows, a), (0, b));
    }

    #[test]
    fn what_cannot_be_told_says_why() {
        let one = numbers(&[1], &["a"]);
        let narrow = rows(vec![("n", Arc::new(Int64Array::from(vec![1])))]);
        assert!(of(&one, &narrow).unwrap_err().contains("same columns"));
        let float = rows(vec![
            ("n", Arc::new(Float64Array::from(vec![1.0]))),
            ("t", Arc::new(StringArray::from(vec!["a"]))),
        ]);
        let error = of(&one, &float).unwrap_err();
        assert!(error.contains("column 1 (`n`)"), "{error}");
    }
}
