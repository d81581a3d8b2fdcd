//! Where the messages of an Arrow IPC file or stream are.

use crate::source::Opened;
use arrow::{
    datatypes::SchemaRef,
    ipc::{
        Block, Message, MessageHeader, MetadataVersion, convert::fb_to_schema, root_as_footer,
        root_as_message,
    },
};
use std::{collections::BTreeSet, ops::Range, sync::Arc};

const FILE_MAGIC: &[u8; 6] = b"ARROW1";
/// A message begins with this, and its header's length. Before version 0.15 of Arrow with the
/// length alone.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// The schema, and where its record batches and dictionaries are.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) schema: SchemaRef,
    pub(super) version: MetadataVersion,
    pub(super) batches: Vec<Batch>,
    dictionaries: Vec<Dictionary>,
}

/// Where a record batch is.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) block: Block,
    pub(super) rows: u64,
    /// How many of the dictionaries are before it.
    pub(super) dictionaries: usize,
}

/// Where a dictionary is, or more values of one.
#[derive(Debug)]
pub(super) struct Dictionary {
    pub(super) block: Block,
    id: i64,
    delta: bool,
}

impl Index {
    /// Reads the index at the end of a file.
    pub(super) fn of_file(opened: &Opened) -> Result<Self, String> {
        let truncated = || {
            "the file is truncated or damaged: an Arrow IPC file ends with its index and `ARROW1`; \
             copy or write it again"
                .to_owned()
        };
        let tail_start = opened.len().checked_sub(10).ok_or_else(truncated)?;
        let tail = opened.read(tail_start, 10).map_err(|error| error.to_string())?;
        let (length, magic) = tail.split_first_chunk::<4>().ok_or_else(truncated)?;
        let length = u64::from(u32::from_le_bytes(*length));
        let start = tail_start.checked_sub(length).filter(|_| magic == FILE_MAGIC);
        let start = start.ok_or_else(truncated)?;
        let length = usize::try_from(length).map_err(|_| truncated())?;
        let footer = opened.read(start, length).map_err(|error| error.to_string())?;
        let footer = root_as_footer(&footer).map_err(|error| damaged(&error))?;
        let schema = footer.schema().ok_or_else(truncated)?;
        check_endianness(schema)?;
        let schema = Arc::new(fb_to_schema(schema));
        let fields = schema.fields().len();
        let mut dictionaries = Vec::new();
        for block in footer.dictionaries().into_iter().flatten() {
            let header = read_header(block, opened)?;
            dictionaries.push(dictionary(&parse(&header)?, *block)?);
        }
        let mut batches = Vec::new();
        for block in footer.recordBatches().into_iter().flatten() {
            let header = read_header(block, opened)?;
            batches.push(batch(&parse(&header)?, *block, fields, dictionaries.len())?);
        }
        Ok(Self { schema, version: footer.version(), batches, dictionaries })
    }

    /// Reads the headers of all messages of a stream.
    pub(super) fn of_stream(opened: &Opened) -> Result<Self, String> {
        let mut position = 0;
        let mut index: Option<Self> = None;
        loop {
            let Some(block) = next_header(position, opened)? else {
                return index.ok_or_else(|| "the stream is empty: it has no schema".to_owned());
            };
            let header = read_header(&block, opened)?;
            let message = parse(&header)?;
            let block = Block::new(block.offset(), block.metaDataLength(), message.bodyLength());
            let (start, length) = range(&block, opened)?;
            position = start.saturating_add(length as u64);
            match (&mut index, message.header_type()) {
                (None, MessageHeader::Schema) => {
                    let schema = message.header_as_schema().ok_or_else(|| damaged(&"no schema"))?;
                    check_endianness(schema)?;
                    index = Some(Self {
                        schema: Arc::new(fb_to_schema(schema)),
                        version: message.version(),
                        batches: Vec::new(),
                        dictionaries: Vec::new(),
                    });
                }
                (Some(index), MessageHeader::RecordBatch) => {
                    let before = index.dictionaries.len();
                    let fields = index.schema.fields().len();
                    index.batches.push(batch(&message, block, fields, before)?);
                }
                (Some(index), MessageHeader::DictionaryBatch) => {
                    index.dictionaries.push(dictionary(&message, block)?);
                }
                (_, other) => {
                    return Err(damaged(&format!("a message of an unexpected kind, {other:?}")));
                }
            }
        }
    }

