//! One side's rows of a partition, complete.

use super::{
    SHELF_ROWS,
    marked::{gather, marks, row_bytes, unmarked},
};
use crate::hash::length;
use arrow::{array::RecordBatch, compute::concat_batches, error::ArrowError};
use model::{Rows, RowsError};
use std::mem;

/// Most bytes of rows that are put in one batch: texts of an array have offsets of 32 bits.
const BATCH_BYTES_MAX: u64 = 1 << 30;

/// One side's rows of a partition, complete; perhaps laid aside.
#[derive(Debug)]
pub(crate) struct Pile {
    pub(super) batches: Vec<RecordBatch>,
    pub(super) aside: Option<Box<dyn Rows>>,
    /// What the rows take in memory.
    pub(super) bytes: u64,
}

/// The rows of a pile in the order of the result.
#[derive(Debug)]
pub(crate) struct Loaded {
    batches: Vec<RecordBatch>,
    bytes: u64,
    /// Batch and row, where rows do not stand in the order of the batches.
    rows: Option<Vec<(u32, u32)>>,
    /// Of each row.
    hashes: Vec<u128>,
    /// Of each row, ascending.
    places: Vec<u64>,
}

impl Pile {
    /// What the rows take in memory, about.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Gives all rows with their marks, batch by batch.
    pub(crate) fn each(
        self,
        mut each: impl FnMut(RecordBatch) -> Result<(), String>,
    ) -> Result<(), String> {
        self.batches.into_iter().try_for_each(&mut each)?;
        let Some(aside) = &self.aside else { return Ok(()) };
        let columns: Vec<usize> = (0..aside.schema().fields().len()).collect();
        let told = |error: RowsError| error.0;
        for part in 0..aside.parts() {
            for batch in aside.read(part, &columns, SHELF_ROWS).map_err(told)? {
                each(batch.map_err(told)?)?;
            }
        }
        Ok(())
    }

    /// Brings the rows into memory and into their order.
    pub(crate) fn load(self) -> Result<Loaded, String> {
        let mut pieces = Vec::new();
        let mut bytes = 0;
        self.each(|batch| {
            bytes += row_bytes(&batch);
            pieces.push(Piece::of(batch));
            Ok(())
        })?;
        // A thread lays in rows that follow on each other: pieces whose order is all there is to do.
        pieces.sort_by_key(|piece| piece.places.first().copied());
        let places = || pieces.iter().flat_map(|piece| &piece.places);
        let rows = if places().is_sorted() {
            None
        } else {
            let rows = (0_u32..).zip(&pieces).flat_map(|(number, piece)| {
                (0_u32..).zip(&piece.places).map(move |(row, place)| (*place, (number, row)))
            });
            let mut rows: Vec<(u64, (u32, u32))> = rows.collect();
            // Long ascending runs, which a stable sort merges.
            rows.sort_by_key(|(place, _)| *place);
            Some(rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>())
        };
        let (hashes, places) = match &rows {
            None => (
                pieces.iter().flat_map(|piece| &piece.hashes).copied().collect(),
                places().copied().collect(),
            ),
            Some(rows) => {
                let marks = rows.iter().filter_map(|(piece, row)| {
                    let piece = pieces.get(usize::try_from(*piece).ok()?)?;
                    let row = usize::try_from(*row).ok()?;
                    Some((piece.hashes.get(row).copied()?, piece.places.get(row).copied()?))
                });
                marks.unzip()
            }
        };
        let batches: Vec<_> = pieces.into_iter().map(|piece| piece.batch).collect();
        let batches = unmarked(&batches).map_err(|error| error.to_string())?;
        Ok(Loaded { batches, bytes, rows, hashes, places })
    }
}

/// A batch and its marks.
struct Piece {
    batch: RecordBatch,
    hashes: Vec<u128>,
    places: Vec<u64>,
}

impl Piece {
    fn of(batch: RecordBatch) -> Self {
        let (hashes, places) = marks(&batch).unzip();
        Self { batch, hashes, places }
    }
}

impl Loaded {
    /// The hash of each row.
    pub(crate) fn hashes(&self) -> &[u128] {
        &self.hashes
    }

    /// These rows, ascending, and where they stand in the result.
    pub(crate) fn pick(&self, rows: &[usize]) -> Result<(Vec<RecordBatch>, Vec<u64>), ArrowError> {
        let places = rows.iter().filter_map(|row| self.places.get(*row).copied()).collect();
        let batches = match (&self.rows, self.batches.first()) {
            (None, Some(first))
                if rows.len() == self.places.len() && self.bytes <= BATCH_BYTES_MAX =>
            {
                vec![concat_batches(&first.schema(), &self.batches)?]
            }
            (None, _) => {
                let starts = self.batches.iter().scan(0, |next, batch| {
                    let start = *next;
                    *next += batch.num_rows();
                    Some(start)
                });
                let starts: Vec<usize> = starts.collect();
                let place = |row: &usize| {
                    let batch = starts.partition_point(|start| start <= row).checked_sub(1)?;
                    Some((batch, row - starts.get(batch)?))
                };
                self.gathered(&rows.iter().filter_map(place).collect::<Vec<_>>())?
            }
            (Some(order), _) => {
                let place = |row: &usize| {
                    let (batch, row) = order.get(*row)?;
                    Some((usize::try_from(*batch).ok()?, usize::try_from(*row).ok()?))
                };
                self.gathered(&rows.iter().filter_map(place).collect::<Vec<_>>())?
            }
        };
        Ok((batches, places))
    }

    fn gathered(&self, rows: &[(usize, usize)]) -> Result<Vec<RecordBatch>, ArrowError> {
        let row_bytes = self.bytes / length(self.places.len()).max(1);
        let at_once = usize::try_from(BATCH_BYTES_MAX / row_bytes.max(1)).unwrap_or(usize::MAX);
        let mut batches = Vec::new();
        for rows in rows.chunks(at_once.max(1)) {
            batches.extend(gather(&self.batches, rows)?);
        }
        Ok(batches)
    }
}

/// Rows of several batches, given by batch and row, in batches that share nothing with them, of which
/// none is longer than offsets count.
pub(crate) fn gather_all(
    batches: &[RecordBatch],
    rows: &[(usize, usize)],
) -> Result<Vec<RecordBatch>, ArrowError> {
    let each = batches.iter().map(|batch| row_bytes(batch) / length(batch.num_rows()).max(1));
    let at_once = BATCH_BYTES_MAX / each.max().unwrap_or(0).max(1);
    let at_once = usize::try_from(at_once).unwrap_or(usize::MAX).max(1);
    let gathered = rows.chunks(at_once).filter_map(|rows| gather(batches, rows).transpose());
    gathered.collect()
}

/// Small batches put together.
pub(super) fn whole(batches: Vec<RecordBatch>) -> Result<Vec<RecordBatch>, ArrowError> {
    let (mut found, mut now) = (Vec::new(), Vec::new());
    let mut picked = Vec::new();
    for batch in batches {
        if !now.is_empty() && picked.len() + batch.num_rows() > SHELF_ROWS {
            found.extend(gather(&mem::take(&mut now), &mem::take(&mut picked))?);
        }
        picked.extend((0..batch.num_rows()).map(|row| (now.len(), row)));
        now.push(batch);
    }
    found.extend(gather(&now, &picked)?);
    Ok(found)
}
