//! A workload on disk: a folder with `workload.jsonl.zst` and `manifest.json`.

use model::{ArtifactError, Manifest, Statement, Workload, workload::codec};
use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

/// Name of the file with the statements.
pub const STATEMENTS_FILE: &str = "workload.jsonl.zst";
/// Name of the file with the manifest.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Why a workload folder could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WorkloadDirError {
    /// There is no such folder.
    #[error("there is no workload folder `{path}`; give the folder that a capture or import wrote")]
    NoFolder {
        /// The path given.
        path: PathBuf,
    },
    /// The folder lacks one of its two files.
    #[error(
        "`{path}` is no complete workload: `{file}` is missing; a workload folder holds \
         `{STATEMENTS_FILE}` and `{MANIFEST_FILE}`, capture or import it again"
    )]
    NoFile {
        /// The folder.
        path: PathBuf,
        /// The file.
        file: &'static str,
    },
    /// The files are there, but not as they should be.
    #[error("`{path}`: {source}")]
    Artifact {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        source: ArtifactError,
    },
    /// The file system refused.
    #[error("`{path}` could not be {action}: {source}; check the permissions and the space left")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// `read` or `written`.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Reads and checks the workload in `folder`.
///
/// # Errors
/// No complete workload folder, or content that is not what the manifest vouches for.
pub fn read(folder: &Path) -> Result<Workload, WorkloadDirError> {
    reader(folder)?
        .into_workload()
        .map_err(|source| WorkloadDirError::Artifact { path: folder.to_owned(), source })
}

/// Reads the workload in `folder` statement by statement; what its manifest states is checked at the end.
///
/// # Errors
/// No complete workload folder, or a manifest that cannot be read.
pub fn reader(folder: &Path) -> Result<codec::Reader<BufReader<File>>, WorkloadDirError> {
    if !folder.is_dir() {
        return Err(WorkloadDirError::NoFolder { path: folder.to_owned() });
    }
    let artifact = |source| WorkloadDirError::Artifact { path: folder.to_owned(), source };
    let manifest = open(folder, MANIFEST_FILE)?;
    let statements = open(folder, STATEMENTS_FILE)?;
    let manifest = codec::read_manifest(BufReader::new(manifest)).map_err(artifact)?;
    codec::Reader::new(manifest, BufReader::new(statements)).map_err(artifact)
}

/// Writes `workload` into `folder`, which is made if needed.
///
/// # Errors
/// As those of [`Writer`].
pub fn write(folder: &Path, workload: &Workload) -> Result<(), WorkloadDirError> {
    let mut writer = Writer::create(folder)?;
    workload.statements.iter().try_for_each(|statement| writer.write(statement))?;
    writer.finish_with(|_| workload.manifest.clone()).map(drop)
}

/// Writes a workload, statement by statement.
///
/// Both files are complete on disk before either takes its name. A crash between the two renames
/// over an older workload leaves a folder that [`read`] refuses, never one that it misreads. Dropped
/// before its end, it leaves the folder as it was.
pub struct Writer {
    folder: PathBuf,
    statements: Temporary,
    encoder: codec::Writer<BufWriter<File>>,
}

/// What is known of a workload beside its statements.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'k> {
    /// Where it comes from.
    pub source: &'k str,
    /// Records that could not be read.
    pub unreadable: u64,
    /// Statements that were executed, and could not be captured.
    pub dropped: u64,
}

/// A file that is gone if it does not get its name.
struct Temporary {
    path: PathBuf,
    is_named: bool,
}

impl Temporary {
    fn create(folder: &Path, name: &str) -> Result<(Self, File), WorkloadDirError> {
        let path = folder.join(format!(".{name}.tmp"));
        let file = File::create(&path).map_err(|source| unwritten(&path, source))?;
        Ok((Self { path, is_named: false }, file))
    }

    fn name(mut self, folder: &Path, name: &str) -> Result<(), WorkloadDirError> {
        let path = folder.join(name);
        fs::rename(&self.path, &path).map_err(|source| unwritten(&path, source))?;
        self.is_named = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_named {
            // What cannot be removed is overwritten the next time.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn unwritten(path: &Path, source: std::io::Error) -> WorkloadDirError {
    WorkloadDirError::Io { path: path.to_owned(), action: "written", source }
}

impl Writer {
    /// Begins a workload in `folder`, which is made if needed.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn create(folder: &Path) -> Result<Self, WorkloadDirError> {
        fs::create_dir_all(folder).map_err(|source| unwritten(folder, source))?;
        let (statements, file) = Temporary::create(folder, STATEMENTS_FILE)?;
        let encoder = codec::Writer::new(BufWriter::new(file))
            .map_err(|source| WorkloadDirError::Artifact { path: folder.to_owned(), source })?;
        Ok(Self { folder: folder.to_owned(), statements, encoder })
    }

    /// Writes a statement.
    ///
    /// # Errors
    /// An id that was there before, a session whose sequence does not ascend, or the file system
    /// refuses.
    pub fn write(&mut self, statement: &Statement) -> Result<(), WorkloadDirError> {
        self.encoder
            .write(statement)
            .map_err(|source| WorkloadDirError::Artifact { path: self.folder.clone(), source })
    }

    /// Writes a statement, unless its id or a later one of its session is there already.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn try_write(&mut self, statement: &Statement) -> Result<codec::Wrote, WorkloadDirError> {
        self.encoder
            .try_write(statement)
            .map_err(|source| WorkloadDirError::Artifact { path: self.folder.clone(), source })
    }

