//! The iterator of batches that all formats share.

use crate::{
    contain::contained,
    source::{Opened, Source},
};
use arrow::record_batch::RecordBatch;
use model::{Batches, RowsError};

/// Gives the batches of one reading of a part.
pub(crate) trait Decoder: Send {
    /// The next batch, or that there is none; an error ends the reading.
    fn decode(&mut self) -> Result<Option<RecordBatch>, String>;
}

/// The batches of a decoder of a part with this many rows.
///
/// A panic or an error ends them. At their end all rows must have come, and the file must still be
/// as it was.
pub(crate) fn reading<'a>(
    source: &'a Source,
    opened: Opened,
    rows: Option<u64>,
    decoder: impl Decoder + 'a,
) -> Batches<'a> {
    Box::new(Reading { source, opened, rows, seen: 0, decoder: Some(decoder) })
}

struct Reading<'a, D> {
    source: &'a Source,
    opened: Opened,
    rows: Option<u64>,
    seen: u64,
    /// Nothing after the end, and after an error.
    decoder: Option<D>,
}

impl<D: Decoder> Iterator for Reading<'_, D> {
    type Item = Result<RecordBatch, RowsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let decoder = self.decoder.as_mut()?;
        match contained(|| decoder.decode()).and_then(|batch| batch) {
            Ok(Some(batch)) => {
                self.seen = self.seen.saturating_add(batch.num_rows() as u64);
                Some(Ok(batch))
            }
            Ok(None) => {
                self.decoder = None;
                match self.rows.filter(|rows| *rows != self.seen) {
                    Some(rows) => {
                        let what =
                            format!("the file is damaged: {} rows where it says {rows}", self.seen);
                        Some(Err(self.source.blame(&self.opened, what)))
                    }
                    None => self.source.check(&self.opened).err().map(Err),
                }
            }
            Err(error) => {
                self.decoder = None;
                Some(Err(self.source.blame(&self.opened, error)))
            }
        }
    }
}