    /// Those of the dictionaries in this range that still count at its end: of each the last whole
    /// one, and what was added to it since.
    pub(super) fn needed(&self, range: Range<usize>) -> Vec<&Dictionary> {
        let mut whole = BTreeSet::new();
        let mut needed: Vec<&Dictionary> = Vec::new();
        for dictionary in self.dictionaries.get(range).unwrap_or_default().iter().rev() {
            if !whole.contains(&dictionary.id) {
                needed.push(dictionary);
                if !dictionary.delta {
                    whole.insert(dictionary.id);
                }
            }
        }
        needed.reverse();
        needed
    }
}

/// The range in bytes of a message, which lies in the file.
pub(super) fn range(block: &Block, opened: &Opened) -> Result<(u64, usize), String> {
    let checked = || {
        let offset = u64::try_from(block.offset()).ok()?;
        // Continuation, length, and the smallest header.
        let metadata = usize::try_from(block.metaDataLength()).ok().filter(|bytes| *bytes >= 8)?;
        let length = usize::try_from(block.bodyLength()).ok()?.checked_add(metadata)?;
        opened.holds(offset, length).ok()?;
        Some((offset, length))
    };
    checked().ok_or_else(|| {
        "the file is truncated or damaged: a message does not lie in it as a whole; copy or write \
         it again"
            .to_owned()
    })
}

/// A message's header from its bytes, with the continuation and the length in front.
pub(super) fn header(bytes: &[u8]) -> Result<Message<'_>, String> {
    parse(bytes)
}

fn read_header(block: &Block, opened: &Opened) -> Result<Vec<u8>, String> {
    let (offset, _) = range(block, opened)?;
    let length = usize::try_from(block.metaDataLength()).unwrap_or_default();
    opened.read(offset, length).map_err(|error| error.to_string())
}

fn parse(bytes: &[u8]) -> Result<Message<'_>, String> {
    let skip = if bytes.starts_with(&CONTINUATION) { 8 } else { 4 };
    let bytes = bytes.get(skip..).unwrap_or_default();
    root_as_message(bytes).map_err(|error| damaged(&error))
}

/// The next message's place, as yet without its body; nothing at the end of the stream.
fn next_header(position: u64, opened: &Opened) -> Result<Option<Block>, String> {
    let unfinished = || {
        "the stream does not end with its end mark, so it may be truncated; write it again and \
         close the writer"
            .to_owned()
    };
    let mut start = [0; 8];
    let count = opened.read_into(position, &mut start).map_err(|error| error.to_string())?;
    let [a, b, c, d, rest @ ..] = start;
    let (length, prefix) = match [a, b, c, d] {
        CONTINUATION => (rest, 8),
        legacy => (legacy, 4),
    };
    if count < prefix {
        return Err(unfinished());
    }
    let length = i32::from_le_bytes(length);
    if length == 0 {
        return Ok(None);
    }
    let metadata = length.checked_add(i32::try_from(prefix).unwrap_or_default());
    let offset = i64::try_from(position).ok();
    let (Some(metadata), Some(offset)) = (metadata, offset) else {
        return Err(damaged(&"a message with an impossible length"));
    };
    Ok(Some(Block::new(offset, metadata, 0)))
}

fn batch(
    message: &Message<'_>,
    block: Block,
    fields: usize,
    dictionaries: usize,
) -> Result<Batch, String> {
    let batch =
        message.header_as_record_batch().ok_or_else(|| damaged(&"a record batch is none"))?;
    let rows = u64::try_from(batch.length()).map_err(|_| damaged(&"fewer than no rows"))?;
    // Each column has as many values as there are rows, and the first one's count comes first.
    let first = batch.nodes().and_then(|nodes| nodes.iter().next());
    if fields > 0 && first.is_none_or(|node| node.length() != batch.length()) {
        return Err(damaged(&"a record batch with columns of another length"));
    }
    Ok(Batch { block, rows, dictionaries })
}

fn dictionary(message: &Message<'_>, block: Block) -> Result<Dictionary, String> {
    let dictionary =
        message.header_as_dictionary_batch().ok_or_else(|| damaged(&"a dictionary is none"))?;
    Ok(Dictionary { block, id: dictionary.id(), delta: dictionary.isDelta() })
}

fn check_endianness(schema: arrow::ipc::Schema<'_>) -> Result<(), String> {
    if schema.endianness().equals_to_target_endianness() {
        return Ok(());
    }
    Err("the file was written with another order of bytes than this machine's; write it again on \
         a machine like this one"
        .to_owned())
}

fn damaged(what: &dyn std::fmt::Display) -> String {
    // What the verifier says goes over several lines.
    let what = what.to_string();
    let what = what.lines().next().unwrap_or_default();
    format!("the file is damaged: {what}; copy or write it again")
}
