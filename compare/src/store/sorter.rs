//! Sorts rows into the partitions of a store.
//!
//! Batches wait until there are enough rows for every partition: pieces of a few rows would cost more
//! than what is in them.

use super::{
    Store,
    marked::{mark, row_bytes, take},
    scatter::Scatter,
};
use crate::hash::length;
use arrow::{array::RecordBatch, error::ArrowError};
use model::Side;

/// So many rows of one side wait at most.
const PENDING_ROWS_MAX: usize = 131_072;

/// Sorts the rows that one thread picks.
#[derive(Debug)]
pub(crate) struct Sorter<'s> {
    store: &'s Store<'s>,
    pending: [Pending; 2],
    /// So many bytes of one side wait at most.
    bytes_max: u64,
}

/// Rows of one side that are not laid into the store yet.
#[derive(Debug)]
struct Pending {
    rows: Scatter,
    bytes: u64,
    /// The place of the row that follows on the last one.
    next: u64,
}

impl<'s> Sorter<'s> {
    /// Keeps at most about `bytes_max` bytes by itself.
    pub(crate) fn new(store: &'s Store<'s>, bytes_max: u64) -> Self {
        let partitions = store.partitions.len();
        let pending = || Pending { rows: Scatter::into(partitions), bytes: 0, next: 0 };
        Self { store, pending: [pending(), pending()], bytes_max: bytes_max / 2 }
    }

    /// Sorts rows of a batch, of which the first one stands at `start`: `picked` says which ones,
    /// ascending, and into which partition.
    pub(crate) fn pick(
        &mut self,
        side: Side,
        (batch, hashes, start): (&RecordBatch, &[u128], u64),
        picked: &[(usize, usize)],
    ) -> Result<(), String> {
        if picked.is_empty() {
            return Ok(());
        }
        let pending = side.of(self.pending.each_mut());
        if start != pending.next && pending.rows.rows() >= PENDING_ROWS_MAX / 4 {
            // Pieces of rows in a row need no sorting (`Pile::load`).
            flush(self.store, side, pending)?;
        }
        pending.next = start + length(batch.num_rows());
        let schema = self.store.schema(side);
        let marked = mark(batch, hashes, start, schema).map_err(|error| told(side, &error))?;
        // Few rows of a batch are taken out at once, so that the others can go.
        let few = picked.len() <= batch.num_rows() / 2;
        let marked = if few {
            let rows = picked.iter().map(|(row, _)| length(*row)).collect();
            take(&marked, rows).map_err(|error| told(side, &error))?
        } else {
            marked
        };
        let rows = picked
            .iter()
            .enumerate()
            .map(|(place, (row, partition))| (if few { place } else { *row }, *partition));
        self.push(side, marked, rows)
    }

    /// Sorts rows of a batch that has its marks: row and partition.
    pub(crate) fn push(
        &mut self,
        side: Side,
        marked: RecordBatch,
        rows: impl Iterator<Item = (usize, usize)>,
    ) -> Result<(), String> {
        let pending = side.of(self.pending.each_mut());
        pending.bytes += row_bytes(&marked);
        pending.rows.push(marked, rows);
        if pending.rows.rows() >= PENDING_ROWS_MAX || pending.bytes >= self.bytes_max {
            flush(self.store, side, pending)?;
        }
        Ok(())
    }

    /// Lays all that waits into the store.
    pub(crate) fn finish(mut self) -> Result<(), String> {
        for (side, pending) in Side::BOTH.into_iter().zip(&mut self.pending) {
            flush(self.store, side, pending)?;
        }
        Ok(())
    }
}

fn flush(store: &Store<'_>, side: Side, pending: &mut Pending) -> Result<(), String> {
    pending.bytes = 0;
    let sorted = pending.rows.sort().map_err(|error| told(side, &error))?;
    for (partition, rows) in sorted.into_iter().enumerate() {
        if let Some(rows) = rows {
            store.push(partition, side, rows)?;
        }
    }
    Ok(())
}

fn told(side: Side, error: &ArrowError) -> String {
    format!("the {side} side: {error}")
}
