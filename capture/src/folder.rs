//! A workload on disk: a folder with `workload.jsonl.zst` and `manifest.json`.

use model::{ArtifactError, Workload, workload::codec};
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
pub fn read(folder: &Path) -> Result<Workload, WorkloadDirError> {
    if !folder.is_dir() {
        return Err(WorkloadDirError::NoFolder { path: folder.to_owned() });
    }
    let manifest = open(folder, MANIFEST_FILE)?;
    let statements = open(folder, STATEMENTS_FILE)?;
    codec::read(BufReader::new(manifest), BufReader::new(statements))
        .map_err(|source| WorkloadDirError::Artifact { path: folder.to_owned(), source })
}

/// Writes `workload` into `folder`, which is made if needed.
///
/// Both files are complete on disk before either takes its name. A crash between the two renames
/// over an older workload leaves a folder that [`read`] refuses, never one that it misreads.
pub fn write(folder: &Path, workload: &Workload) -> Result<(), WorkloadDirError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| WorkloadDirError::Io { path, action: "written", source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let artifact = |source| WorkloadDirError::Artifact { path: folder.to_owned(), source };
    let manifest = codec::manifest_json(&workload.manifest).map_err(artifact)?;

    let statements_temporary = folder.join(format!(".{STATEMENTS_FILE}.tmp"));
    let manifest_temporary = folder.join(format!(".{MANIFEST_FILE}.tmp"));
    let file = File::create(&statements_temporary).map_err(failed(&statements_temporary))?;
    codec::write_statements(BufWriter::new(&file), &workload.statements).map_err(artifact)?;
    file.sync_all().map_err(failed(&statements_temporary))?;
    let mut file = File::create(&manifest_temporary).map_err(failed(&manifest_temporary))?;
    file.write_all(manifest.as_bytes()).map_err(failed(&manifest_temporary))?;
    file.sync_all().map_err(failed(&manifest_temporary))?;

    for (temporary, name) in
        [(&statements_temporary, STATEMENTS_FILE), (&manifest_temporary, MANIFEST_FILE)]
    {
        let path = folder.join(name);
        fs::rename(temporary, &path).map_err(failed(&path))?;
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))
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
    use model::{Dialect, Statement};

    fn workload(texts: &[&str]) -> Workload {
        let statements = texts.iter().zip(0_u64..).map(|(sql, sequence)| Statement {
            id: sequence.to_string(),
            session: "s".to_owned(),
            sequence,
            time: None,
            database: None,
            user: None,
            role: None,
            dialect: Dialect::Postgres,
            sql: (*sql).to_owned(),
            binds: vec![],
            latency_us: None,
            rows: None,
            error: None,
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
