//! Rows that no key pairs wait until those of all pieces are there, and only then the most alike pair:
//! so it does not matter how rows were cut into pieces, and how much memory there was.
//!
//! Of each side the first contents of the result wait, with as many of their copies as can find a
//! partner, until they are `rows_max` rows. All copies of a content lie in one piece.

use super::contents::{Copies, enough, first_contents};
use crate::{hash::length, store::gather_all, table::Table};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use model::Side;
use std::{
    collections::BTreeMap,
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

    /// These contents, in their order, may be enough: then none that begins behind them is one of the
    /// first.
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

/// Rows of one side that have waited, or had not to.
#[derive(Debug)]
pub(crate) struct Waited {
    pub(crate) table: Table,
    /// Copies that did not wait, by the last row of the content that did.
    pub(crate) more: BTreeMap<usize, u64>,
}

/// Contents of one side.
#[derive(Debug, Default)]
struct Contents {
    /// Rows that stand for contents.
    batches: Vec<RecordBatch>,
    all: Vec<Content>,
    /// Of all of them that wait.
    rows: usize,
}

#[derive(Debug)]
struct Content {
    /// Of the copies in the result, ascending.
    places: Vec<u64>,
    /// Further copies.
    more: u64,
    /// Batch and row.
    at: (usize, usize),
}

impl Content {
    fn first(&self) -> u64 {
        self.places.first().copied().unwrap_or(u64::MAX)
    }
}

/// Rows of a piece that have not to wait.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    /// With their hashes, ascending.
    pub(crate) rows: Vec<(usize, u128)>,
    /// Those of them that are further copies of a content that waits, ascending: they are shown with it.
    pub(crate) copies: Vec<usize>,
}

impl Waiting {
    /// Takes in the rows of a piece that have to wait, and gives back the others. `rows` are those
    /// without a partner with their hashes, ascending.
    pub(crate) fn take(
        &mut self,
        (side, table): (Side, &Table),
        mut rows: Vec<(usize, u128)>,
        horizon: &Horizon,
    ) -> Result<Behind, String> {
        // Rows of a table ascend.
        let last = horizon.of(side).load(Ordering::Relaxed);
        let near = rows.partition_point(|(row, _)| table.number(*row) <= last);
        let waiting = first_contents(&rows, near, horizon.rows_max);
        let mut taken: Vec<usize> =
            waiting.iter().flat_map(|content| &content.rows).copied().collect();
        taken.sort_unstable();
        let mut taken = taken.into_iter().peekable();
        rows.retain(|(row, _)| taken.next_if_eq(row).is_none());
        self.is_beyond |= !rows.is_empty();
        side.of(self.sides.each_mut()).push((side, table), &waiting, horizon)?;
        let mut copies: Vec<usize> = waiting.into_iter().flat_map(|content| content.more).collect();
        copies.sort_unstable();
        Ok(Behind { rows, copies })
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
    ) -> Result<Option<[Waited; 2]>, String> {
        let most = horizon.rows_max.saturating_mul(2);
        if self.sides.iter().all(|side| side.rows <= most) {
            return Ok(None);
        }
        self.rest(schemas, horizon).map(Some)
    }

    /// The rows that have waited, those that had not to, and whether there were any of these.
    pub(crate) fn finish(
        mut self,
        schemas: [&SchemaRef; 2],
        horizon: &Horizon,
    ) -> Result<([Waited; 2], [Waited; 2], bool), String> {
        let rest = self.rest(schemas, horizon)?;
        let waited = tables(self.sides, schemas)?;
        Ok((waited, rest, self.is_beyond))
    }

    /// Takes away what has not to wait.
    fn rest(&mut self, schemas: [&SchemaRef; 2], horizon: &Horizon) -> Result<[Waited; 2], String> {
        let mut rest = [Contents::default(), Contents::default()];
        for ((side, own), rest) in Side::BOTH.into_iter().zip(&mut self.sides).zip(&mut rest) {
            *rest = own.shorten(horizon.rows_max)?;
            self.is_beyond |= !rest.all.is_empty();
            horizon.draw(side, &own.all);
        }
        tables(rest, schemas)
    }
}

fn tables(
    [legacy, governed]: [Contents; 2],
    [of_legacy, of_governed]: [&SchemaRef; 2],
) -> Result<[Waited; 2], String> {
    Ok([
        legacy.into_waited(Side::Legacy, of_legacy)?,
        governed.into_waited(Side::Governed, of_governed)?,
    ])
}

impl Contents {
    fn push(
        &mut self,
        (side, table): (Side, &Table),
        contents: &[Copies],
        horizon: &Horizon,
    ) -> Result<(), String> {
        let firsts: Vec<usize> =
            contents.iter().filter_map(|content| content.rows.first().copied()).collect();
        if firsts.is_empty() {
            return Ok(());
        }
        let Some(rows) = table.gathered(&firsts)? else { return Ok(()) };
        let batch = self.batches.len();
        self.batches.push(rows);
        let more = (0..).zip(contents).map(|(row, copies)| Content {
            places: copies.rows.iter().map(|copy| table.number(*copy)).collect(),
            more: length(copies.more.len()),
            at: (batch, row),
        });
        let more: Vec<Content> = more.collect();
        horizon.draw(side, &more);
        self.extend(more);
        Ok(())
    }

