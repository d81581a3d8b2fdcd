//! Fetches the rows of the buckets that differ: into memory, and aside where that is too small.

use super::{bisect::Found, both};
use crate::{
    residue::Memory,
    watch::{Pass, STOPPED, Watch},
};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use model::{Encoding, InMemory, Rows, RowsError, Scratch, Shelf, Summarized};

/// The rows of both sides; an error is the reason why nothing can be told.
pub(super) fn rows(
    sides: [&dyn Summarized; 2],
    encodings: &[Encoding],
    found: &Found,
    memory: Memory<'_>,
    watch: &dyn Watch,
) -> Result<[Box<dyn Rows>; 2], String> {
    // Half of the memory is for judging them.
    let bytes_max = usize::try_from(memory.bytes_max / 4).unwrap_or(usize::MAX);
    both(sides, watch, |side, summarized| {
        let (schema, batches) = summarized.rows(encodings, &found.open)?;
        let mut kept = Kept::new(schema, bytes_max, memory.scratch);
        let mut rows = 0_u64;
        for batch in batches {
            if watch.is_stopped() {
                return Err(RowsError(STOPPED.to_owned()));
            }
            let batch = batch?;
            let more = u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
            rows = rows.saturating_add(more);
            kept.push(batch)?;
            watch.read(Pass::Pick, side, more);
        }
        let counted = side.of(found.open_rows);
        if rows != counted {
            return Err(RowsError(format!(
                "{counted} rows were to be fetched, {rows} came: the query gives other rows when it is run again; store its rows first, or compare without push-down"
            )));
        }
        kept.finish()
    })
}

/// Rows that have come.
struct Kept<'a> {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    bytes: usize,
    bytes_max: usize,
    scratch: Option<&'a dyn Scratch>,
    shelf: Option<Box<dyn Shelf>>,
}

impl<'a> Kept<'a> {
    fn new(schema: SchemaRef, bytes_max: usize, scratch: Option<&'a dyn Scratch>) -> Self {
        Self { schema, batches: Vec::new(), bytes: 0, bytes_max, scratch, shelf: None }
    }

    fn push(&mut self, batch: RecordBatch) -> Result<(), RowsError> {
        if let Some(aside) = &mut self.shelf {
            return aside.push(batch);
        }
        self.bytes = self.bytes.saturating_add(batch.get_array_memory_size());
        self.batches.push(batch);
        if self.bytes <= self.bytes_max {
            return Ok(());
        }
        let Some(scratch) = self.scratch else {
            return Err(RowsError(format!(
                "the rows that may differ take more than {} bytes of memory; allow more",
                self.bytes_max
            )));
        };
        let mut aside = scratch.shelf(&self.schema)?;
        for batch in self.batches.drain(..) {
            aside.push(batch)?;
        }
        self.shelf = Some(aside);
        Ok(())
    }

    fn finish(self) -> Result<Box<dyn Rows>, RowsError> {
        match self.shelf {
            Some(aside) => aside.finish(),
            None => Ok(Box::new(InMemory::new(self.schema, self.batches)?)),
        }
    }
}
