//! Some rows of an answer, one after the other.

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use model::{Batches, Rows, RowsError};
use std::iter;

/// The rows from a place up to another one.
#[derive(Debug)]
pub(super) struct Part<'a> {
    rows: &'a dyn Rows,
    start: usize,
    end: usize,
}

impl<'a> Part<'a> {
    /// The rows from `start` to before `end`, which are all there.
    pub(super) fn new(rows: &'a dyn Rows, [start, end]: [usize; 2]) -> Self {
        Self { rows, start, end }
    }
}

impl Rows for Part<'_> {
    fn schema(&self) -> &SchemaRef {
        self.rows.schema()
    }

    fn parts(&self) -> usize {
        1
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        let rows = if part == 0 { self.end.saturating_sub(self.start) } else { 0 };
        u64::try_from(rows).ok()
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        if part != 0 {
            return Ok(Box::new(iter::empty()));
        }
        let Self { rows, start, end } = *self;
        let columns = columns.to_vec();
        let batches = (0..rows.parts()).flat_map(move |part| {
            rows.read(part, &columns, batch_rows)
                .unwrap_or_else(|error| Box::new(iter::once(Err(error))))
        });
        let mut place = 0_usize;
        let within = move |batch: RecordBatch| {
            let before = place;
            place = place.saturating_add(batch.num_rows());
            let from = start.clamp(before, place) - before;
            let to = end.clamp(before, place) - before;
            batch.slice(from, to.saturating_sub(from))
        };
        Ok(Box::new(Until { batches, within, left: end.saturating_sub(start) }))
    }
}

/// The batches up to the last one that holds a wanted row.
struct Until<I, F> {
    batches: I,
    within: F,
    left: usize,
}

impl<I, F> Iterator for Until<I, F>
where
    I: Iterator<Item = Result<RecordBatch, RowsError>>,
    F: FnMut(RecordBatch) -> RecordBatch,
{
    type Item = Result<RecordBatch, RowsError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            match self.batches.next()?.map(&mut self.within) {
                Ok(batch) if batch.num_rows() == 0 => {}
                Ok(batch) => {
                    self.left = self.left.saturating_sub(batch.num_rows());
                    return Some(Ok(batch));
                }
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::fixtures::rows;
    use arrow::{array::AsArray as _, datatypes::Int32Type};
    use model::InMemory;

    #[test]
    fn a_part_holds_its_rows_whatever_the_batches() {
        let all: Vec<[i32; 3]> = (0..7).map(|n| [n, n * 10, 0]).collect();
        let batches = [0..2, 2..2, 2..6, 6..7].map(|range| rows(&all[range]));
        let whole = InMemory::new(batches[0].schema(), batches.to_vec()).unwrap();
        for start in 0..=7 {
            for end in start..=7 {
                let part = Part::new(&whole, [start, end]);
                assert_eq!(part.rows(), Some((end - start) as u64));
                for batch_rows in [1, 3, 100] {
                    let found: Vec<i32> = part
                        .read(0, &[1], batch_rows)
                        .unwrap()
                        .flat_map(|batch| {
                            let batch = batch.unwrap();
                            assert_eq!(batch.num_columns(), 1);
                            batch.column(0).as_primitive::<Int32Type>().values().to_vec()
                        })
                        .collect();
                    let expected: Vec<i32> = all[start..end].iter().map(|row| row[1]).collect();
                    assert_eq!(found, expected, "{start}..{end}");
                }
            }
        }
        assert_eq!(Part::new(&whole, [1, 2]).read(1, &[0], 9).unwrap().count(), 0);
    }
}
