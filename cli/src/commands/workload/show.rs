//! `gnomon workload show DIR`: statements as JSON lines.

use crate::{error::CliError, exit::Exit, output};
use capture::folder;
use model::Statement;
use std::{
    io::{self, BufWriter, Write as _},
    path::PathBuf,
};

/// The statements themselves, one JSON object a line.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder of the workload
    folder: PathBuf,
    /// Only statements of this fingerprint
    #[arg(long)]
    fingerprint: Option<String>,
    /// Only the statement of this id
    #[arg(long)]
    id: Option<String>,
    /// Only statements of this session
    #[arg(long)]
    session: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Args {
    fn is_wanted(&self, statement: &Statement) -> bool {
        let is = |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|w| w == own);
        is(&self.id, &statement.id)
            && is(&self.session, &statement.session)
            && self
                .fingerprint
                .as_ref()
                .is_none_or(|wanted| *wanted == capture::stats::fingerprint(statement, None))
    }
}

/// Runs `gnomon workload show`.
pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let reader = folder::reader(&args.folder).map_err(CliError::usage)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut left = args.limit.unwrap_or(usize::MAX);
    for statement in reader {
        if left == 0 {
            break;
        }
        let statement = statement
            .map_err(|error| CliError::usage(format!("`{}`: {error}", args.folder.display())))?;
        if args.is_wanted(&statement) {
            left -= 1;
            let line = serde_json::to_string(&statement).map_err(CliError::usage)?;
            if let Err(error) = writeln!(out, "{line}") {
                output::forgive(Err(error))?;
                return Ok(Exit::Holds);
            }
        }
    }
    output::forgive(out.flush())?;
    Ok(Exit::Holds)
}
