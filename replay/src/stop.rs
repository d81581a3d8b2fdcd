//! Asking a run to stop, for example on Ctrl-C.

use tokio::sync::watch;

/// Stops the run that holds the matching [`StopSignal`]. Dropping it does not stop the run.
#[derive(Debug, Clone)]
pub struct StopHandle(watch::Sender<bool>);

impl StopHandle {
    /// Asks for the stop: no further statement starts, running ones get a bounded time to finish.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

/// Tells a run whether it should stop.
#[derive(Debug, Clone)]
pub struct StopSignal(watch::Receiver<bool>);

impl StopSignal {
    /// A signal and the handle that fires it.
    pub fn channel() -> (StopHandle, Self) {
        let (sender, receiver) = watch::channel(false);
        (StopHandle(sender), Self(receiver))
    }

    /// A signal that never fires.
    pub fn never() -> Self {
        Self::channel().1
    }

    /// Was the stop asked for?
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once the stop is asked for; never, if nobody can ask any more.
    pub async fn stopped(&self) {
        if self.0.clone().wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_dropped_handle_is_no_stop() {
        let waiting = tokio::time::timeout(Duration::from_millis(20), async {
            StopSignal::never().stopped().await;
        });
        assert!(waiting.await.is_err());
    }

    #[tokio::test]
    async fn a_stop_is_seen_by_those_who_wait_and_those_who_come_later() {
        let (handle, signal) = StopSignal::channel();
        let waiting = tokio::spawn({
            let signal = signal.clone();
            async move { signal.stopped().await }
        });
        assert!(!signal.is_stopped());
        handle.stop();
        drop(handle);
        waiting.await.unwrap();
        signal.stopped().await;
        assert!(signal.is_stopped());
    }
}
