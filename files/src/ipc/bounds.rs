//! A look at a message before it is decoded.
//!
//! A compressed buffer says how long it becomes, and the decoder takes memory for that. A damaged
//! length would make it ask for more than there is; such a request ends the process and is no error
//! that could be caught. So no buffer may say more than its codec can make of its bytes.

use super::index;
use arrow::ipc::{Block, CompressionType, RecordBatch};

/// A compressed buffer begins with its length, −1 where it is stored as it is.
const PREFIX_BYTES: usize = 8;

/// Bytes that one byte of an LZ4 frame makes at most (a length of matches goes on by 255 each).
const LZ4_RATIO_MAX: u64 = 255;

/// Bytes that one byte of a Zstandard frame makes at most (a block of a repeated byte has 4 bytes
/// for 128 KiB).
const ZSTD_RATIO_MAX: u64 = 32 << 10;

/// What a frame may make beside that: short frames have blocks that are short themselves.
const SLACK_BYTES: u64 = 1 << 20;

/// Checks each buffer of a message (record batch or dictionary; header and body).
pub(super) fn check(block: &Block, message: &[u8]) -> Result<(), String> {
    let metadata = usize::try_from(block.metaDataLength()).unwrap_or(usize::MAX);
    let (header, body) = message.split_at_checked(metadata).ok_or_else(damaged)?;
    let header = index::header(header)?;
    if let Some(batch) = header.header_as_record_batch() {
        return check_batch(&batch, body);
    }
    match header.header_as_dictionary_batch().and_then(|dictionary| dictionary.data()) {
        Some(batch) => check_batch(&batch, body),
        None => Err(damaged()),
    }
}

fn check_batch(batch: &RecordBatch<'_>, body: &[u8]) -> Result<(), String> {
    let compression = batch.compression().map(|compression| compression.codec());
    for buffer in batch.buffers().into_iter().flatten() {
        let start = usize::try_from(buffer.offset()).map_err(|_| damaged())?;
        let length = usize::try_from(buffer.length()).map_err(|_| damaged())?;
        let end = start.checked_add(length).ok_or_else(damaged)?;
        let bytes = body.get(start..end).ok_or_else(damaged)?;
        let ratio = match compression {
            None => continue,
            Some(CompressionType::LZ4_FRAME) => LZ4_RATIO_MAX,
            Some(CompressionType::ZSTD) => ZSTD_RATIO_MAX,
            Some(_) => return Err("a codec other than lz4 and zstd is not read".to_owned()),
        };
        if bytes.is_empty() {
            continue;
        }
        let (prefix, compressed) = bytes.split_first_chunk::<PREFIX_BYTES>().ok_or_else(damaged)?;
        let limit = (compressed.len() as u64).saturating_mul(ratio).saturating_add(SLACK_BYTES);
        // Below zero only where the bytes are stored as they are.
        let says = i64::from_le_bytes(*prefix);
        if says != -1 && u64::try_from(says).map_or(true, |says| says > limit) {
            return Err(damaged());
        }
    }
    Ok(())
}

fn damaged() -> String {
    "the file is damaged: a message's buffers are not where it says; copy or write it again"
        .to_owned()
}
