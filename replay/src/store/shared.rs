//! A run that several processes share, on a PostgreSQL server.
//!
//! The schema `gnomon` holds what `run.sqlite` holds of a run of one process, for many runs, and who
//! works on them. What makes it safe to kill any of them at any moment (docs/adr/0014-fleet.md):
//! - A *worker* is one start of one process. It has a number that no other ever gets, and a lease that
//!   it prolongs as a sign of life. One whose lease is over is ended by whoever notices, for good.
//! - A *shard* is a session of the plan, or a piece of one. Its owner is a worker; one whose owner has
//!   ended is free again. Who looks for work skips what others are just looking at (`SKIP LOCKED`).
//! - A transaction that records holds its worker's row, so that either the worker is not ended before
//!   it commits, or it records nothing: the worker's number is the fencing token.
//! - The item's index is the primary key of its verdict, so that a second one is impossible.
//!
//! Once the run is over, or whenever somebody wants to see how far it is, it is copied into an ordinary
//! run folder ([`SharedStore::pull`]); all that reads runs reads that.

mod beat;
mod check;
mod claim;
mod join;
mod link;
mod pull;
mod record;
mod shards;
mod tables;

pub use check::CheckTurn;
pub use join::Unfinished;

use super::{Retention, StoreError};
use crate::{
    checkpoint::{Checkpoints, Unwatched},
    stop::StopSignal,
};
use beat::Beat;
use link::Link;
use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::runtime::Handle;

/// How a process takes part in a shared run.
#[derive(Debug, Clone)]
pub struct SharedOptions {
    /// What it is called in the store, for people.
    pub name: String,
    /// How long it may give no sign of life before others take over what it does; 1 s or more.
    pub lease: Duration,
    /// Are sessions kept whole, since their statements have times to keep? Otherwise pieces of one
    /// session may run at the same time.
    pub whole_sessions: bool,
    /// Which results are kept.
    pub retention: Retention,
    /// Watches the recording; for tests.
    pub checkpoints: Arc<dyn Checkpoints>,
}

impl Default for SharedOptions {
    fn default() -> Self {
        Self {
            name: "worker".to_owned(),
            lease: Duration::from_secs(30),
            whole_sessions: false,
            retention: Retention::default(),
            checkpoints: Arc::new(Unwatched),
        }
    }
}

/// A process's part in a shared run. Cheap to clone; all clones are the same worker, which ends with
/// [`Self::leave`], or when it gives no more sign of life.
#[derive(Debug, Clone)]
pub struct SharedStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    run: String,
    worker: i64,
    options: SharedOptions,
    link: Link,
    /// Drives the connection for those who wait on threads of their own.
    runtime: Handle,
    beat: Beat,
    /// The shards that were claimed and given out.
    held: Mutex<BTreeSet<i64>>,
}

impl SharedStore {
    /// The number of this worker: no other one ever has the same.
    pub fn worker(&self) -> i64 {
        self.shared.worker
    }

    /// The id of the run.
    pub fn run_id(&self) -> &str {
        &self.shared.run
    }

    /// Ends this worker: what it has not recorded is free for others at once.
    pub async fn leave(&self) -> Result<(), StoreError> {
        self.shared.beat.stop();
        let sql =
            "UPDATE gnomon.worker SET ended = clock_timestamp() WHERE id = $1 AND ended IS NULL";
        let worker = self.shared.worker;
        let leaving = async |client: &mut tokio_postgres::Client, _| {
            client.execute(sql, &[&worker]).await?;
            Ok(())
        };
        self.shared.link.run("leave the run", leaving).await
    }

    fn lost_signal(&self) -> StopSignal {
        self.shared.beat.lost()
    }

    fn fenced(&self) -> StoreError {
        StoreError::Fenced {
            place: self.shared.link.place().to_owned(),
            seconds: self.shared.options.lease.as_secs(),
        }
    }

    fn held(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.shared.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What errors name where others name a file.
    fn path(&self) -> PathBuf {
        path_of(self.shared.link.place(), &self.shared.run)
    }
}

fn path_of(place: &str, run: &str) -> PathBuf {
    PathBuf::from(format!("{place}, run {run}"))
}
