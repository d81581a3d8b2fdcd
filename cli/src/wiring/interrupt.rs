//! Ctrl-C and SIGTERM: the first asks the run to stop, the second ends the process.

use crate::{exit::Exit, output};
use replay::{StopHandle, StopSignal};

/// A signal that fires once the user, or the system, asks for the end. Must be called inside of the
/// runtime.
pub(crate) fn listen() -> StopSignal {
    let (handle, signal) = StopSignal::channel();
    tokio::spawn(wait(handle));
    signal
}

async fn wait(stop: StopHandle) {
    if !asked().await {
        return;
    }
    output::note("stopping: running statements get a moment to finish; once more to stop at once");
    stop.stop();
    if asked().await {
        // Recorded verdicts are safe at any moment, and a throw-away server ends with its watchdog.
        std::process::exit(Exit::Incomplete.code().into());
    }
}

/// Waits for a request to stop; false where none can arrive any more.
async fn asked() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return tokio::signal::ctrl_c().await.is_ok();
        };
        tokio::select! {
            asked = tokio::signal::ctrl_c() => asked.is_ok(),
            asked = terminate.recv() => asked.is_some(),
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
