//! DuckDB inside this process, linked dynamically. Each session is one connection on a thread of
//! its own, which hands over batches through a bounded channel.
//!
//! Values take the forms that PostgreSQL's take here: `UUID` is `arrow.uuid`, `TIMESTAMPTZ` is in
//! UTC, enums are text, `HUGEINT` and `UHUGEINT` are `Decimal128(38, 0)`, or exact text (extension
//! [`model::logical::NUMERIC`]) where the first rows need 39 digits. Lists, structs and maps keep
//! their shape. `TIMETZ`, `BIT`, `BIGNUM`, `VARIANT`, unions and geometries are refused.
//!
//! Known limit of DuckDB's Arrow export: an interval whose part below days is longer than 292
//! years wraps around inside libduckdb, where it cannot be noticed.

mod binds;
mod catalog;
mod control;
mod error;
mod load;
mod names;
mod reason;
mod session;
mod worker;

use crate::{
    failure,
    interface::{Engine, Session, SessionSettings},
};
use async_trait::async_trait;
use duckdb::{AccessMode, Config, Connection};
use model::{Dialect, EngineKind, Failure, FailureClass, SqlState};
use std::{
    fmt,
    num::NonZeroU32,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Limits of one database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DuckDbOptions {
    /// Threads for all its sessions together; DuckDB's default is one for each core.
    pub threads: Option<NonZeroU32>,
    /// Memory for all its sessions together, in bytes; DuckDB's default is 80 % of the machine's.
    pub memory_bytes_max: Option<u64>,
}

/// A DuckDB database that sessions can be opened on.
#[derive(Clone)]
pub struct DuckDb {
    shared: Arc<Shared>,
}

struct Shared {
    place: Place,
    /// Every session is a clone of this connection. The lock is held only for that moment.
    root: Mutex<Connection>,
    /// The time zone that was pinned when the configuration was locked.
    locked_zone: Mutex<Option<String>>,
}

#[derive(Debug)]
enum Place {
    Memory,
    File(PathBuf),
}

impl DuckDb {
    /// An empty database in memory.
    pub fn in_memory() -> Result<Self, Failure> {
        Self::in_memory_with(&DuckDbOptions::default())
    }

    /// The same with limits.
    pub fn in_memory_with(options: &DuckDbOptions) -> Result<Self, Failure> {
        Self::connect(Place::Memory, false, options)
    }

    /// The database in a file; it is made unless `read_only` or there already.
    pub fn open(path: impl Into<PathBuf>, read_only: bool) -> Result<Self, Failure> {
        Self::open_with(path, read_only, &DuckDbOptions::default())
    }

    /// The same with limits.
    pub fn open_with(
        path: impl Into<PathBuf>,
        read_only: bool,
        options: &DuckDbOptions,
    ) -> Result<Self, Failure> {
        Self::connect(Place::File(path.into()), read_only, options)
    }

    fn connect(place: Place, read_only: bool, options: &DuckDbOptions) -> Result<Self, Failure> {
        let opened = config(read_only, options).and_then(|config| match &place {
            Place::Memory => Connection::open_in_memory_with_flags(config),
            Place::File(path) => Connection::open_with_flags(path, config),
        });
        let root = opened.map_err(|error| {
            let failure = error::of(&error);
            failure::failure(
                FailureClass::Unreachable,
                SqlState::CANNOT_CONNECT,
                format!("cannot open {}: {}", describe(&place), failure.message),
            )
        })?;
        Ok(Self {
            shared: Arc::new(Shared {
                place,
                root: Mutex::new(root),
                locked_zone: Mutex::new(None),
            }),
        })
    }

    /// Cuts the database off from files and the network, and locks its configuration; to be called
    /// once its tables are loaded. There is no way back, and sessions opened later must ask for
    /// this time zone.
    pub fn lock_down(&self, time_zone: &str) -> Result<(), Failure> {
        let zone = time_zone.replace('\'', "''");
        let root = self.shared.root.lock().unwrap_or_else(PoisonError::into_inner);
        root.execute_batch(&format!(
            "SET GLOBAL TimeZone = '{zone}'; SET enable_external_access = false; \
             SET lock_configuration = true"
        ))
        .map_err(|error| error::of(&error))?;
        let mut locked = self.shared.locked_zone.lock().unwrap_or_else(PoisonError::into_inner);
        *locked = Some(time_zone.to_owned());
        Ok(())
    }
}

fn config(read_only: bool, options: &DuckDbOptions) -> duckdb::Result<Config> {
    let spill = std::env::temp_dir().join(format!("gnomon-duckdb-{}", std::process::id()));
    let mut config = Config::default()
        .enable_autoload_extension(false)?
        .with("arrow_lossless_conversion", "true")?
        .with("errors_as_json", "true")?
        // Instead of a folder in the working directory.
        .with("temp_directory", spill.to_string_lossy())?;
    if read_only {
        config = config.access_mode(AccessMode::ReadOnly)?;
    }
    if let Some(threads) = options.threads {
        config = config.threads(i64::from(threads.get()))?;
    }
    if let Some(bytes) = options.memory_bytes_max {
        config = config.max_memory(&format!("{bytes}B"))?;
    }
    Ok(config)
}

fn describe(place: &Place) -> String {
    match place {
        Place::Memory => "a DuckDB database in memory".to_owned(),
        Place::File(path) => format!("the DuckDB database `{}`", Path::display(path)),
    }
}

impl fmt::Debug for DuckDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DuckDb({:?})", self.shared.place)
    }
}

#[async_trait]
impl Engine for DuckDb {
    fn kind(&self) -> EngineKind {
        EngineKind::DuckDb
    }

    fn dialect(&self) -> Dialect {
        Dialect::DuckDb
    }

    async fn open(&self, settings: &SessionSettings) -> Result<Box<dyn Session>, Failure> {
        let connection = {
            let root = self.shared.root.lock().unwrap_or_else(PoisonError::into_inner);
            root.try_clone().map_err(|error| error::of(&error))?
        };
        let locked = {
            let locked = self.shared.locked_zone.lock().unwrap_or_else(PoisonError::into_inner);
            locked.clone()
        };
        Ok(Box::new(session::DuckDbSession::open(connection, settings, locked).await?))
    }
}
