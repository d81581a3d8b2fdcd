//! Rows that no key pairs wait until those of all pieces are there, and only then the most alike pair:
//! so it does not matter how rows were cut into pieces, and how much memory there was.
//!
//! Of each side the first contents of the result wait, with all of their copies, as many as likeness is
//! looked for among. All copies of a content lie in one piece.

use super::contents::first_contents;
use crate::{store::gather, table::Table};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use model::Side;
use std::{
    mem,
    sync::atomic::{AtomicU64, Ordering},
};

/// How much waits, and the places behind which no content has to, of each side: all threads know them.
#[derive(Debug)]
pub(crate) struct Horizon {
    rows_max: usize,
    places: [AtomicU64; 2],
}

impl Horizon {
    /// Of each side contents of so many rows wait.
    pub(crate) fn new(rows_max: usize) -> Self {
        Self { rows_max, places: [(); 2].map(|()| AtomicU64::new(u64::MAX)) }
    }

    fn of(&self, side: Side) -> &AtomicU64 {
        side.of(self.places.each_ref())
    }

    /// These contents are enough: none that begins behind them is one of the first.
    fn draw(&self, side: Side, contents: &[Content]) {
        let rows = contents.iter().map(|content| content.places.len()).sum::<usize>();
        if let (Some(last), true) = (contents.last(), rows >= self.rows_max) {
            self.of(side).fetch_min(last.first(), Ordering::Relaxed);
        }
    }
}

/// Rows of both sides that wait.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    sides: [Contents; 2],
    /// Did rows go because there were too many?
    is_beyond: bool,
}

/// Contents of one side.
#[derive(Debug, Default)]
struct Contents {
    /// Rows that stand for contents.
    batches: Vec<RecordBatch>,
    contents: Vec<Content>,
}

#[derive(Debug)]
struct Content {
    /// Of all copies in the result, ascending.
    places: Vec<u64>,
    /// Batch and row.
    at: (usize, usize),
}

impl Content {
    fn first(&self) -> u64 {
        self.places.first().copied().unwrap_or(u64::MAX)
    }
}

impl Waiting {
    /// Takes in the rows of a piece that have to wait. `rows` are those without a partner with their
    /// hashes, ascending; what has not to wait stays there.
    pub(crate) fn take(
        &mut self,
        (side, table): (Side, &Table),
        rows: &mut Vec<(usize, u128)>,
        horizon: &Horizon,
    ) -> Result<(), String> {
        // Rows of a table ascend.
        let last = horizon.of(side).load(Ordering::Relaxed);
        let near = rows.partition_point(|(row, _)| table.number(*row) <= last);
        let waiting = first_contents(rows, near, horizon.rows_max);
        let mut taken: Vec<usize> = waiting.iter().flatten().copied().collect();
        taken.sort_unstable();
        let mut taken = taken.into_iter().peekable();
        rows.retain(|(row, _)| taken.next_if_eq(row).is_none());
        self.is_beyond |= !rows.is_empty();
        side.of(self.sides.each_mut()).push((side, table), &waiting, horizon)
    }

    /// Adds what waits of other pieces.
    pub(crate) fn merge(&mut self, other: Self) {
        self.is_beyond |= other.is_beyond;
        for (own, more) in self.sides.iter_mut().zip(other.sides) {
            own.append(more);
        }
    }

    /// Lets rows go that have not to wait, once they are many.
    pub(crate) fn let_go(
        &mut self,
        schemas: [&SchemaRef; 2],
        horizon: &Horizon,
    ) -> Result<Option<[Table; 2]>, String> {
        let most = horizon.rows_max.saturating_mul(2);
        if self.sides.iter().all(|side| side.contents.len() <= most) {
            return Ok(None);
        }
        self.rest(schemas, horizon).map(Some)
    }

    /// The rows that have waited, those that had not to, and whether there were any of these.
    pub(crate) fn finish(
        mut self,
        schemas: [&SchemaRef; 2],
        horizon: &Horizon,
    ) -> Result<([Table; 2], [Table; 2], bool), String> {
        let rest = self.rest(schemas, horizon)?;
        let waited = tables(self.sides, schemas)?;
        Ok((waited, rest, self.is_beyond))
    }

    /// Takes away what has not to wait.
    fn rest(&mut self, schemas: [&SchemaRef; 2], horizon: &Horizon) -> Result<[Table; 2], String> {
        let mut rest = [Contents::default(), Contents::default()];
        for ((side, own), rest) in Side::BOTH.into_iter().zip(&mut self.sides).zip(&mut rest) {
            *rest = own.shorten(horizon.rows_max)?;
            self.is_beyond |= !rest.contents.is_empty();
            horizon.draw(side, &own.contents);
        }
        tables(rest, schemas)
    }
}

fn tables(
    [legacy, governed]: [Contents; 2],
    [of_legacy, of_governed]: [&SchemaRef; 2],
) -> Result<[Table; 2], String> {
    Ok([
        legacy.into_table(Side::Legacy, of_legacy)?,
        governed.into_table(Side::Governed, of_governed)?,
    ])
}

impl Contents {
    fn push(
        &mut self,
        (side, table): (Side, &Table),
        contents: &[Vec<usize>],
        horizon: &Horizon,
    ) -> Result<(), String> {
        let firsts: Vec<usize> = contents.iter().filter_map(|rows| rows.first().copied()).collect();
        if firsts.is_empty() {
            return Ok(());
        }
        let Some(rows) = table.gathered(&firsts)? else { return Ok(()) };
        let batch = self.batches.len();
        self.batches.push(rows);
        let more = (0..).zip(contents).map(|(row, copies)| Content {
            places: copies.iter().map(|copy| table.number(*copy)).collect(),
            at: (batch, row),
        });
        let more: Vec<Content> = more.collect();
        horizon.draw(side, &more);
        self.contents.extend(more);
        Ok(())
    }

