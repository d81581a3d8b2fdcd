//! Why a run could not be recorded or read.

use crate::error::ErrorClass;
use model::ArtifactError;
use rusqlite::ErrorCode;
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// Why a run could not be recorded or read. What was recorded before stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no run.
    #[error("there is no run at `{path}`; check the run id, or start it with `gnomon run`")]
    Missing {
        /// The run's folder.
        path: PathBuf,
    },
    /// The file is something else, or damaged at its head.
    #[error(
        "`{path}` is not a run store: {found}; give the folder of a run, or move the file away"
    )]
    NotAStore {
        /// The database file.
        path: PathBuf,
        /// What it is instead.
        found: String,
    },
    /// The format is of another version.
    #[error("`{path}`: {source}")]
    Version {
        /// The database file.
        path: PathBuf,
        /// Both versions.
        source: ArtifactError,
    },
    /// Another process works on this run.
    #[error("the run at `{path}` is in use by another gnomon; wait for it or stop it")]
    InUse {
        /// The run's folder.
        path: PathBuf,
    },
    /// The run was started with something else than what it is to go on with.
    #[error(
        "the run at `{path}` was started with another {what} (recorded: {recorded}, now: {now}); \
         start a new run, or go back to what it was started with"
    )]
    Different {
        /// The database file.
        path: PathBuf,
        /// What differs.
        what: String,
        /// As recorded.
        recorded: String,
        /// As given now.
        now: String,
    },
    /// The plan breaks a rule that the store relies on.
    #[error("the plan cannot be recorded: {message}; make it again from the workload")]
    BadPlan {
        /// Which.
        message: String,
    },
    /// The content is broken.
    #[error(
        "the run store `{path}` is damaged: {message}; restore it from a copy, or remove the run's \
         folder and run again"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        message: String,
    },
    /// The disk, or the store's own limit, is full.
    #[error(
        "no space is left for `{path}`; free some, or raise the store's limit, and start the same \
         run again: it goes on where it stopped"
    )]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The store may not be written.
    #[error("`{path}` cannot be written; check the permissions of the run's folder")]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The server of a shared run cannot be reached, or not any more.
    #[error(
        "the run store {place} cannot be reached: {message}; once it can be, start the same again: it \
         goes on where it stopped"
    )]
    Unreachable {
        /// The server, without a password.
        place: String,
        /// What it, or the system, said.
        message: String,
    },
    /// The server of a shared run refused.
    #[error("the run store {place} refused to {action}: {message}")]
    Refused {
        /// The server, without a password.
        place: String,
        /// What was tried.
        action: &'static str,
        /// What it said.
        message: String,
    },
    /// Others took over what this process did.
    #[error(
        "the run store {place} heard nothing of this process for {seconds} s, and what it did is for \
         others now; start it again to take part in what is left"
    )]
    Fenced {
        /// The server, without a password.
        place: String,
        /// How long a process may be silent.
        seconds: u64,
    },
    /// Claiming items panicked.
    #[error("claiming statements ended in a panic: {message}; please report this")]
    Claim {
        /// The panic's text.
        message: String,
    },
    /// The item has its verdict already. Never overwritten.
    #[error("item {index} of `{path}` already has a verdict")]
    AlreadyRecorded {
        /// The database file.
        path: PathBuf,
        /// Position in the plan.
        index: u64,
    },
    /// The file system refused.
    #[error("could not {action} `{path}`: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite refused for another reason.
    #[error("the run store `{path}` failed: {message}")]
    Database {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        message: String,
    },
}

impl StoreError {
    /// The same error for others, where it is about the store and not about one item.
    pub(crate) fn of_all(&self) -> Option<Self> {
        match self {
            Self::Unreachable { place, message } => {
                Some(Self::Unreachable { place: place.clone(), message: message.clone() })
            }
            Self::Fenced { place, seconds } => {
                Some(Self::Fenced { place: place.clone(), seconds: *seconds })
            }
            _ => None,
        }
    }

    /// What it means for the exit code.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Missing { .. }
            | Self::Different { .. }
            | Self::Version { .. }
            | Self::BadPlan { .. } => ErrorClass::Usage,
            _ => ErrorClass::Store,
        }
    }

    /// Turns an error of the file system into ours, for use with `map_err`.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::Full { path }
            }
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Self::ReadOnly { path },
            _ => Self::Io { action, path, source },
        }
    }

    /// Turns an error of SQLite into ours, for use with `map_err`.
    pub(super) fn database(path: &Path) -> impl Fn(rusqlite::Error) -> Self {
        let path = path.to_owned();
        move |error| {
            let path = path.clone();
            let message = error.to_string();
            match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => Self::Full { path },
                Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly { path },
                Some(ErrorCode::NotADatabase) => Self::NotAStore { path, found: message },
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse { path },
                // The schema is ours: a missing table, a value of another type, or a row that is
                // there although it must not be (or the reverse) is damage too.
                Some(
                    ErrorCode::DatabaseCorrupt
                    | ErrorCode::ConstraintViolation
                    | ErrorCode::Unknown,
                )
                | None => Self::Damaged { path, message },
                Some(_) => Self::Database { path, message },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_named_as_such() {
        let path = Path::new("run.sqlite");
        for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge] {
            let error = StoreError::io("write", path)(kind.into());
            assert!(matches!(error, StoreError::Full { .. }), "{error}");
            assert_eq!(error.class(), ErrorClass::Store);
        }
        let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        let error = StoreError::database(path)(rusqlite::Error::SqliteFailure(full, None));
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
    }
}
