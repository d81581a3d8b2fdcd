//! Arrow IPC, as a file and as a stream: one part for each group of neighbouring record batches.
//!
//! Both are a row of messages. A file has an index of them at its end; of a stream, which has none,
//! the headers are read once and the bodies stepped over, so it is read by parts too. A record batch
//! is the unit of the format: it is read whole, whatever its writer made of its size.
//! Format: <https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc>.

mod bounds;
mod index;

use crate::{
    contain::contained,
    reading::{Decoder, reading},
    source::{Opened, Source},
};
use arrow::{
    buffer::Buffer, datatypes::SchemaRef, ipc::Block, ipc::reader::FileDecoder,
    record_batch::RecordBatch,
};
use index::Index;
use model::{Batches, Rows, RowsError};
use std::{ops::Range, path::Path, sync::Arc};

/// Neighbouring record batches make one part until their bodies have this many bytes.
const PART_BYTES: u64 = 8 << 20;

/// An Arrow IPC file or stream.
#[derive(Debug)]
pub struct IpcFile {
    source: Source,
    messages: Messages,
}

impl IpcFile {
    /// Reads the index at the end of a file (`ARROW1`, Feather version 2).
    ///
    /// # Errors
    /// A file that cannot be opened, is truncated or damaged.
    pub fn open(path: &Path) -> Result<Self, RowsError> {
        let (source, opened) = Source::open(path)?;
        Self::from_file(source, &opened)
    }

    /// Reads the headers of all messages of a stream.
    ///
    /// # Errors
    /// A file that cannot be opened, is truncated or damaged.
    pub fn open_stream(path: &Path) -> Result<Self, RowsError> {
        let (source, opened) = Source::open(path)?;
        Self::from_stream(source, &opened)
    }

    pub(crate) fn from_file(source: Source, opened: &Opened) -> Result<Self, RowsError> {
        let index = contained(|| Index::of_file(opened)).and_then(|index| index);
        Self::new(source, opened, index)
    }

    pub(crate) fn from_stream(source: Source, opened: &Opened) -> Result<Self, RowsError> {
        let index = contained(|| Index::of_stream(opened)).and_then(|index| index);
        Self::new(source, opened, index)
    }

    fn new(
        source: Source,
        opened: &Opened,
        index: Result<Index, String>,
    ) -> Result<Self, RowsError> {
        let index = index.map_err(|error| source.blame(opened, error))?;
        Ok(Self { source, messages: Messages::new(index) })
    }
}

impl Rows for IpcFile {
    fn schema(&self) -> &SchemaRef {
        self.messages.schema()
    }

    fn parts(&self) -> usize {
        self.messages.parts()
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        Some(self.messages.part_rows(part))
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        let opened = self.source.reopen()?;
        let decoder = self.messages.decoder(opened.clone(), part, columns, batch_rows);
        Ok(reading(&self.source, opened, self.part_rows(part), decoder))
    }
}

/// The messages of a file or a stream, and how they are cut into parts.
#[derive(Debug)]
pub(crate) struct Messages {
    index: Arc<Index>,
    /// Of record batches.
    parts: Vec<Range<usize>>,
}

impl Messages {
    /// Looks all messages of a stream up.
    pub(crate) fn of_stream(opened: &Opened) -> Result<Self, String> {
        contained(|| Index::of_stream(opened)).and_then(|index| index).map(Self::new)
    }

    fn new(index: Index) -> Self {
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut bytes = 0_u64;
        for (number, batch) in index.batches.iter().enumerate() {
            let body = u64::try_from(batch.block.bodyLength()).unwrap_or(u64::MAX);
            if let Some(part) = parts.last_mut().filter(|_| bytes < PART_BYTES) {
                part.end = number + 1;
            } else {
                parts.push(number..number + 1);
                bytes = 0;
            }
            bytes = bytes.saturating_add(body);
        }
        Self { index: Arc::new(index), parts }
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.index.schema
    }

    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }

    pub(crate) fn part_rows(&self, part: usize) -> u64 {
        let batches = self.parts.get(part).and_then(|part| self.index.batches.get(part.clone()));
        let rows = batches.unwrap_or_default().iter().map(|batch| batch.rows);
        rows.fold(0, u64::saturating_add)
    }

    pub(crate) fn decoder(
        &self,
        opened: Opened,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> impl Decoder + use<> {
        let schema = Arc::clone(&self.index.schema);
        let decoder = FileDecoder::new(schema, self.index.version);
        MessageDecoder {
            index: Arc::clone(&self.index),
            opened,
            decoder: decoder.with_projection(columns.to_vec()),
            dictionaries: 0,
            batches: self.parts.get(part).cloned().unwrap_or_default(),
            batch_rows: batch_rows.max(1),
            rest: None,
        }
    }
}

struct MessageDecoder {
    index: Arc<Index>,
    opened: Opened,
    decoder: FileDecoder,
    /// How many of the index's dictionaries have been read or are of no use any more.
    dictionaries: usize,
    /// Those that are still to come.
    batches: Range<usize>,
    batch_rows: usize,
    /// What is left of a record batch that has more rows than are asked for at once.
    rest: Option<RecordBatch>,
}

impl Decoder for MessageDecoder {
    fn decode(&mut self) -> Result<Option<RecordBatch>, String> {
        loop {
            if let Some(batch) = self.rest.take().filter(|batch| batch.num_rows() > 0) {
                let rows = batch.num_rows().min(self.batch_rows);
                self.rest = Some(batch.slice(rows, batch.num_rows() - rows));
                return Ok(Some(batch.slice(0, rows)));
            }
            let Some(number) = self.batches.next() else { return Ok(None) };
            let index = Arc::clone(&self.index);
            let Some(batch) = index.batches.get(number) else { return Ok(None) };
            // In a stream a dictionary counts for the batches behind it, until it is replaced.
            let before = batch.dictionaries;
            let first = self.dictionaries;
            for dictionary in index.needed(first..before) {
                let message = self.message(&dictionary.block)?;
                self.decoder
                    .read_dictionary(&dictionary.block, &message)
                    .map_err(|error| error.to_string())?;
            }
            self.dictionaries = before.max(first);
            let message = self.message(&batch.block)?;
            let read = self.decoder.read_record_batch(&batch.block, &message);
            self.rest = read.map_err(|error| error.to_string())?;
        }
    }
}

impl MessageDecoder {
    /// Header and body of a message, whose buffers are as long as they can be.
    fn message(&self, block: &Block) -> Result<Buffer, String> {
        let (offset, length) = index::range(block, &self.opened)?;
        let bytes = self.opened.read(offset, length).map_err(|error| error.to_string())?;
        bounds::check(block, &bytes)?;
        Ok(Buffer::from_vec(bytes))
    }
}
