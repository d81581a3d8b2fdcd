//! `gnomon workload stats|show DIR`: what a workload consists of.

mod show;
mod stats;

use crate::{error::CliError, exit::Exit};
use clap::Subcommand;

/// Look at workloads.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Kinds of statements, the longest and most frequent ones, and how much will be translated
    Stats(stats::Args),
    /// The statements themselves, one JSON object a line
    Show(show::Args),
}

/// Runs `gnomon workload`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    match &args.command {
        Command::Stats(args) => stats::run(args),
        Command::Show(args) => show::run(args),
    }
}