    fn append(&mut self, other: Self) {
        let before = self.batches.len();
        self.batches.extend(other.batches);
        self.contents.extend(other.contents.into_iter().map(|content| {
            let (batch, row) = content.at;
            Content { at: (before + batch, row), ..content }
        }));
    }

    /// Keeps the first contents, in their order, until they have so many rows; gives back the others.
    fn shorten(&mut self, rows_max: usize) -> Result<Self, String> {
        self.contents.sort_by_key(Content::first);
        let mut sum = 0;
        let most = self.contents.iter().position(|content| {
            let is_enough = sum >= rows_max;
            sum += content.places.len();
            is_enough
        });
        let rest = self.contents.split_off(most.unwrap_or(self.contents.len()));
        let all = mem::take(&mut self.batches);
        let kept = mem::take(&mut self.contents);
        *self = Self::gathered(&all, kept)?;
        Self::gathered(&all, rest)
    }

    fn gathered(all: &[RecordBatch], contents: Vec<Content>) -> Result<Self, String> {
        let rows: Vec<(usize, usize)> = contents.iter().map(|content| content.at).collect();
        let batch = gather(all, &rows).map_err(|error| error.to_string())?;
        let contents = contents.into_iter().zip(0..);
        let contents = contents.map(|(content, row)| Content { at: (0, row), ..content });
        Ok(Self { batches: batch.into_iter().collect(), contents: contents.collect() })
    }

    /// All copies in the order of the result.
    fn into_table(self, side: Side, schema: &SchemaRef) -> Result<Table, String> {
        let mut rows: Vec<(u64, (usize, usize))> = self
            .contents
            .iter()
            .flat_map(|content| content.places.iter().map(|place| (*place, content.at)))
            .collect();
        rows.sort_unstable();
        let taken: Vec<(usize, usize)> = rows.iter().map(|(_, at)| *at).collect();
        let batch = gather(&self.batches, &taken).map_err(|error| error.to_string())?;
        let places = rows.into_iter().map(|(place, _)| place).collect();
        Ok(Table::new(side, schema, batch.as_slice())?.with_numbers(places))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::fixtures;
    use arrow::array::AsArray as _;
    use proptest::prelude::*;

    /// Rows of the content `n`, at these places.
    fn table(side: Side, rows: &[(i32, u64)]) -> Table {
        let batch = fixtures::rows(&rows.iter().map(|(n, _)| [*n, 0, 0]).collect::<Vec<_>>());
        let places = rows.iter().map(|(_, place)| *place).collect();
        Table::new(side, &batch.schema(), &[batch]).unwrap().with_numbers(places)
    }

    fn rows_of(table: &Table) -> Vec<(i32, u64)> {
        let all = table.gathered(&table.all_rows()).unwrap();
        let values = all.iter().flat_map(|batch| {
            let values = batch.column(0).as_primitive::<arrow::datatypes::Int32Type>();
            (0..values.len()).map(|row| values.value(row)).collect::<Vec<_>>()
        });
        values.zip((0..).map(|row| table.number(row))).collect()
    }

    proptest! {
        /// Whatever the pieces, and in whatever order they come, the same rows have waited, and none
        /// is lost.
        #[test]
        fn pieces_mean_nothing(
            contents in proptest::collection::vec(0..12_i32, 0..60),
            pieces in 1..5_i32,
            turned: bool,
            rows_max in 0..20_usize,
        ) {
            let all: Vec<(i32, u64)> = contents.iter().copied().zip(0..).collect();
            let schema = fixtures::rows(&[]).schema();
            let schemas = [&schema, &schema];
            let found = |pieces: i32| {
                let (horizon, mut waiting) = (Horizon::new(rows_max), Waiting::default());
                let mut behind = Vec::new();
                let mut order: Vec<i32> = (0..pieces).collect();
                if turned {
                    order.reverse();
                }
                for piece in order {
                    let own: Vec<_> = all.iter().copied().filter(|(n, _)| n % pieces == piece).collect();
                    let table = table(Side::Legacy, &own);
                    let mut rows = own.iter().enumerate().map(|(at, (n, _))| (at, u128::try_from(*n).unwrap()));
                    let (mut rows, mut more): (Vec<_>, _) = (rows.by_ref().collect(), Waiting::default());
                    more.take((Side::Legacy, &table), &mut rows, &horizon).unwrap();
                    behind.extend(rows.into_iter().map(|(at, _)| own[at]));
                    waiting.merge(more);
                    if let Some([gone, _]) = waiting.let_go(schemas, &horizon).unwrap() {
                        behind.extend(rows_of(&gone));
                    }
                }
                let ([waited, _], [rest, _], is_beyond) = waiting.finish(schemas, &horizon).unwrap();
                behind.extend(rows_of(&rest));
                behind.sort_unstable();
                (rows_of(&waited), behind, is_beyond)
            };
            let whole = found(1);
            prop_assert_eq!(&found(pieces), &whole);
            let (waited, behind, is_beyond) = whole;
            prop_assert_eq!(is_beyond, !behind.is_empty());
            let mut both = [waited, behind].concat();
            both.sort_unstable();
            let mut all = all;
            all.sort_unstable();
            prop_assert_eq!(both, all);
        }
    }
}
