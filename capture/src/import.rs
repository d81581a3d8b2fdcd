//! Reads what a source wrote down and writes a workload.
//!
//! Files may be CSV, JSON lines, a JSON array or Parquet, and packed by gzip or zstd; how a file begins
//! tells. A record that cannot be read is counted and told with its line, and is no reason to stop.

pub(crate) mod csv;
pub(crate) mod entries;
pub(crate) mod found;
mod input;
mod json;
mod parquet;
pub(crate) mod record;
mod sort;
pub(crate) mod time;

pub use found::{Example, Found};

use crate::{
    folder::{self, Known, WorkloadDirError},
    history::{History, Order, Out, Source, Unread},
    scrub::{self, Values},
};
use csv::Header;
use input::Input;
use model::{Dialect, Manifest, Statement, workload::codec::Wrote};
use record::{Record, Unreadable, Wanted};
use sort::Sorter;
use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
};

/// Why an import ended early. The folder is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("`{path}` cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is none of this source.
    #[error("`{path}` is no {expected} file: {why}")]
    AnotherSource {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: Source,
        /// What it lacks.
        why: String,
    },
    /// The workload cannot be written.
    #[error(transparent)]
    Write(#[from] WorkloadDirError),
    /// Statements could not be laid aside to be sorted.
    #[error("statements cannot be sorted: {0}; check the space for temporary files")]
    Sort(io::Error),
    /// The dialect that is given, or that none is, makes no sense.
    #[error("{0}")]
    Dialect(String),
    /// Somebody asked to stop.
    #[error("the import was stopped; nothing was written")]
    Stopped,
}

/// Who is told how far an import is, and may stop it.
pub trait Watch {
    /// So many records of a file have been read.
    fn read(&self, file: &Path, records: u64);

    /// Should the import end now?
    fn is_stopped(&self) -> bool;
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn read(&self, _: &Path, _: u64) {}

    fn is_stopped(&self) -> bool {
        false
    }
}

/// Records between two looks at the watch.
const WATCHED_RECORDS: u64 = 1_024;

/// What is to be imported.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What wrote the files.
    pub source: Source,
    /// The files. Logs are read in the order of their first records.
    pub files: &'a [PathBuf],
    /// In which dialect statements are, where the source does not tell.
    pub dialect: Option<Dialect>,
    /// The folder of the workload.
    pub out: &'a Path,
    /// What becomes of literals and parameters.
    pub values: Values,
}

/// Imports the files of a source into a workload folder.
///
/// # Errors
/// A file that cannot be read at all or is none of the source, a folder that cannot be written, or a
/// stop. Then the folder is as it was before.
pub fn import(request: Request<'_>, watch: &dyn Watch) -> Result<(Found, Manifest), ImportError> {
    let mut history = request.source.history(request.dialect).map_err(ImportError::Dialect)?;
    let mut writing = Writing {
        folder: folder::Writer::create(request.out)?,
        order: history.order(),
        sorter: Sorter::default(),
        values: request.values,
        out: Out::default(),
    };
    let files = in_order(&found_files(request, history.as_mut())?, request, history.as_ref())?;
    if history.is_read_twice() {
        for path in &files {
            let shape = (history.wanted(), history.header());
            let looked = each_record(path, shape, |_, record| {
                if watch.is_stopped() {
                    return Err(Ended::Import(ImportError::Stopped));
                }
                // What cannot be read is told when it is read again.
                if let Ok(record) = record {
                    let _ = history.look(&record);
                }
                Ok(())
            });
            looked.map_err(|ended| ended.told(path, request.source))?;
        }
    }
    for path in &files {
        let mut reading = Reading {
            path,
            expected: request.source,
            history: history.as_mut(),
            writing: &mut writing,
            watch,
            records: 0,
        };
        reading.file()?;
    }
    history.finish(&mut writing.out);
    writing.take()?;
    writing.finish(request.source)
}

/// The files, and those of folders that were given instead.
fn found_files(
    request: Request<'_>,
    history: &mut dyn History,
) -> Result<Vec<PathBuf>, ImportError> {
    let mut files = Vec::new();
    for path in request.files {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let found = history.in_folder(path);
        let found = found.map_err(|source| ImportError::Read { path: path.clone(), source })?;
        let why = match found {
            Some(found) if !found.is_empty() => {
                history.given_folder(path);
                files.extend(found);
                continue;
            }
            Some(_) => "there are none in this folder",
            None => "it is a folder",
        };
        let (path, expected) = (path.clone(), request.source);
        return Err(ImportError::AnotherSource { path, expected, why: why.to_owned() });
    }
    Ok(files)
}

/// The files as they are read: those of a log by the time of their first record.
fn in_order(
    files: &[PathBuf],
    request: Request<'_>,
    history: &dyn History,
) -> Result<Vec<PathBuf>, ImportError> {
    let mut files = files.to_vec();
    if history.is_read_whole() {
        return Ok(files);
    }
    if history.order() == Order::ByTime || files.len() < 2 {
        return Ok(files);
    }
    let mut firsts = Vec::with_capacity(files.len());
    for path in files {
        let first = first_time(&path, request.source, history)?;
        firsts.push((first, path));
    }
    // Files without a readable record keep their place in front.
    firsts.sort();
    files = firsts.into_iter().map(|(_, path)| path).collect();
    Ok(files)
}

fn first_time(
    path: &Path,
    source: Source,
    history: &dyn History,
) -> Result<Option<chrono::DateTime<chrono::Utc>>, ImportError> {
    let mut first = None;
    let shape = (history.wanted(), history.header());
    let read = each_record(path, shape, |_, record| {
        first = record.ok().and_then(|record| history.time(&record));
        if first.is_some() { Err(Ended::Enough) } else { Ok(()) }
    });
    match read {
        Ok(()) | Err(Ended::Enough) => Ok(first),
        Err(ended) => Err(ended.told(path, source)),
    }
}

