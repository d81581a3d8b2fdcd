//! The writer of a chain.

use super::{
    chain::{BrokenReason, Head, LINE_BYTES_MAX},
    record::{Draft, Record},
    sink::Sink,
    verify::{Broken, Walk, walk},
};
use crate::ids::IdSource;
use model::Digest;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufReader},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

/// When a record counts as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// When the operating system has it: survives the end of the process, not a power cut.
    #[default]
    Flush,
    /// When the disk has it. Some milliseconds a record.
    Fsync,
}

/// Why a record was not written. The request that it is about has failed.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The file could not be opened.
    #[error(
        "the audit log `{path}` could not be opened: {source}; check that the folder exists and \
         may be written"
    )]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another writer has it.
    #[error("the audit log `{path}` is in use by another writer; a chain has one writer at a time")]
    InUse {
        /// Which file.
        path: PathBuf,
    },
    /// The chain is broken: nothing is appended to it.
    #[error("{broken}; keep `{path}` as evidence and start a new log")]
    Broken {
        /// Which file.
        path: PathBuf,
        /// Where and how.
        broken: Broken,
    },
    /// The record could not be written.
    #[error("the audit record could not be written: {0}")]
    Write(#[from] io::Error),
    /// The record is larger than a reader accepts.
    #[error("the audit record would have {bytes} bytes and at most {LINE_BYTES_MAX} can be read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// An earlier record could not be written.
    #[error(
        "the audit log is closed, since an earlier record could not be written ({reason}); open it \
         again once that is mended"
    )]
    Closed {
        /// What happened then.
        reason: String,
    },
}

/// What was mended when a log was opened: the process before was killed, or the machine stopped,
/// while it wrote the last record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// The last record was whole but for the end of its line, which was added.
    Completed {
        /// Its sequence.
        sequence: u64,
    },
    /// The last line was the beginning of a record; it was cut off.
    Cut {
        /// Bytes cut off.
        bytes: u64,
        /// Their SHA-256.
        digest: Digest,
    },
}

/// What was found when a log was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Records in it.
    pub records: u64,
    /// What was mended.
    pub repair: Option<Repair>,
}

/// Where a record stands in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Id of the record.
    pub id: String,
    /// Its sequence.
    pub sequence: u64,
    /// Its hash.
    pub hash: Digest,
}

/// An audit log that records are appended to. Cheap to share; all sessions of a process write to
/// one, and the file is locked against other processes.
///
/// The first record that cannot be written closes the log for good: whatever runs then runs
/// unaudited, so nothing may. The pipeline refuses statements on a closed log before they start.
pub struct AuditLog {
    writer: Mutex<Writer>,
    durability: Durability,
    ids: IdSource,
}

struct Writer {
    sink: Box<dyn Sink>,
    head: Head,
    /// Bytes of sound records.
    length: u64,
    closed: Option<String>,
}

impl AuditLog {
    /// Opens the log at `path` for appending; makes it if there is none. Its chain is verified.
    ///
    /// # Errors
    /// The file cannot be opened, another writer has it, or its chain is broken by anything but a
    /// partial last line.
    pub fn open(path: &Path, durability: Durability) -> Result<(Arc<Self>, Opened), AuditError> {
        Self::open_each(path, durability, |_| ())
    }

