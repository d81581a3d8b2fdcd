//! Bytes of a Parquet file for its decoder.

use crate::source::Opened;
use bytes::Bytes;
use parquet::{
    errors::{ParquetError, Result},
    file::reader::{ChunkReader, Length},
};
use std::io::{self, BufReader, Read};

/// Headers of pages are some dozens of bytes; what follows is read by its known length.
const HEADER_BUFFER_BYTES: usize = 512;

/// A header that says that it is longer (it may hold values as statistics) is damaged.
const HEADER_BYTES_MAX: u64 = 16 << 20;

/// Reads by position, with neither seeking nor another handle for each page, and takes memory only
/// for ranges that are in the file.
#[derive(Debug, Clone)]
pub(super) struct Chunks(pub(super) Opened);

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<Header>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let header = Header { opened: self.0.clone(), offset: start, left: HEADER_BYTES_MAX };
        Ok(BufReader::with_capacity(HEADER_BUFFER_BYTES, header))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.0.read(start, length);
        bytes.map(Bytes::from).map_err(|error| ParquetError::External(Box::new(error)))
    }
}

/// Reads forward from a position.
#[derive(Debug)]
pub(super) struct Header {
    opened: Opened,
    offset: u64,
    left: u64,
}

impl Read for Header {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..length) else { return Ok(0) };
        let count = self.opened.read_into(self.offset, buffer)?;
        self.offset = self.offset.saturating_add(count as u64);
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}