/// Why reading a file ended before its end.
enum Ended {
    /// Whoever reads has what it wants.
    Enough,
    Io(io::Error),
    /// The file as a whole is none of the source.
    Another(String),
    Import(ImportError),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Unread> for Ended {
    fn from(error: Unread) -> Self {
        match error {
            Unread::Io(error) => Self::Io(error),
            Unread::Another(why) => Self::Another(why),
        }
    }
}

impl From<Unreadable> for Ended {
    fn from(Unreadable(why): Unreadable) -> Self {
        Self::Another(why)
    }
}

impl Ended {
    fn told(self, path: &Path, expected: Source) -> ImportError {
        let path = path.to_owned();
        match self {
            Self::Enough => ImportError::Stopped,
            Self::Io(source) => ImportError::Read { path, source },
            Self::Another(why) => ImportError::AnotherSource { path, expected, why },
            Self::Import(error) => error,
        }
    }
}

/// Gives the records of a file, whatever kind of file it is.
fn each_record(
    path: &Path,
    (wanted, header): (&[Wanted], Header),
    each: impl FnMut(u64, Result<Record<'_>, Unreadable>) -> Result<(), Ended>,
) -> Result<(), Ended> {
    match input::open(path)? {
        Input::Parquet => parquet::each_row(path, wanted, each),
        Input::JsonLines(text) => json::each_line(text, wanted, each),
        Input::JsonArray(text) => json::each_element(text, wanted, each),
        Input::Text(text) => match header {
            Header::Entries(opens) => entries::each_entry(text, opens, wanted, each),
            Header::First | Header::Fixed(_) => csv::Records::new(text).each(header, wanted, each),
        },
    }
}

struct Reading<'r> {
    path: &'r Path,
    expected: Source,
    history: &'r mut dyn History,
    writing: &'r mut Writing,
    watch: &'r dyn Watch,
    records: u64,
}

impl Reading<'_> {
    fn file(&mut self) -> Result<(), ImportError> {
        let Self { path, expected, .. } = *self;
        if self.watch.is_stopped() {
            return Err(ImportError::Stopped);
        }
        if self.history.is_read_whole() {
            let read = self.history.document(path, &mut self.writing.out);
            read.map_err(|unread| Ended::from(unread).told(path, expected))?;
            self.writing.take()?;
            self.watch.read(path, 1);
            return Ok(());
        }
        let shape = (self.history.wanted(), self.history.header());
        let read = each_record(path, shape, |line, record| self.record(line, record));
        read.map_err(|ended| ended.told(path, expected))?;
        self.watch.read(path, self.records % WATCHED_RECORDS);
        Ok(())
    }

    fn record(&mut self, line: u64, record: Result<Record<'_>, Unreadable>) -> Result<(), Ended> {
        self.records += 1;
        if self.records.is_multiple_of(WATCHED_RECORDS) {
            if self.watch.is_stopped() {
                return Err(Ended::Import(ImportError::Stopped));
            }
            self.watch.read(self.path, WATCHED_RECORDS);
        }
        let out = &mut self.writing.out;
        out.found.records += 1;
        let read = record.and_then(|record| self.history.record(&record, out));
        if let Err(Unreadable(why)) = read {
            // The reason may quote what cannot be read.
            let is_told = matches!(self.writing.values, Values::Kept);
            let why = if is_told { why } else { "not told, since it may hold values".to_owned() };
            out.found.cannot_read(self.path, line, why);
        }
        self.writing.take().map_err(Ended::Import)
    }
}

/// Statements on their way into the folder.
struct Writing {
    folder: folder::Writer,
    order: Order,
    sorter: Sorter,
    values: Values,
    out: Out,
}

impl Writing {
    /// Takes the statements that a record completed.
    fn take(&mut self) -> Result<(), ImportError> {
        while let Some(statement) = self.out.statements.pop_front() {
            // Before it is written anywhere, temporary files included.
            let statement = scrub::kept(statement, self.values);
            if statement.time.is_none() {
                self.out.found.untimed += 1;
            }
            match self.order {
                Order::BySession => {
                    self.write(&statement)?;
                }
                Order::ByTime => self.sorter.push(statement).map_err(ImportError::Sort)?,
            }
        }
        Ok(())
    }

    /// Writes a statement, if it is one that is not there yet.
    fn write(&mut self, statement: &Statement) -> Result<bool, ImportError> {
        match self.folder.try_write(statement)? {
            Wrote::Written => {
                self.out.found.statements += 1;
                return Ok(true);
            }
            Wrote::KnownId => self.out.leave_out("the same record again"),
            Wrote::Behind => self.out.leave_out("a record of a session behind a later one"),
        }
        Ok(false)
    }

    fn finish(mut self, source: Source) -> Result<(Found, Manifest), ImportError> {
        let mut sorted = std::mem::take(&mut self.sorter).finish().map_err(ImportError::Sort)?;
        // Numbered once it is known that they are written: sessions count from 1 on without gaps.
        let mut sequences: HashMap<String, u64> = HashMap::new();
        while let Some(mut statement) = sorted.next().map_err(ImportError::Sort)? {
            let last = sequences.entry(statement.session.clone()).or_default();
            statement.sequence = *last + 1;
            if self.write(&statement)? {
                *last += 1;
            }
        }
        let found = self.out.found;
        let manifest = self.folder.finish(Known {
            source: source.name(),
            unreadable: found.unreadable,
            dropped: 0,
        })?;
        Ok((found, manifest))
    }
}