    /// The same, and hands each record that is there to `visit`: to restore a ledger, for example.
    ///
    /// # Errors
    /// As [`AuditLog::open`].
    pub fn open_each(
        path: &Path,
        durability: Durability,
        mut visit: impl FnMut(&Record),
    ) -> Result<(Arc<Self>, Opened), AuditError> {
        let failed = |source| AuditError::Open { path: path.to_owned(), source };
        let mut file = open_file(path).map_err(failed)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => AuditError::InUse { path: path.to_owned() },
            TryLockError::Error(source) => failed(source),
        })?;
        let mut found = walk(BufReader::new(&file), &mut visit).map_err(failed)?;
        let (head, repair) = match found.broken.take() {
            None => (found.head(), None),
            Some((broken, tail)) => mend(&mut file, &found, broken, &tail, visit)
                .map_err(failed)?
                .map_err(|broken| AuditError::Broken { path: path.to_owned(), broken })?,
        };
        if durability == Durability::Fsync {
            file.sync_all().and_then(|()| sync_folder(path)).map_err(failed)?;
        }
        let length = file.metadata().map_err(failed)?.len();
        let opened = Opened { records: head.records, repair };
        Ok((Self::new(Box::new(file), head, length, durability), opened))
    }

    /// A new chain into any sink.
    pub fn to_sink(sink: Box<dyn Sink>, durability: Durability) -> Arc<Self> {
        Self::new(sink, Head::genesis(), 0, durability)
    }

    fn new(sink: Box<dyn Sink>, head: Head, length: u64, durability: Durability) -> Arc<Self> {
        let writer = Mutex::new(Writer { sink, head, length, closed: None });
        Arc::new(Self { writer, durability, ids: IdSource::random() })
    }

    /// When a record counts as written.
    pub fn durability(&self) -> Durability {
        self.durability
    }

    /// Fails when no record can be written any more.
    ///
    /// # Errors
    /// [`AuditError::Closed`].
    pub fn check(&self) -> Result<(), AuditError> {
        match self.writer.lock() {
            Ok(writer) => writer.check(),
            Err(_) => Err(AuditError::Closed { reason: POISONED.to_owned() }),
        }
    }

    /// Appends one record and returns once it is as durable as asked for.
    ///
    /// # Errors
    /// The record is not in the chain, and no later one will be.
    pub fn append(&self, draft: Draft) -> Result<Receipt, AuditError> {
        let Ok(mut writer) = self.writer.lock() else {
            return Err(AuditError::Closed { reason: POISONED.to_owned() });
        };
        writer.check()?;
        let (sequence, previous) = (writer.head.next(), writer.head.hash.clone());
        let record = Record::new(draft, self.ids.next(), sequence, previous);
        let line = record.line().map_err(io::Error::from)?;
        if line.len() > LINE_BYTES_MAX {
            // Nothing was written, so the chain is as good as before.
            return Err(AuditError::TooLarge { bytes: line.len() });
        }
        match writer.write(&record, &line, self.durability) {
            Ok(()) => {
                let Record { id, sequence, hash, .. } = record;
                Ok(Receipt { id, sequence, hash })
            }
            Err(error) => {
                writer.closed = Some(error.to_string());
                // A half-written line would be mended at the next opening anyway.
                let length = writer.length;
                let _ = writer.sink.cut(length);
                Err(error)
            }
        }
    }
}

const POISONED: &str = "a thread failed while it wrote";

impl Writer {
    fn check(&self) -> Result<(), AuditError> {
        match &self.closed {
            None => Ok(()),
            Some(reason) => Err(AuditError::Closed { reason: reason.clone() }),
        }
    }

    fn write(
        &mut self,
        record: &Record,
        line: &[u8],
        durability: Durability,
    ) -> Result<(), AuditError> {
        self.sink.append(line)?;
        if durability == Durability::Fsync {
            self.sink.sync()?;
        }
        self.length = self.length.saturating_add(line.len() as u64);
        self.head.advance(record);
        Ok(())
    }
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditLog").field("durability", &self.durability).finish_non_exhaustive()
    }
}

fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    // Who did what is not for every user of the machine.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A new file survives a power cut only once its folder does.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// Mends a partial last line, and nothing else: a line that reads to its end and is wrong was not
/// torn but written by somebody.
fn mend(
    file: &mut File,
    found: &Walk,
    broken: Broken,
    tail: &[u8],
    mut visit: impl FnMut(&Record),
) -> io::Result<Result<(Head, Option<Repair>), Broken>> {
    if broken.reason != BrokenReason::Torn {
        return Ok(Err(broken));
    }
    let mut head = found.head();
    let line = [tail, b"\n"].concat();
    match head.accept(&line) {
        Ok(record) => {
            visit(&record);
            file.append(b"\n")?;
            Ok(Ok((head, Some(Repair::Completed { sequence: record.sequence }))))
        }
        Err(_) if is_beginning(tail) => {
            file.cut(found.sound_bytes)?;
            let repair = Repair::Cut { bytes: tail.len() as u64, digest: Digest::of_bytes(tail) };
            Ok(Ok((head, Some(repair))))
        }
        Err(reason) => Ok(Err(Broken { reason, ..broken })),
    }
}

/// Could more bytes make `tail` a line of JSON?
fn is_beginning(tail: &[u8]) -> bool {
    match serde_json::from_slice::<serde::de::IgnoredAny>(tail) {
        Ok(_) => false,
        // A character cut in two is the end of the text, too.
        Err(error) => {
            error.is_eof()
                || std::str::from_utf8(tail).is_err_and(|cut| {
                    cut.error_len().is_none()
                        && tail.get(..cut.valid_up_to()).is_some_and(is_beginning)
                })
        }
    }
}
