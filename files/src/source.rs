//! A file that is read several times, and must stay what it was.

use model::RowsError;
use std::{
    fmt::Display,
    fs::{File, Metadata},
    io::{self, ErrorKind},
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

/// A regular file as it was when it was first opened.
///
/// Its length, the time of its last change and its identity are held against what later readings find: rows of
/// two states of a file are no rows of either.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    path: Arc<PathBuf>,
    len: u64,
    modified: Option<SystemTime>,
    /// A file that was put in its place is another one.
    inode: u64,
}

impl Source {
    /// Looks the file up, and opens it.
    ///
    /// # Errors
    /// No such file, no permission, something else than a regular file, no bytes.
    pub(crate) fn open(path: &Path) -> Result<(Self, Opened), RowsError> {
        let name = path.display();
        let refused = |error: io::Error| match error.kind() {
            ErrorKind::NotFound => RowsError(format!("`{name}`: there is no such file")),
            ErrorKind::PermissionDenied => {
                RowsError(format!("`{name}`: no permission to read this file"))
            }
            _ => RowsError(format!("`{name}`: {error}")),
        };
        // Before it is opened: to open a pipe waits for who writes to it.
        let metadata = std::fs::metadata(path).map_err(refused)?;
        if metadata.is_dir() {
            return Err(RowsError(format!("`{name}`: this is a folder; name a file in it")));
        }
        if !metadata.is_file() {
            return Err(RowsError(format!(
                "`{name}`: not a regular file; rows are read more than once, so write them to a \
                 file first"
            )));
        }
        let file = File::open(path).map_err(refused)?;
        let metadata = file.metadata().map_err(refused)?;
        if metadata.len() == 0 {
            return Err(RowsError(format!("`{name}`: the file is empty (0 bytes)")));
        }
        let source = Self {
            path: Arc::new(path.to_owned()),
            len: metadata.len(),
            modified: metadata.modified().ok(),
            inode: metadata.ino(),
        };
        let opened = Opened { file: Arc::new(file), len: source.len };
        Ok((source, opened))
    }

    /// Opens it again.
    ///
    /// # Errors
    /// What keeps it from being opened, or that it has changed.
    pub(crate) fn reopen(&self) -> Result<Opened, RowsError> {
        let file = File::open(self.path.as_path()).map_err(|error| self.error(error))?;
        let opened = Opened { file: Arc::new(file), len: self.len };
        self.check(&opened)?;
        Ok(opened)
    }

    /// Whether what was opened is still as it was.
    ///
    /// # Errors
    /// That it has changed.
    pub(crate) fn check(&self, opened: &Opened) -> Result<(), RowsError> {
        let now = opened.file.metadata().map_err(|error| self.error(error))?;
        if self.is_same(&now) {
            return Ok(());
        }
        Err(self.error(format!(
            "the file has changed while it was read ({} bytes before, {} now); compare a copy, or \
             wait until it is complete",
            self.len,
            now.len()
        )))
    }

    fn is_same(&self, now: &Metadata) -> bool {
        now.len() == self.len && now.modified().ok() == self.modified && now.ino() == self.inode
    }

    /// An error of this file. Where the file has changed meanwhile, that is the error.
    pub(crate) fn blame(&self, opened: &Opened, what: impl Display) -> RowsError {
        self.check(opened).err().unwrap_or_else(|| self.error(what))
    }

    /// An error of this file.
    pub(crate) fn error(&self, what: impl Display) -> RowsError {
        RowsError(format!("`{}`: {what}", self.path.display()))
    }

    /// A file that no path leads to, with a name for its errors.
    ///
    /// # Errors
    /// What keeps its state from being known.
    pub(crate) fn unnamed(name: &Path, opened: &Opened) -> Result<Self, RowsError> {
        let metadata = opened.file.metadata();
        let metadata =
            metadata.map_err(|error| RowsError(format!("`{}`: {error}", name.display())))?;
        let path = Arc::new(name.to_owned());
        let modified = metadata.modified().ok();
        Ok(Self { path, len: metadata.len(), modified, inode: metadata.ino() })
    }
}

/// An open file, read by position, so that threads share it.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    file: Arc<File>,
    len: u64,
}

impl Opened {
    /// An open file of this many bytes that no path leads to.
    pub(crate) fn new(file: File, len: u64) -> Self {
        Self { file: Arc::new(file), len }
    }

    /// Length in bytes when the file was first opened.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Reads exactly this range.
    ///
    /// # Errors
    /// A range that is not in the file, which is found before memory is taken for it.
    pub(crate) fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        self.holds(offset, length)?;
        let mut buffer = vec![0; length];
        self.file.read_exact_at(&mut buffer, offset)?;
        Ok(buffer)
    }

    /// Reads up to the length of the buffer; fewer bytes only at the end of the file.
    pub(crate) fn read_into(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, offset.saturating_add(filled as u64)) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Whether the range lies in the file.
    pub(crate) fn holds(&self, offset: u64, length: usize) -> io::Result<()> {
        if offset.checked_add(length as u64).is_some_and(|end| end <= self.len) {
            return Ok(());
        }
        Err(io::Error::new(
            ErrorKind::UnexpectedEof,
            format!("bytes {offset} + {length} lie behind the end of the file at {}", self.len),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, io::Write};

    fn message(path: &Path) -> String {
        Source::open(path).unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let folder = tempfile::tempdir().unwrap();
        assert!(message(folder.path()).ends_with("this is a folder; name a file in it"));
        assert!(message(&folder.path().join("no")).ends_with("there is no such file"));
        fs::write(folder.path().join("empty"), "").unwrap();
        assert!(message(&folder.path().join("empty")).ends_with("the file is empty (0 bytes)"));
        assert!(message(Path::new("/dev/null")).contains("not a regular file"));
    }

    #[test]
    fn a_range_behind_the_end_takes_no_memory() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"abc").unwrap();
        let (_, opened) = Source::open(file.path()).unwrap();
        assert_eq!(opened.read(1, 2).unwrap(), b"bc");
        for (offset, length) in [(0, 4), (4, 0), (1, usize::MAX), (u64::MAX, 1)] {
            assert!(opened.read(offset, length).is_err(), "{offset} {length}");
        }
    }

    #[test]
    fn a_change_is_found() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"abc").unwrap();
        let (source, opened) = Source::open(file.path()).unwrap();
        source.check(&opened).unwrap();
        source.reopen().unwrap();
        file.write_all(b"d").unwrap();
        let error = source.check(&opened).unwrap_err().to_string();
        assert!(error.contains("changed while it was read (3 bytes before, 4 now)"), "{error}");
        assert_eq!(source.blame(&opened, "x").to_string(), error);
        assert!(source.reopen().is_err());
    }

    #[test]
    fn a_file_in_its_place_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let [path, other] = ["a", "b"].map(|name| folder.path().join(name));
        fs::write(&path, "abc").unwrap();
        let (source, opened) = Source::open(&path).unwrap();
        fs::write(&other, "xyz").unwrap();
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        File::options().write(true).open(&other).unwrap().set_modified(modified).unwrap();
        fs::rename(&other, &path).unwrap();
        assert!(source.reopen().is_err());
        // What is open is still the first.
        source.check(&opened).unwrap();
    }

    #[test]
    fn a_change_that_keeps_the_length_is_found() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"abc").unwrap();
        let (source, opened) = Source::open(file.path()).unwrap();
        file.as_file().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert!(source.check(&opened).is_err());
    }
}
