//! The asynchronous runtime of the commands that drive engines.

use crate::error::CliError;
use std::time::Duration;

/// Stack of a worker thread, in bytes. Parsers and planners descend into nested SQL; the default
/// of 2 MiB is too little for what they accept.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// How long threads that are busy with an engine may hold up the end of the program.
const END_MAX: Duration = Duration::from_secs(2);

/// The threads of a command.
pub(crate) fn new() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .build()
        .map_err(|error| CliError::unreachable(format!("no threads could be started: {error}")))
}

/// Runs `work` to its end.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = new()?;
    let result = runtime.block_on(work);
    end(runtime);
    result
}

/// Ends the threads of a command.
pub(crate) fn end(runtime: tokio::runtime::Runtime) {
    runtime.shutdown_timeout(END_MAX);
}
