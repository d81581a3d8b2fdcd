//! Results that are kept, as Arrow IPC files compressed with zstd.

use super::{Store, StoreError};
use arrow::{
    error::ArrowError,
    ipc::{
        CompressionType,
        reader::FileReader,
        writer::{FileWriter, IpcWriteOptions},
    },
};
use engines::ResultSet;
use model::{Outcome, Rows, RowsError, Side};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufReader, BufWriter, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

const FOLDER: &str = "results";

/// Rows that are written at a time.
const BATCH_ROWS: usize = 1 << 13;

/// Path of a side's result, relative to the run's folder.
pub(super) fn name(index: u64, side: Side) -> String {
    format!("{FOLDER}/{index}.{side}.arrow")
}

/// Path of the result of a second answer, relative to the run's folder.
pub(super) fn name_again(index: u64, side: Side) -> String {
    format!("{FOLDER}/{index}.{side}-again.arrow")
}

/// Path of the result of a wider limit, relative to the run's folder.
pub(super) fn name_wide(index: u64, side: Side) -> String {
    format!("{FOLDER}/{index}.{side}-wide.arrow")
}

/// Puts a result of another run, which is never changed, in place under `name`, complete once it has
/// its name: by a hard link, or by a copy where there are none.
pub(super) fn adopt(from: &Path, folder: &Path, name: &str) -> Result<(), StoreError> {
    let results = folder.join(FOLDER);
    fs::create_dir_all(&results).map_err(StoreError::io("create", &results))?;
    let path = folder.join(name);
    if fs::hard_link(from, &path).is_err() {
        let temporary = path.with_extension("arrow.tmp");
        fs::copy(from, &temporary).map_err(|error| missing_or(error, "copy", from))?;
        let copied = File::open(&temporary).and_then(|file| file.sync_all());
        copied
            .and_then(|()| fs::rename(&temporary, &path))
            .map_err(StoreError::io("rename", &temporary))?;
    }
    sync_folder(&results)
}

/// Writes a result so that it is complete on disk once it has its name.
pub(super) fn write(folder: &Path, name: &str, rows: &dyn Rows) -> Result<(), StoreError> {
    let placing = Placing::begin(folder, name)?;
    write_rows(&placing.file, &placing.temporary, rows)?;
    placing.finish().map(drop)
}

/// Writes a result into a file without a name, which goes away by itself. `name` is for errors.
pub(super) fn write_apart(name: &str, rows: &dyn Rows) -> Result<File, StoreError> {
    let path = Path::new(name);
    let file = tempfile::tempfile().map_err(StoreError::io("create a temporary file for", path))?;
    write_rows(&file, path, rows)?;
    Ok(file)
}

/// A result on its way to its place, where it is complete once it has its name.
#[derive(Debug)]
pub(super) struct Placing {
    file: File,
    temporary: PathBuf,
    path: PathBuf,
    results: PathBuf,
}

impl Placing {
    /// Of the result `name` of the run in `folder`.
    pub(super) fn begin(folder: &Path, name: &str) -> Result<Self, StoreError> {
        let results = folder.join(FOLDER);
        fs::create_dir_all(&results).map_err(StoreError::io("create", &results))?;
        let path = folder.join(name);
        let temporary = path.with_extension("arrow.tmp");
        let file = File::create(&temporary).map_err(StoreError::io("create", &temporary))?;
        Ok(Self { file, temporary, path, results })
    }

    /// Adds bytes to it.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).map_err(StoreError::io("write", &self.temporary))
    }

    /// Puts it in place; gives its path.
    pub(super) fn finish(self) -> Result<PathBuf, StoreError> {
        self.file.sync_all().map_err(StoreError::io("sync", &self.temporary))?;
        fs::rename(&self.temporary, &self.path)
            .map_err(StoreError::io("rename", &self.temporary))?;
        sync_folder(&self.results)?;
        Ok(self.path.clone())
    }
}

impl Drop for Placing {
    fn drop(&mut self) {
        // There is none once it is in place. An orphan at worst; the error itself matters more.
        let _ = fs::remove_file(&self.temporary);
    }
}

fn write_rows(file: &File, path: &Path, rows: &dyn Rows) -> Result<(), StoreError> {
    let failed = |error| arrow_error("write", path, error);
    let options = IpcWriteOptions::default()
        .try_with_compression(Some(CompressionType::ZSTD))
        .map_err(failed)?;
    let mut writer = FileWriter::try_new_with_options(BufWriter::new(file), rows.schema(), options)
        .map_err(failed)?;
    let lost = |error: RowsError| StoreError::io("write", path)(io::Error::other(error));
    let columns: Vec<usize> = (0..rows.schema().fields().len()).collect();
    for part in 0..rows.parts() {
        for batch in rows.read(part, &columns, BATCH_ROWS).map_err(lost)? {
            writer.write(&batch.map_err(lost)?).map_err(failed)?;
        }
    }
    writer.finish().map_err(failed)?;
    writer.flush().map_err(failed)
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::io("sync", folder))
}

