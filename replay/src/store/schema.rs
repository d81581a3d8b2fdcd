//! The tables of a run store, and what makes a file one.

use super::{FORMAT_VERSION, StoreError};
use model::{ArtifactError, Digest, Plan, report::RunHeader};
use rusqlite::{Connection, OpenFlags, params};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

const DATABASE_FILE: &str = "run.sqlite";

/// SQLite's `application_id` of a run store: `gnom` in ASCII.
const APPLICATION_ID: i32 = 0x676e_6f6d;

/// How long a statement waits for a reader that holds the file.
const BUSY_MAX: Duration = Duration::from_secs(5);

/// Bytes of a page; SQLite's default, set so that a limit in bytes can be turned into pages.
const PAGE_BYTES: u32 = 4096;

/// `idx` is the item's position in the plan everywhere. JSON columns hold the nouns of the
/// `model` crate.
const TABLES: &str = "
CREATE TABLE run (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    header TEXT NOT NULL,
    plan_digest TEXT NOT NULL
) STRICT;
CREATE TABLE item (
    idx INTEGER PRIMARY KEY,
    statement TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    item TEXT NOT NULL
) STRICT;
CREATE TABLE attempt (
    idx INTEGER NOT NULL REFERENCES item (idx),
    side TEXT NOT NULL CHECK (side IN ('legacy', 'governed')),
    number INTEGER NOT NULL,
    started TEXT NOT NULL,
    latency_us INTEGER NOT NULL,
    failure TEXT,
    PRIMARY KEY (idx, side, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE outcome (
    idx INTEGER NOT NULL REFERENCES item (idx),
    side TEXT NOT NULL CHECK (side IN ('legacy', 'governed')),
    outcome TEXT NOT NULL,
    retained TEXT,
    PRIMARY KEY (idx, side)
) STRICT, WITHOUT ROWID;
CREATE TABLE verdict (
    idx INTEGER PRIMARY KEY REFERENCES item (idx),
    verdict TEXT NOT NULL,
    judgement TEXT NOT NULL,
    lag TEXT,
    recorded TEXT NOT NULL
) STRICT;
CREATE TABLE data_check (
    number INTEGER PRIMARY KEY,
    found TEXT NOT NULL
) STRICT;
";

pub(super) fn database_path(folder: &Path) -> PathBuf {
    folder.join(DATABASE_FILE)
}

/// Opens for writing, without changing the file yet.
pub(super) fn open_writing(path: &Path, bytes_max: Option<u64>) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = StoreError::database(path);
    let connection = Connection::open_with_flags(path, flags).map_err(&failed)?;
    connection.busy_timeout(BUSY_MAX).map_err(&failed)?;
    connection.pragma_update(None, "page_size", PAGE_BYTES).map_err(&failed)?;
    if let Some(bytes) = bytes_max {
        let pages = i64::try_from(bytes / u64::from(PAGE_BYTES)).unwrap_or(i64::MAX).max(1);
        // The pragma answers with the limit in force, which is never below the present size.
        connection
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .map_err(&failed)?;
    }
    Ok(connection)
}

/// Opens for reading only. Falls back to reading a file that nobody writes where the folder is not
/// writable, since SQLite otherwise wants to put its shared memory there.
pub(super) fn open_reading(path: &Path) -> Result<Connection, StoreError> {
    let failed = StoreError::database(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(&failed)?;
    connection.busy_timeout(BUSY_MAX).map_err(&failed)?;
    let readable = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    match readable {
        Ok(()) => Ok(connection),
        Err(error) if is_unopenable(&error) && !has_wal(path) => {
            open_immutable(path).map_err(&failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Opens a file that nobody writes, without any file beside it.
fn open_immutable(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let uri = format!("file:{}?immutable=1", percent_encoded(path));
    Connection::open_with_flags(uri, flags)
}

fn is_unopenable(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    matches!(error.sqlite_error_code(), Some(CannotOpen | ReadOnly | PermissionDenied))
}

fn has_wal(path: &Path) -> bool {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    Path::new(&wal).metadata().is_ok_and(|wal| wal.len() > 0)
}

/// A path as the path part of a URI.
fn percent_encoded(path: &Path) -> String {
    use std::fmt::Write as _;
    path.as_os_str().as_encoded_bytes().iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            text.push(char::from(*byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

/// Is this an empty database? Then its creation was never committed.
pub(super) fn is_fresh(connection: &Connection, path: &Path) -> Result<bool, StoreError> {
    let failed = StoreError::database(path);
    let objects: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(failed)?;
    Ok(objects == 0 && application_id(connection, path)? == 0)
}

fn application_id(connection: &Connection, path: &Path) -> Result<i32, StoreError> {
    connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(StoreError::database(path))
}

/// Checks that it is a run store of our version. Changes nothing.
pub(super) fn check_format(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let not_ours = |found: String| Err(StoreError::NotAStore { path: path.to_owned(), found });
    if is_fresh(connection, path)? {
        return not_ours("it is empty, the run was ended before it was created".to_owned());
    }
    let id = application_id(connection, path)?;
    if id != APPLICATION_ID {
        return not_ours(format!("a database of another program (application id {id:#x})"));
    }
    let version: i32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(StoreError::database(path))?;
    let expected = FORMAT_VERSION;
    if u32::try_from(version) == Ok(expected) {
        return Ok(());
    }
    let found = u32::try_from(version).unwrap_or(u32::MAX);
    let source = ArtifactError::UnknownVersion { artifact: "run", found, expected };
    Err(StoreError::Version { path: path.to_owned(), source })
}

/// Sets how this connection writes.
pub(super) fn pin(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = StoreError::database(path);
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .map_err(&failed)?;
    if mode != "wal" {
        return Err(StoreError::Database {
            path: path.to_owned(),
            message: format!(
                "the file system has no write-ahead log (mode `{mode}`); put the runs on a local disk"
            ),
        });
    }
    // NORMAL syncs at checkpoints only. A killed process loses nothing; a power cut may lose the
    // last verdicts, which are then pending again, but never leaves a half one.
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(&failed)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(&failed)
}

/// Looks for damage before more is written to the file.
pub(super) fn check_whole(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(StoreError::database(path))?;
    if found == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged { path: path.to_owned(), message: found })
}

/// Creates the tables with the header and all items, in one transaction.
pub(super) fn create(
    connection: &mut Connection,
    path: &Path,
    header: &RunHeader,
    plan: &Plan,
    digest: &Digest,
    before_commit: impl FnOnce(),
) -> Result<(), StoreError> {
    let failed = StoreError::database(path);
    let transaction = connection.transaction().map_err(&failed)?;
    transaction.execute_batch(TABLES).map_err(&failed)?;
    transaction
        .execute(
            "INSERT INTO run (one, header, plan_digest) VALUES (1, ?1, ?2)",
            params![to_json(header)?, digest.as_str()],
        )
        .map_err(&failed)?;
    {
        let mut insert = transaction
            .prepare(
                "INSERT INTO item (idx, statement, session, fingerprint, item) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .map_err(&failed)?;
        for item in &plan.items {
            let columns = params![
                index_of(item.index)?,
                item.statement,
                item.session,
                item.fingerprint,
                to_json(item)?
            ];
            insert.execute(columns).map_err(&failed)?;
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(&failed)?;
    transaction.pragma_update(None, "user_version", FORMAT_VERSION).map_err(&failed)?;
    before_commit();
    transaction.commit().map_err(failed)
}

/// Checks that the run was started with this header and plan.
pub(super) fn check_same(
    connection: &Connection,
    path: &Path,
    header: &RunHeader,
    digest: &Digest,
) -> Result<(), StoreError> {
    let (recorded, recorded_digest): (String, String) = connection
        .query_row("SELECT header, plan_digest FROM run", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(StoreError::database(path))?;
    check_identity(path, [&recorded, &recorded_digest], header, digest)
}

/// Checks that a run that was recorded with this header and digest of the plan is the one that these are
/// of. Errors name `path`.
pub(super) fn check_identity(
    path: &Path,
    [recorded, recorded_digest]: [&str; 2],
    header: &RunHeader,
    digest: &Digest,
) -> Result<(), StoreError> {
    let recorded = identity(recorded).map_err(|message| StoreError::Damaged {
        path: path.to_owned(),
        message: format!("the header of the run: {message}"),
    })?;
    let now = identity(&to_json(header)?).map_err(|message| StoreError::BadPlan {
        message: format!("the run's header: {message}"),
    })?;
    for ((what, recorded), (_, now)) in recorded.iter().zip(&now) {
        if recorded != now {
            return Err(StoreError::Different {
                path: path.to_owned(),
                what: (*what).to_owned(),
                recorded: recorded.clone(),
                now: now.clone(),
            });
        }
    }
    if recorded_digest != digest.as_str() {
        return Err(StoreError::Different {
            path: path.to_owned(),
            what: "plan".to_owned(),
            recorded: recorded_digest.to_owned(),
            now: digest.as_str().to_owned(),
        });
    }
    Ok(())
}

/// Takes over what may change from start to start: title and gate. The first start's time stays.
pub(super) fn refresh_header(
    connection: &Connection,
    path: &Path,
    header: &RunHeader,
) -> Result<(), StoreError> {
    let failed = StoreError::database(path);
    let recorded: String =
        connection.query_row("SELECT header FROM run", [], |row| row.get(0)).map_err(&failed)?;
    let recorded: RunHeader =
        serde_json::from_str(&recorded).map_err(|error| StoreError::Damaged {
            path: path.to_owned(),
            message: format!("the header of the run: {error}"),
        })?;
    let now = RunHeader { started: recorded.started, finished: None, ..header.clone() };
    if now == recorded {
        return Ok(());
    }
    connection.execute("UPDATE run SET header = ?1", [to_json(&now)?]).map(|_| ()).map_err(failed)
}

/// The facts of a header that a resumed run must share, with their names for people. Title and
/// times do not count; the gate is looked at only at the end, so it may change too.
fn identity(header: &str) -> Result<[(&'static str, String); 6], String> {
    let value: serde_json::Value =
        serde_json::from_str(header).map_err(|error| error.to_string())?;
    let fields = [
        ("run id", "run_id"),
        ("gnomon version", "gnomon_version"),
        ("workload", "workload"),
        ("legacy engine", "legacy"),
        ("governed engine", "governed"),
        ("set of tolerances", "tolerances"),
    ];
    Ok(fields.map(|(name, key)| {
        (name, value.get(key).map_or_else(|| "nothing".to_owned(), ToString::to_string))
    }))
}

/// JSON of one of our own nouns.
pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::BadPlan { message: error.to_string() })
}

/// An index as SQLite stores it.
pub(super) fn index_of(index: u64) -> Result<i64, StoreError> {
    i64::try_from(index)
        .map_err(|_| StoreError::BadPlan { message: format!("the index {index} is too large") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_any_characters_is_opened_without_files_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("a b?c#d%41&ü");
        std::fs::create_dir_all(&folder).unwrap();
        let path = database_path(&folder);
        let writing = open_writing(&path, None).unwrap();
        pin(&writing, &path).unwrap();
        writing.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (7)").unwrap();
        drop(writing);
        let reading = open_immutable(&path).unwrap();
        let x: i64 = reading.query_row("SELECT x FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(x, 7);
        assert!(reading.execute("INSERT INTO t VALUES (8)", []).is_err());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }
}
