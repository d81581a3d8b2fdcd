//! What a proxy has seen so far, counted by all connections together.

use serde::{Deserialize, Serialize};
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// What a proxy has seen so far.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) sessions: AtomicU64,
    pub(super) open: AtomicU64,
    pub(super) recorded: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) unfollowed: AtomicU64,
    pub(super) passed: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) cancels: AtomicU64,
    pub(super) from_clients: AtomicU64,
    pub(super) from_server: AtomicU64,
    /// Why nothing is recorded any more.
    stopped: Mutex<Option<String>>,
}

/// A reading of all counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Connections that were relayed.
    pub sessions: u64,
    /// Those that are open.
    pub open: u64,
    /// Statements that were recorded.
    pub recorded: u64,
    /// Statements that were not, because the recording could not follow so fast or had ended.
    pub dropped: u64,
    /// Times that a session's messages could not be followed, up to its next pause.
    pub unfollowed: u64,
    /// Connections that were relayed and not recorded: replication.
    pub passed: u64,
    /// Connections that were turned away, or did not reach the server.
    pub refused: u64,
    /// Requests to cancel that were passed on.
    pub cancels: u64,
    /// Bytes that clients sent.
    pub from_clients: u64,
    /// Bytes that the server sent.
    pub from_server: u64,
    /// Why nothing is recorded any more, where that is so.
    pub stopped: Option<String>,
}

/// Adds to a count.
pub(super) fn add(count: &AtomicU64, more: u64) {
    count.fetch_add(more, Ordering::Relaxed);
}

impl Counts {
    pub(super) fn read(&self) -> Counted {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counted {
            sessions: of(&self.sessions),
            open: of(&self.open),
            recorded: of(&self.recorded),
            dropped: of(&self.dropped),
            unfollowed: of(&self.unfollowed),
            passed: of(&self.passed),
            refused: of(&self.refused),
            cancels: of(&self.cancels),
            from_clients: of(&self.from_clients),
            from_server: of(&self.from_server),
            stopped: self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// The recording ends here; the first reason stays.
    pub(super) fn stop(&self, why: String) {
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.get_or_insert(why);
    }
}