    /// Ends the workload.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn finish(self, known: Known<'_>) -> Result<Manifest, WorkloadDirError> {
        let Known { source, unreadable, dropped } = known;
        let source = source.to_owned();
        self.finish_with(|manifest| Manifest { source, unreadable, dropped, ..manifest })
    }

    fn finish_with(
        self,
        manifest: impl FnOnce(Manifest) -> Manifest,
    ) -> Result<Manifest, WorkloadDirError> {
        let Self { folder, statements, encoder } = self;
        let artifact = |source| WorkloadDirError::Artifact { path: folder.clone(), source };
        let (out, written) = encoder.finish("").map_err(artifact)?;
        let manifest = manifest(written);
        let file = out.into_inner().map_err(|error| unwritten(&folder, error.into_error()))?;
        file.sync_all().map_err(|source| unwritten(&statements.path, source))?;
        let (named, mut file) = Temporary::create(&folder, MANIFEST_FILE)?;
        let text = codec::manifest_json(&manifest).map_err(artifact)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|source| unwritten(&named.path, source))?;
        statements.name(&folder, STATEMENTS_FILE)?;
        named.name(&folder, MANIFEST_FILE)?;
        File::open(&folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| unwritten(&folder, source))?;
        Ok(manifest)
    }
}

fn open(folder: &Path, file: &'static str) -> Result<File, WorkloadDirError> {
    let path = folder.join(file);
    File::open(&path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => WorkloadDirError::NoFile { path: folder.to_owned(), file },
        _ => WorkloadDirError::Io { path, action: "read", source },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Dialect;

    fn workload(texts: &[&str]) -> Workload {
        let statements = texts.iter().zip(0_u64..).map(|(sql, sequence)| {
            Statement::new(sequence.to_string(), ("s", sequence), Dialect::Postgres, *sql)
        });
        Workload::new("test", statements.collect()).unwrap()
    }

    #[test]
    fn what_is_written_is_read_again_and_can_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("a/b");
        for workload in [workload(&["SELECT 1"]), workload(&["SELECT 2", "SELECT 'ü\n'"])] {
            write(&folder, &workload).unwrap();
            assert_eq!(read(&folder).unwrap(), workload);
        }
        let names = fs::read_dir(&folder).unwrap().count();
        assert_eq!(names, 2, "no temporary file stays");
    }

    #[test]
    fn what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(&folder.path().join("none")).unwrap_err().to_string();
        assert!(error.contains("no workload folder"), "{error}");
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("`manifest.json` is missing"), "{error}");
        write(folder.path(), &workload(&["SELECT 1"])).unwrap();
        fs::remove_file(folder.path().join(STATEMENTS_FILE)).unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("`workload.jsonl.zst` is missing"), "{error}");
    }

    #[test]
    fn a_crash_between_the_renames_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &workload(&["SELECT 1"])).unwrap();
        let old_manifest = fs::read(folder.path().join(MANIFEST_FILE)).unwrap();
        write(folder.path(), &workload(&["SELECT 2"])).unwrap();
        fs::write(folder.path().join(MANIFEST_FILE), old_manifest).unwrap();
        let error = read(folder.path()).unwrap_err();
        assert!(
            matches!(
                error,
                WorkloadDirError::Artifact { source: ArtifactError::Inconsistent { .. }, .. }
            ),
            "{error}"
        );
    }

    #[test]
    fn a_file_in_the_way_is_a_clear_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "x").unwrap();
        let error = write(&path, &workload(&[])).unwrap_err().to_string();
        assert!(error.contains("could not be written") && error.contains("file"), "{error}");
    }

    #[test]
    fn a_cut_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &workload(&["SELECT 1", "SELECT 2"])).unwrap();
        let path = folder.path().join(STATEMENTS_FILE);
        let bytes = fs::read(&path).unwrap();
        for length in 0..bytes.len() {
            fs::write(&path, &bytes[..length]).unwrap();
            assert!(read(folder.path()).is_err(), "cut to {length} bytes");
        }
    }
}
