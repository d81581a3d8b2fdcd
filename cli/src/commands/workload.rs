//! `gnomon workload stats|show|sample|merge DIR`: what workloads consist of, and others made of them.

mod merge;
mod sample;
mod show;
mod stats;

use crate::{error::CliError, exit::Exit};
use clap::Subcommand;
use std::{fs, path::Path};

/// Look at workloads, and make others of them.
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
    /// A smaller workload that stands for this one
    Sample(sample::Args),
    /// Several workloads as one
    Merge(merge::Args),
}

/// Runs `gnomon workload`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    match &args.command {
        Command::Stats(args) => stats::run(args),
        Command::Show(args) => show::run(args),
        Command::Sample(args) => sample::run(args),
        Command::Merge(args) => merge::run(args),
    }
}

/// A workload is not written over while it is read.
fn is_another(folder: &Path, out: &Path) -> Result<(), CliError> {
    let same = fs::canonicalize(folder).ok().zip(fs::canonicalize(out).ok());
    if same.is_some_and(|(folder, out)| folder == out) {
        return Err(CliError::usage(format!(
            "`{}` is read and cannot be written over",
            out.display()
        ))
        .hint("name another folder in `--out`"));
    }
    Ok(())
}
