//! `gnomon capture …`: a workload of what a warehouse executes, or wrote down.

mod import;
mod proxy;
mod recover;
mod scrub;

use crate::{error::CliError, exit::Exit};
use clap::Subcommand;

/// Make a workload of what a warehouse executes, or wrote down of its statements.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(import::Args),
    Proxy(proxy::Args),
    Recover(recover::Args),
}

/// Runs `gnomon capture`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    match &args.command {
        Command::Import(args) => import::run(args),
        Command::Proxy(args) => proxy::run(args),
        Command::Recover(args) => recover::run(args),
    }
}
