//! Where rows go that memory does not hold: unnamed temporary files in the system's folder for them.

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use files::{SpoolOptions, SpoolWriter};
use model::{Rows, RowsError, Shelf};
use std::fmt;

/// Keeps so many bytes of what is laid aside at a time in memory, and the rest on the disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scratch {
    memory_bytes_max: usize,
}

impl Scratch {
    /// For rows that have had their share of memory already.
    pub(crate) const fn on_disk() -> Self {
        Self::keeping(0)
    }

    /// For rows that come from elsewhere: each time rows are laid aside, so many bytes of them stay.
    pub(crate) const fn keeping(memory_bytes_max: usize) -> Self {
        Self { memory_bytes_max }
    }
}

impl model::Scratch for Scratch {
    fn shelf(&self, schema: &SchemaRef) -> Result<Box<dyn Shelf>, RowsError> {
        let options =
            SpoolOptions { memory_bytes_max: self.memory_bytes_max, ..SpoolOptions::default() };
        Ok(Box::new(Spooling(SpoolWriter::new(SchemaRef::clone(schema), &options))))
    }
}

struct Spooling(SpoolWriter);

impl fmt::Debug for Spooling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spooling")
    }
}

impl Shelf for Spooling {
    fn push(&mut self, batch: RecordBatch) -> Result<(), RowsError> {
        self.0.push(batch)
    }

    fn finish(self: Box<Self>) -> Result<Box<dyn Rows>, RowsError> {
        Ok(Box::new(self.0.finish()?))
    }
}