fn arrow_error(action: &'static str, path: &Path, error: ArrowError) -> StoreError {
    match error {
        ArrowError::IoError(_, source) => StoreError::io(action, path)(source),
        other => StoreError::Damaged { path: path.to_owned(), message: other.to_string() },
    }
}

/// Removes files that no recorded outcome names: those of items that were not committed.
pub(super) fn remove_orphans(folder: &Path, named: &BTreeSet<String>) -> Result<(), StoreError> {
    let results = folder.join(FOLDER);
    let entries = match fs::read_dir(&results) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(StoreError::io("read", &results)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(StoreError::io("read", &results))?;
        let name = entry.file_name();
        let is_named =
            name.to_str().is_some_and(|name| named.contains(&format!("{FOLDER}/{name}")));
        if !is_named {
            let path = entry.path();
            fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
        }
    }
    Ok(())
}

fn missing(path: &Path) -> StoreError {
    let message = "the retained result is missing".to_owned();
    StoreError::Damaged { path: path.to_owned(), message }
}

fn missing_or(error: io::Error, action: &'static str, path: &Path) -> StoreError {
    match error.kind() {
        ErrorKind::NotFound => missing(path),
        _ => StoreError::io(action, path)(error),
    }
}

impl Store {
    /// The file with the retained rows of an outcome; absent where none were kept.
    ///
    /// # Errors
    /// The file is missing.
    pub fn retained_path(
        &self,
        index: u64,
        outcome: &Outcome,
    ) -> Result<Option<PathBuf>, StoreError> {
        self.existing(outcome, &name(index, outcome.side))
    }

    /// The same for the second answer in an outcome.
    ///
    /// # Errors
    /// The file is missing.
    pub fn retained_path_again(
        &self,
        index: u64,
        outcome: &Outcome,
    ) -> Result<Option<PathBuf>, StoreError> {
        match &outcome.again {
            Some(again) => self.existing(again, &name_again(index, outcome.side)),
            None => Ok(None),
        }
    }

    /// The same for the answer to a wider limit.
    ///
    /// # Errors
    /// The file is missing.
    pub fn retained_path_wide(
        &self,
        index: u64,
        outcome: &Outcome,
    ) -> Result<Option<PathBuf>, StoreError> {
        match &outcome.wide {
            Some(wide) => self.existing(&wide.outcome, &name_wide(index, outcome.side)),
            None => Ok(None),
        }
    }

    /// The recorded path is a fact for people; what is opened, `name`, follows from the item alone,
    /// so that an edited store cannot point elsewhere.
    fn existing(&self, outcome: &Outcome, name: &str) -> Result<Option<PathBuf>, StoreError> {
        if outcome.retained.is_none() {
            return Ok(None);
        }
        let path = self.folder().join(name);
        if path.is_file() { Ok(Some(path)) } else { Err(missing(&path)) }
    }

    /// The retained rows of an outcome, all at once; absent where none were kept. For results that
    /// are known to be as they were written: the decoder trusts them.
    ///
    /// # Errors
    /// The file is missing or damaged.
    pub fn retained(&self, index: u64, outcome: &Outcome) -> Result<Option<ResultSet>, StoreError> {
        let path = self.retained_path(index, outcome)?;
        path.map(|path| read(&path, outcome)).transpose()
    }

    /// The same for the second answer in an outcome.
    ///
    /// # Errors
    /// The file is missing or damaged.
    pub fn retained_again(
        &self,
        index: u64,
        outcome: &Outcome,
    ) -> Result<Option<ResultSet>, StoreError> {
        let path = self.retained_path_again(index, outcome)?;
        path.map(|path| read(&path, outcome)).transpose()
    }

    /// The retained rows of the answer to a wider limit, as [`Store::retained`] gives them.
    ///
    /// # Errors
    /// The file is missing or damaged.
    pub fn retained_wide(
        &self,
        index: u64,
        outcome: &Outcome,
    ) -> Result<Option<ResultSet>, StoreError> {
        let path = self.retained_path_wide(index, outcome)?;
        path.map(|path| read(&path, outcome)).transpose()
    }
}

fn read(path: &Path, outcome: &Outcome) -> Result<ResultSet, StoreError> {
    let failed = |error| arrow_error("read", path, error);
    let file = File::open(path).map_err(|error| missing_or(error, "open", path))?;
    let reader = FileReader::try_new(BufReader::new(file), None).map_err(failed)?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    Ok(ResultSet { schema, executed_sql: outcome.executed_sql.clone(), batches })
}
