//! Signs of life.

use super::link::Link;
use crate::stop::{StopHandle, StopSignal};
use engines::postgres::PostgresConfig;
use std::{io, thread, time::Duration};
use tokio::{
    runtime::Builder,
    time::{Instant, sleep, timeout_at},
};
use tokio_postgres::Client;

/// Signs of life in the time of a lease.
const BEATS: u32 = 4;

/// Prolongs a worker's lease, on a thread and a connection of its own, for as long as it lives: what else
/// the process does must not hold it up.
#[derive(Debug)]
pub(super) struct Beat {
    stop: StopHandle,
    lost: StopSignal,
}

impl Beat {
    /// Starts for a worker whose lease began at `began` or a little later.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start(
        config: &PostgresConfig,
        worker: i64,
        (lease, began): (Duration, Instant),
    ) -> io::Result<Self> {
        let (stop, stopped) = StopSignal::channel();
        let (losing, lost) = StopSignal::channel();
        let link = Link::new(config, lease);
        // Of its own: the other one may be busy, or at its end.
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("replay-lease".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = prolong(&link, worker, lease, began) => losing.stop(),
                    () = stopped.stopped() => {}
                }
            });
        })?;
        Ok(Self { stop, lost })
    }

    /// Fires once the lease is over, or may be.
    pub(super) fn lost(&self) -> StopSignal {
        self.lost.clone()
    }

    /// Gives no more sign of life.
    pub(super) fn stop(&self) {
        self.stop.stop();
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

/// Ends once the lease is over, or may be.
async fn prolong(link: &Link, worker: i64, lease: Duration, began: Instant) {
    let mut over = began + lease;
    loop {
        sleep(lease / BEATS).await;
        // Counted from before the server was asked, so that ours is never over later than the server's.
        let asked = Instant::now();
        match timeout_at(over, once(link, worker, lease)).await {
            Ok(Ok(true)) => over = asked + lease,
            Ok(Ok(false)) | Err(_) => break,
            Ok(Err(())) if Instant::now() >= over => break,
            Ok(Err(())) => {}
        }
    }
}

/// One sign of life; false where the worker was ended.
async fn once(link: &Link, worker: i64, lease: Duration) -> Result<bool, ()> {
    let sql = "UPDATE gnomon.worker SET expires = clock_timestamp() + make_interval(secs => $2) \
               WHERE id = $1 AND ended IS NULL";
    let seconds = lease.as_secs_f64();
    let prolonging = async |client: &mut Client, _: u32| {
        let found = client.execute(sql, &[&worker, &seconds]).await?;
        Ok(found > 0)
    };
    link.run("prolong a lease", prolonging).await.map_err(|error| {
        tracing::warn!(%error, "no sign of life could be given");
    })
}