    fn extend(&mut self, more: impl IntoIterator<Item = Content>) {
        for content in more {
            self.rows += content.places.len();
            self.all.push(content);
        }
    }

    fn append(&mut self, other: Self) {
        let before = self.batches.len();
        self.batches.extend(other.batches);
        self.extend(other.all.into_iter().map(|content| {
            let (batch, row) = content.at;
            Content { at: (before + batch, row), ..content }
        }));
    }

    /// Keeps the first contents, in their order, until they have so many rows; gives back the others.
    fn shorten(&mut self, rows_max: usize) -> Result<Self, String> {
        self.all.sort_by_key(Content::first);
        let most = enough(self.all.iter().map(|content| content.places.len()), rows_max);
        let rest = self.all.split_off(most);
        let Self { batches, all, .. } = mem::take(self);
        *self = Self::gathered(&batches, all)?;
        Self::gathered(&batches, rest)
    }

    fn gathered(all: &[RecordBatch], contents: Vec<Content>) -> Result<Self, String> {
        let places: Vec<(usize, usize)> = contents.iter().map(|content| content.at).collect();
        let batches = gather_all(all, &places).map_err(|error| error.to_string())?;
        let places = (0..)
            .zip(&batches)
            .flat_map(|(batch, rows)| (0..rows.num_rows()).map(move |row| (batch, row)));
        let places: Vec<(usize, usize)> = places.collect();
        let mut own = Self { batches, ..Self::default() };
        own.extend(contents.into_iter().zip(places).map(|(content, at)| Content { at, ..content }));
        Ok(own)
    }

    /// The copies in the order of the result.
    fn into_waited(self, side: Side, schema: &SchemaRef) -> Result<Waited, String> {
        let mut rows = Vec::with_capacity(self.rows);
        for content in &self.all {
            let last = content.places.len().saturating_sub(1);
            rows.extend((0..).zip(&content.places).map(|(copy, place)| {
                (*place, content.at, if copy == last { content.more } else { 0 })
            }));
        }
        rows.sort_unstable();
        let taken: Vec<(usize, usize)> = rows.iter().map(|(_, at, _)| *at).collect();
        let batches = gather_all(&self.batches, &taken).map_err(|error| error.to_string())?;
        let places = rows.iter().map(|(place, ..)| *place).collect();
        let more = (0..).zip(&rows).filter(|(_, (.., more))| *more > 0);
        let more = more.map(|(row, (.., more))| (row, *more)).collect();
        Ok(Waited { table: Table::new(side, schema, &batches)?.with_numbers(places), more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::fixtures;
    use arrow::array::AsArray as _;
    use proptest::prelude::*;
    use std::mem;

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
                let (horizon, mut parts) = (Horizon::new(rows_max), Vec::new());
                let (mut behind, mut shown) = (Vec::new(), 0_i64);
                let mut order: Vec<i32> = (0..pieces).collect();
                if turned {
                    order.reverse();
                }
                for piece in order {
                    let own: Vec<_> = all.iter().copied().filter(|(n, _)| n % pieces == piece).collect();
                    let table = table(Side::Legacy, &own);
                    let rows = own.iter().enumerate().map(|(at, (n, _))| (at, u128::try_from(*n).unwrap()));
                    let (rows, mut more): (Vec<_>, _) = (rows.collect(), Waiting::default());
                    let left = more.take((Side::Legacy, &table), rows, &horizon).unwrap();
                    behind.extend(left.rows.iter().map(|(at, _)| own[*at]));
                    shown -= i64::try_from(left.copies.len()).unwrap();
                    assert!(left.copies.iter().all(|copy| left.rows.iter().any(|(row, _)| row == copy)));
                    parts.push(more);
                }
                // Merged as threads do: those that are neighbours first.
                while parts.len() > 1 {
                    let mut merged = Vec::new();
                    for pair in parts.chunks_mut(2) {
                        let mut waiting = mem::take(&mut pair[0]);
                        if let Some(other) = pair.get_mut(1) {
                            waiting.merge(mem::take(other));
                        }
                        if let Some([gone, _]) = waiting.let_go(schemas, &horizon).unwrap() {
                            behind.extend(rows_of(&gone.table));
                            shown += i64::try_from(gone.more.values().sum::<u64>()).unwrap();
                        }
                        merged.push(waiting);
                    }
                    parts = merged;
                }
                let waiting = parts.pop().unwrap();
                let ([waited, _], [rest, _], is_beyond) = waiting.finish(schemas, &horizon).unwrap();
                behind.extend(rows_of(&rest.table));
                behind.sort_unstable();
                shown += [&rest, &waited].map(|w| i64::try_from(w.more.values().sum::<u64>()).unwrap()).iter().sum::<i64>();
                // What a piece does not show is shown with what waits.
                assert_eq!(shown, 0);
                (rows_of(&waited.table), behind, is_beyond)
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
