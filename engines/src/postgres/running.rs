//! The statement that runs on a connection, and how it is cancelled.
//!
//! A cancel is a message of its own on a connection of its own: the server applies it to what the
//! session runs when it arrives, and drops it where that is nothing yet, as between the parsing of
//! a statement and its execution. So a cancel must be sent again until the statement has ended, and
//! never later: it would hit the next one.

use super::{connect::Cancel, error};
use crate::failure;
use model::Failure;
use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, MutexGuard},
    time::timeout,
};
use tokio_postgres::{Client, error::Severity};

/// How often an abandoned statement is cancelled before its session is given up.
const CANCELS_MAX: u32 = 8;

/// How long an abandoned statement has to end after the first cancel; twice as long after each
/// further one, 12 s in all.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// What the session, its streams and its cancellers share.
pub(super) struct Shared {
    pub(super) client: Client,
    cancel: Cancel,
    /// Held while a cancel is on its way, and for a moment when a statement starts, so that a
    /// cancel never hits a later statement than the one it was meant for.
    gate: Mutex<()>,
    /// Number of the running statement, 0 for none.
    current: AtomicU64,
    next: AtomicU64,
    /// A statement was let go of before its end, which the server may not have seen yet.
    abandoned: AtomicBool,
    lost: AtomicBool,
    runtime: Handle,
}

impl Shared {
    /// Of a connection that runs nothing. Must be called in a runtime.
    pub(super) fn new(client: Client, cancel: Cancel) -> Self {
        Self {
            client,
            cancel,
            gate: Mutex::new(()),
            current: AtomicU64::new(0),
            next: AtomicU64::new(1),
            abandoned: AtomicBool::new(false),
            lost: AtomicBool::new(false),
            runtime: Handle::current(),
        }
    }

    /// The failure of a statement, remembering whether the connection broke.
    pub(super) fn failed(&self, error: &tokio_postgres::Error, sql: &str) -> Failure {
        let fatal = error.as_db_error().is_some_and(|db| {
            matches!(db.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
        });
        if fatal || error::is_lost(error) {
            self.lose();
        }
        error::of_statement(error, sql)
    }

    /// From now on the session runs nothing any more.
    pub(super) fn lose(&self) {
        self.lost.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_usable(&self) -> bool {
        !self.lost.load(Ordering::SeqCst) && !self.client.is_closed()
    }

    /// Cancels the statement that runs now, if any, and waits for the end of an abandoned one.
    pub(super) async fn cancel_running(&self) {
        let number = self.current.load(Ordering::SeqCst);
        let gate = self.settled().await;
        if number != 0 && self.current.load(Ordering::SeqCst) == number {
            self.cancel.send().await;
        }
        drop(gate);
    }

    /// Waits for cancels on their way and for the end of an abandoned statement, which is cancelled
    /// until then. Who drops the future before its end leaves that to the next call.
    async fn settled(&self) -> MutexGuard<'_, ()> {
        let gate = self.gate.lock().await;
        if self.abandoned.load(Ordering::SeqCst) && self.is_usable() {
            if !self.cancel_until_idle().await {
                tracing::warn!("a statement did not end by {CANCELS_MAX} cancels");
                self.lose();
            }
            self.abandoned.store(false, Ordering::SeqCst);
        }
        gate
    }

    /// Has the server nothing to do any more? Cancels until then, or until that is hopeless.
    async fn cancel_until_idle(&self) -> bool {
        // Answered once all before it has ended, or the connection is lost.
        let mut idle = pin!(self.client.check_connection());
        let mut wait = FIRST_WAIT;
        for _ in 0..CANCELS_MAX {
            self.cancel.send().await;
            if timeout(wait, &mut idle).await.is_ok() {
                return true;
            }
            wait = wait.saturating_mul(2);
        }
        false
    }
}

/// A statement on its way. Dropping it unfinished cancels the statement.
pub(super) struct Running {
    shared: Arc<Shared>,
    number: u64,
}

impl Running {
    /// Waits for cancels on their way, then counts a new statement.
    pub(super) async fn start(shared: &Arc<Shared>) -> Result<Self, Failure> {
        let gate = shared.settled().await;
        if !shared.is_usable() {
            return Err(failure::session_lost(
                "the connection to the server is lost; open a new session",
            ));
        }
        let number = shared.next.fetch_add(1, Ordering::SeqCst);
        shared.current.store(number, Ordering::SeqCst);
        drop(gate);
        Ok(Self { shared: Arc::clone(shared), number })
    }

    /// The connection that it runs on.
    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The server has ended the statement.
    pub(super) fn finish(&mut self) {
        let _ = self.shared.current.compare_exchange(
            self.number,
            0,
            Ordering::SeqCst,
            Ordering::SeqCst,
        );
        self.number = 0;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.number == 0 || !self.shared.is_usable() {
            return;
        }
        self.shared.abandoned.store(true, Ordering::SeqCst);
        self.finish();
        let shared = Arc::clone(&self.shared);
        // Whoever comes first, this task, a canceller or the next statement, sees to its end.
        self.shared.runtime.spawn(async move {
            drop(shared.settled().await);
        });
    }
}
