//! Reading a chain from its beginning and checking every record.

use super::{
    chain::{BrokenReason, Head, LINE_BYTES_MAX},
    record::Record,
};
use chrono::{DateTime, Utc};
use model::Digest;
use std::{
    fmt,
    io::{self, BufRead, Read as _},
};

/// The first broken record of a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("audit record {sequence} (line {line}) is broken: {reason}")]
pub struct Broken {
    /// The sequence that the record at this place must have.
    pub sequence: u64,
    /// 1-based line of the file.
    pub line: u64,
    /// What is wrong.
    pub reason: BrokenReason,
}

/// Why a chain does not verify.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A record is broken.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The file could not be read.
    #[error("the audit log could not be read: {0}")]
    Io(#[from] io::Error),
}

/// What a sound chain holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Number of records.
    pub records: u64,
    /// Hash of the last record. Written down outside, it makes a cut at the end visible.
    pub head: Digest,
    /// Earliest time of a record.
    pub first: Option<DateTime<Utc>>,
    /// Latest time of a record.
    pub last: Option<DateTime<Utc>>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} audit records, unbroken", self.records)?;
        if let (Some(first), Some(last)) = (self.first, self.last) {
            write!(f, " from {} to {}", first.to_rfc3339(), last.to_rfc3339())?;
        }
        write!(
            f,
            "; head {}; records cut off after it would not be noticed: compare the head with one \
             written down elsewhere",
            self.head
        )
    }
}

/// Verifies a chain from its first record.
///
/// # Errors
/// The first broken record, or the reader's failure.
pub fn verify(reader: impl BufRead) -> Result<Summary, VerifyError> {
    verify_each(reader, |_| ())
}

/// Verifies a chain and hands each sound record to `visit`, in order.
///
/// # Errors
/// The first broken record, or the reader's failure; the records before have been visited.
pub fn verify_each(
    reader: impl BufRead,
    visit: impl FnMut(&Record),
) -> Result<Summary, VerifyError> {
    let walk = walk(reader, visit)?;
    match walk.broken {
        None => Ok(walk.summary),
        Some((broken, _)) => Err(broken.into()),
    }
}

/// How far a chain is sound.
pub(super) struct Walk {
    pub(super) summary: Summary,
    /// Bytes of the sound records.
    pub(super) sound_bytes: u64,
    /// What comes then, with the bytes of its line.
    pub(super) broken: Option<(Broken, Vec<u8>)>,
}

impl Walk {
    pub(super) fn head(&self) -> Head {
        Head { records: self.summary.records, hash: self.summary.head.clone() }
    }
}

pub(super) fn walk(
    mut reader: impl BufRead,
    mut visit: impl FnMut(&Record),
) -> Result<Walk, io::Error> {
    let mut head = Head::genesis();
    let (mut first, mut last) = (None::<DateTime<Utc>>, None::<DateTime<Utc>>);
    let mut sound_bytes = 0_u64;
    let mut line = Vec::new();
    let broken = loop {
        line.clear();
        let read = reader.by_ref().take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
        if read == 0 {
            break None;
        }
        let accepted = if line.last() == Some(&b'\n') {
            head.accept(&line)
        } else if read == LINE_BYTES_MAX {
            Err(BrokenReason::TooLong)
        } else {
            Err(BrokenReason::Torn)
        };
        match accepted {
            Ok(record) => {
                first = Some(first.map_or(record.time, |time| time.min(record.time)));
                last = Some(last.map_or(record.time, |time| time.max(record.time)));
                sound_bytes = sound_bytes.saturating_add(read as u64);
                visit(&record);
            }
            // One line a record, so that the next record's sequence is the line's number.
            Err(reason) => {
                break Some(Broken { sequence: head.next(), line: head.next(), reason });
            }
        }
    };
    let summary = Summary { records: head.records, head: head.hash, first, last };
    Ok(Walk { summary, sound_bytes, broken: broken.map(|broken| (broken, line)) })
}
