//! One side's rows of a partition, complete.

use super::{
    SHELF_ROWS,
    marked::{gather, marks, row_bytes, unmarked},
};
use crate::hash::length;
use arrow::{array::RecordBatch, error::ArrowError};
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
    /// Batch and row.
    rows: Vec<(u32, u32)>,
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
        let mut batches = Vec::new();
        let mut ordered: Vec<(u64, (u32, u32))> = Vec::new();
        let mut hashes = Vec::new();
        let mut bytes = 0;
        self.each(|batch| {
            bytes += row_bytes(&batch);
            let number = u32::try_from(batches.len()).map_err(|_| "too many rows".to_owned())?;
            let (of_batch, places): (Vec<u128>, Vec<u64>) = marks(&batch).unzip();
            ordered.extend(places.into_iter().zip((0_u32..).map(|row| (number, row))));
            hashes.push(of_batch);
            batches.push(batch);
            Ok(())
        })?;
        // Threads lay batches in as they come, each with its rows in order: long ascending runs,
        // which a stable sort merges.
        ordered.sort_by_key(|(place, _)| *place);
        let hash = |(batch, row): (u32, u32)| {
            let of_batch = hashes.get(usize::try_from(batch).ok()?)?;
            of_batch.get(usize::try_from(row).ok()?).copied()
        };
        let of_rows =
            ordered.iter().map(|(_, row)| hash(*row).unwrap_or_default()).collect::<Vec<_>>();
        let (places, rows) = ordered.into_iter().unzip();
        let batches = unmarked(&batches).map_err(|error| error.to_string())?;
        Ok(Loaded { batches, bytes, rows, hashes: of_rows, places })
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
        let row_bytes = self.bytes / length(self.rows.len()).max(1);
        let at_once = usize::try_from(BATCH_BYTES_MAX / row_bytes.max(1)).unwrap_or(usize::MAX);
        let mut batches = Vec::new();
        for rows in rows.chunks(at_once.max(1)) {
            let of_batch = |(batch, row): &(u32, u32)| {
                Some((usize::try_from(*batch).ok()?, usize::try_from(*row).ok()?))
            };
            let picked: Vec<_> =
                rows.iter().filter_map(|row| self.rows.get(*row).and_then(of_batch)).collect();
            batches.extend(gather(&self.batches, &picked)?);
        }
        Ok((batches, places))
    }
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
