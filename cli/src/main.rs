//! Stage: all of them in order; takes a command line, gives reports and an exit code.
//! Never: holds a rule of its own about SQL, verdicts or policy; it wires the stages together
//! (the flow is in `pipeline`) and talks with people.

mod commands;
mod config;
mod error;
mod exit;
mod output;
mod pipeline;
mod suggest;
mod wiring;

use clap::Parser as _;
use commands::LogFormat;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Trees and rows are many small pieces: a third faster than with the system's allocator
/// (docs/benchmarks.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Names the levels of the log on stderr, for example `debug` or `replay=trace`.
const LOG_VARIABLE: &str = "GNOMON_LOG";

fn main() -> ExitCode {
    let cli = match commands::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to stdout and are no error; a closed pipe does not matter.
            let _ = error.print();
            let exit = if error.use_stderr() { exit::Exit::Usage } else { exit::Exit::Holds };
            return exit.into();
        }
    };
    log(cli.log_format());
    match cli.run() {
        Ok(exit) => exit.into(),
        Err(error) if output::is_json() => {
            let exit: u8 = error.exit().code();
            tracing::error!(event = "error", exit, "{}", error.render(false));
            error.exit().into()
        }
        Err(error) => {
            output::note(error.render(output::stderr_color()));
            error.exit().into()
        }
    }
}

/// Starts the log: nothing unless it is asked for, or JSON lines of all that is told otherwise.
fn log(format: LogFormat) {
    let default = match format {
        LogFormat::Text => "off",
        LogFormat::Json => "warn,gnomon=info",
    };
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new(default));
    // Lines that cannot be written are lost; telling so would be lost as well, or worse.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => {
            output::set_json();
            log.json().flatten_event(true).with_current_span(false).init();
        }
    }
}
