//! Results to stdout, everything else to stderr. A reader that goes away is no error.

use crate::error::CliError;
use anstream::{AutoStream, ColorChoice};
use std::{
    io::{self, ErrorKind, Write},
    sync::OnceLock,
};

/// What goes to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// A summary for people
    Text,
    /// Everything, for programs
    Json,
}

/// Width that texts are laid out for where no terminal says otherwise.
const WIDTH_DEFAULT: usize = 100;

/// May what goes to stdout be coloured? Honours `NO_COLOR` and `CLICOLOR_FORCE`.
pub(crate) fn stdout_color() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// The same for stderr.
pub(crate) fn stderr_color() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
}

/// How the console report is laid out on this stdout.
pub(crate) fn console_style() -> reports::console::Style {
    let width = terminal_size::terminal_size_of(io::stdout())
        .map_or(WIDTH_DEFAULT, |(width, _)| usize::from(width.0));
    reports::console::Style { color: stdout_color(), width }
}

/// Writes a result to stdout.
///
/// # Errors
/// Stdout cannot be written. That its reader has gone (a closed pipe) is no error: whoever reads
/// has all that was wanted.
pub(crate) fn result(bytes: impl AsRef<[u8]>) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    forgive(out.write_all(bytes.as_ref()).and_then(|()| out.flush()))
}

/// Does stderr consist of JSON lines? Set once, before anything is written.
static IS_JSON: OnceLock<bool> = OnceLock::new();

/// Makes stderr consist of JSON lines.
pub(crate) fn set_json() {
    // A second time changes nothing.
    let _ = IS_JSON.set(true);
}

/// Does stderr consist of JSON lines?
pub(crate) fn is_json() -> bool {
    IS_JSON.get().copied().unwrap_or(false)
}

/// A note to stderr, on a line of its own. Notes that cannot be written are lost.
pub(crate) fn note(text: impl AsRef<str>) {
    if is_json() {
        tracing::info!(event = "note", "{}", text.as_ref());
        return;
    }
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "{}", text.as_ref());
}

/// Makes a closed pipe a success.
pub(crate) fn forgive(written: io::Result<()>) -> Result<(), CliError> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CliError::unreachable(format!("stdout could not be written: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_closed_pipe_is_forgiven() {
        assert!(forgive(Ok(())).is_ok());
        assert!(forgive(Err(ErrorKind::BrokenPipe.into())).is_ok());
        assert!(forgive(Err(ErrorKind::StorageFull.into())).is_err());
    }
}
