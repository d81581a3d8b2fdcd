//! The commands, one file each.

mod audit;
mod capture;
mod compare;
mod demo;
mod explain;
mod judge;
mod report;
mod run;
mod transpile;
mod worker;
mod workload;

use crate::{error::CliError, exit::Exit};
use clap::{Parser, Subcommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  the gate holds, or the command did what it was asked for
  1  the gate fails: mismatches beyond what it lets pass, a refused statement, a broken audit log
  2  the command line or the configuration is wrong
  3  an engine, the run store or an output could not be reached
  4  incomplete: interrupted; the same command goes on

Results go to stdout, everything else to stderr. NO_COLOR is honoured; GNOMON_LOG=debug logs.";

/// Proves that a new, governed SQL engine answers a captured workload like the legacy warehouse.
#[derive(Debug, Parser)]
#[command(name = "gnomon", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What stderr consists of: lines for people, or a JSON object a line
    #[arg(long, value_enum, default_value = "text", global = true, value_name = "FORM")]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

/// What stderr consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// Notes and progress, for people
    Text,
    /// A JSON object a line, for programs; from `info` on, unless `GNOMON_LOG` says otherwise
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole flow on generated data: unchanged, then transpiled
    Demo(demo::Args),
    /// Make a workload of what a warehouse executes, or wrote down of its statements
    Capture(capture::Args),
    /// Look at workloads: what they consist of, and how much will be translated
    Workload(workload::Args),
    /// Replay a workload on both engines and judge it
    Run(run::Args),
    /// Take part in a run that several processes share
    Worker(worker::Args),
    /// Judge a recorded run again under other tolerances
    Judge(judge::Args),
    /// Write a report of a recorded run
    Report(report::Args),
    /// Translate SQL from one dialect to another, or refuse it
    Transpile(transpile::Args),
    /// Compare two files of rows, or answers of engines
    Compare(compare::Args),
    /// Check audit logs
    Audit(audit::Args),
    /// Explain a code of a rule, a tolerance or the governance pipeline
    Explain(explain::Args),
}

impl Cli {
    /// What stderr consists of.
    pub(crate) const fn log_format(&self) -> LogFormat {
        self.log_format
    }

    /// Runs the command.
    pub(crate) fn run(self) -> Result<Exit, CliError> {
        match self.command {
            Command::Demo(args) => demo::run(&args),
            Command::Capture(args) => capture::run(&args),
            Command::Workload(args) => workload::run(&args),
            Command::Run(args) => run::run(&args),
            Command::Worker(args) => worker::run(&args),
            Command::Judge(args) => judge::run(&args),
            Command::Report(args) => report::run(&args),
            Command::Transpile(args) => transpile::run(&args),
            Command::Compare(args) => compare::run(&args),
            Command::Audit(args) => audit::run(&args),
            Command::Explain(args) => explain::run(&args),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn wrong_usage_is_told_apart_from_help() {
        for words in [&["gnomon", "dmeo"][..], &["gnomon", "run", "--onyl", "x"], &["gnomon"]] {
            let error = Cli::try_parse_from(words).unwrap_err();
            assert!(error.use_stderr(), "{words:?}");
        }
        for words in [&["gnomon", "--help"][..], &["gnomon", "--version"], &["gnomon", "run", "-h"]]
        {
            assert!(!Cli::try_parse_from(words).unwrap_err().use_stderr(), "{words:?}");
        }
    }
}
