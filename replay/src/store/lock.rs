//! One process at a time works on a run.

use super::StoreError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

const LOCK_FILE: &str = "run.lock";

/// Held while a process works on a run. The operating system releases it with the process, however
/// that ends; the file itself stays and means nothing.
#[derive(Debug)]
pub(super) struct RunLock {
    file: File,
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // Closing is not enough: a child process that is just being started (between fork and exec)
        // shares the open file, and would hold the lock a little longer. Unlocking always works, and
        // where it should not, closing comes next anyway.
        let _ = self.file.unlock();
    }
}

impl RunLock {
    pub(super) fn acquire(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(LOCK_FILE);
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(StoreError::io("create", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(StoreError::io("lock", &path)(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_waits_for_the_first_to_go() {
        let folder = tempfile::tempdir().unwrap();
        let first = RunLock::acquire(folder.path()).unwrap();
        let error = RunLock::acquire(folder.path()).unwrap_err();
        assert!(matches!(error, StoreError::InUse { .. }), "{error}");
        // As a child process between fork and exec would.
        let shared = first.file.try_clone().unwrap();
        drop(first);
        assert!(RunLock::acquire(folder.path()).is_ok());
        drop(shared);
    }
}
