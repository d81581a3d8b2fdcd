//! Following a chain, record by record.

use super::{
    canonical,
    record::{FORMAT_VERSION, Record},
};
use model::Digest;
use std::fmt;

/// Longest line that is read, in bytes, its end included: a bound for hostile files.
pub(super) const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokenReason {
    /// The last line has no end: the process died while it wrote, or somebody cut the file.
    Torn,
    /// The line is longer than any record is written.
    TooLong,
    /// The line is no record.
    Malformed {
        /// What the reader said; quotes nothing of the line.
        message: String,
    },
    /// The line reads as a record, but is not written as one.
    NotCanonical,
    /// Written by another version of the format.
    UnknownVersion {
        /// The version found.
        found: u32,
    },
    /// The fields do not have the hash that the record states: it was edited.
    Altered,
    /// Another record belongs here: one was deleted, inserted or moved.
    WrongSequence {
        /// The sequence found.
        found: u64,
    },
    /// It does not point back to the record before: it was spliced in, or the one before was
    /// replaced.
    BrokenLink,
}

impl fmt::Display for BrokenReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Torn => f.write_str("the last line has no end; it was torn or cut"),
            Self::TooLong => write!(f, "the line has more than {LINE_BYTES_MAX} bytes"),
            Self::Malformed { message } => write!(f, "the line is no audit record: {message}"),
            Self::NotCanonical => {
                f.write_str("the line is not written as its record is written; it was edited")
            }
            Self::UnknownVersion { found } => write!(
                f,
                "the record has format version {found}, this gnomon reads version {FORMAT_VERSION}"
            ),
            Self::Altered => f.write_str("the fields do not have the record's hash; it was edited"),
            Self::WrongSequence { found } => write!(
                f,
                "the record has sequence {found}; records were deleted, inserted or moved"
            ),
            Self::BrokenLink => f.write_str(
                "the record does not point back to the one before; it was spliced in or the one \
                 before was replaced",
            ),
        }
    }
}

/// The end of a chain: what the next record has to continue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Records so far.
    pub(super) records: u64,
    /// Hash of the last one.
    pub(super) hash: Digest,
}

impl Head {
    /// Before the first record.
    pub(super) fn genesis() -> Self {
        Self { records: 0, hash: canonical::genesis() }
    }

    /// The sequence of the next record.
    pub(super) fn next(&self) -> u64 {
        self.records.saturating_add(1)
    }

    /// Checks that `line`, with its end, is the next record, and moves on.
    pub(super) fn accept(&mut self, line: &[u8]) -> Result<Record, BrokenReason> {
        let record: Record = serde_json::from_slice(line).map_err(|error| {
            // The column tells the place; the text of the error could quote the line.
            let kind = match error.classify() {
                serde_json::error::Category::Eof => "it ends too early",
                serde_json::error::Category::Syntax => "it is no JSON",
                _ => "it has other fields",
            };
            BrokenReason::Malformed { message: format!("{kind}, at column {}", error.column()) }
        })?;
        if record.version != FORMAT_VERSION {
            return Err(BrokenReason::UnknownVersion { found: record.version });
        }
        if record.line().ok().as_deref() != Some(line) {
            return Err(BrokenReason::NotCanonical);
        }
        if canonical::hash(&record) != record.hash {
            return Err(BrokenReason::Altered);
        }
        if record.sequence != self.next() {
            return Err(BrokenReason::WrongSequence { found: record.sequence });
        }
        if record.previous != self.hash {
            return Err(BrokenReason::BrokenLink);
        }
        self.advance(&record);
        Ok(record)
    }

    pub(super) fn advance(&mut self, record: &Record) {
        self.records = record.sequence;
        self.hash = record.hash.clone();
    }
}
