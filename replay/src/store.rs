//! The run store: everything that is known of a run, in a folder of its own.
//!
//! `<runs>/<run id>/` holds `run.sqlite` (SQLite, WAL: plan items, attempts, outcomes, verdicts),
//! `results/<index>.<side>.arrow` (retained rows, Arrow IPC with zstd) and `run.lock`.
//!
//! What makes it safe to kill:
//! - The schema with all items is created in one transaction; a file without it counts as new.
//! - One transaction writes outcomes, attempts and judgement of an item, and of others that wait at
//!   that moment. The item's index is the
//!   primary key of its verdict, so that a second verdict is impossible.
//! - A retained result is complete on disk under its final name before that transaction commits;
//!   a file that no outcome names is an orphan, removed when the run is resumed.

mod adopt;
mod error;
mod lock;
mod reading;
mod record;
mod retained;
mod schema;
mod shared;

pub use error::StoreError;
pub(crate) use record::Prepared;
pub use record::{Attempt, Record, SideRecord};
pub use shared::{CheckTurn, SharedOptions, SharedStore, Unfinished};

use crate::checkpoint::{Checkpoint, Checkpoints, Unwatched};
use crate::plan;
use lock::RunLock;
use model::{Plan, PlanItem, report::RunHeader};
use rusqlite::Connection;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The version of the store's format: SQLite's `user_version`.
///
/// 2: how late statements were sent, and what checks of the data found.
pub const FORMAT_VERSION: u32 = 2;

/// Which results are kept beside the verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Retention {
    /// None: verdicts and their examples only.
    None,
    /// Results whose verdict other tolerances could change: all but matches.
    #[default]
    Mismatches,
    /// Every result.
    All,
}

/// How a run is recorded.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Which results are kept.
    pub retention: Retention,
    /// Largest size of `run.sqlite` in bytes; absent for as much as the disk gives.
    pub bytes_max: Option<u64>,
    /// Watches the recording; for tests.
    pub checkpoints: Arc<dyn Checkpoints>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        let checkpoints = Arc::new(Unwatched);
        Self { retention: Retention::default(), bytes_max: None, checkpoints }
    }
}

/// One run on disk. Cheap to clone; all clones share one connection. Its methods block.
#[derive(Debug, Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    options: StoreOptions,
    connection: Mutex<Connection>,
    // Declared last: released only after the connection is closed.
    _lock: Option<RunLock>,
}

impl Store {
    /// Starts the run `header.run_id` under the folder `runs`, or goes on with it.
    ///
    /// # Errors
    /// Another process works on the run; the run was started with another plan or header; the
    /// folder holds something else; the disk refuses.
    pub fn create_or_resume(
        runs: &Path,
        header: &RunHeader,
        plan: &Plan,
        options: StoreOptions,
    ) -> Result<Self, StoreError> {
        check_run_id(&header.run_id)?;
        check_plan(header, plan)?;
        let folder = runs.join(&header.run_id);
        fs::create_dir_all(&folder).map_err(StoreError::io("create", &folder))?;
        let lock = RunLock::acquire(&folder)?;
        let path = schema::database_path(&folder);
        let digest = plan::digest(plan)
            .map_err(|error| StoreError::BadPlan { message: error.to_string() })?;
        let mut connection = schema::open_writing(&path, options.bytes_max)?;
        if schema::is_fresh(&connection, &path)? {
            schema::pin(&connection, &path)?;
            let before_commit = || options.checkpoints.reached(Checkpoint::BeforeCreate, 0);
            schema::create(&mut connection, &path, header, plan, &digest, before_commit)?;
        } else {
            schema::check_format(&connection, &path)?;
            schema::pin(&connection, &path)?;
            schema::check_whole(&connection, &path)?;
            schema::check_same(&connection, &path, header, &digest)?;
            schema::refresh_header(&connection, &path, header)?;
        }
        retained::remove_orphans(&folder, &reading::retained_names(&connection, &path)?)?;
        Ok(Self::new(folder, options, connection, Some(lock)))
    }

    /// Opens the run in `folder` for reading, finished or not, while it runs or not.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = schema::database_path(folder);
        if !path.is_file() {
            return Err(StoreError::Missing { path: folder.to_owned() });
        }
        let connection = schema::open_reading(&path)?;
        schema::check_format(&connection, &path)?;
        Ok(Self::new(folder.to_owned(), StoreOptions::default(), connection, None))
    }

    fn new(
        folder: PathBuf,
        options: StoreOptions,
        connection: Connection,
        lock: Option<RunLock>,
    ) -> Self {
        let connection = Mutex::new(connection);
        Self { shared: Arc::new(Shared { folder, options, connection, _lock: lock }) }
    }

    /// The run's folder.
    pub fn folder(&self) -> &Path {
        &self.shared.folder
    }

    fn database_path(&self) -> PathBuf {
        schema::database_path(&self.shared.folder)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic in the middle of a transaction rolled it back; the connection is still good.
        self.shared.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run id names a folder: letters, digits, `-` and `_` only.
fn check_run_id(run_id: &str) -> Result<(), StoreError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !run_id.is_empty() && run_id.len() <= 64 && run_id.chars().all(fits) {
        return Ok(());
    }
    Err(StoreError::BadPlan {
        message: format!(
            "the run id `{run_id}` is no folder name: 1 to 64 of A-Z, a-z, 0-9, - and _"
        ),
    })
}

/// Checks what the store relies on: indexes count from 0, ids are unique, one workload.
fn check_plan(header: &RunHeader, plan: &Plan) -> Result<(), StoreError> {
    let bad = |message| Err(StoreError::BadPlan { message });
    if header.workload != plan.workload {
        return bad("plan and run name different workloads".to_owned());
    }
    let mut ids = BTreeSet::new();
    for (expected, PlanItem { index, statement, .. }) in (0_u64..).zip(&plan.items) {
        if *index != expected {
            return bad(format!("item {expected} has index {index}"));
        }
        if !ids.insert(statement) {
            return bad(format!("the statement `{statement}` is planned twice"));
        }
    }
    Ok(())
}
