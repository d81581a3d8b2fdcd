//! `gnomon capture recover DIR`: a workload of a recording that did not end properly.

use super::proxy;
use crate::{
    error::CliError,
    exit::Exit,
    output::{self, Form},
};
use std::path::PathBuf;

/// Make a workload of a recording that did not end properly
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder that `gnomon capture proxy` recorded into
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What goes to stdout
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
}

/// Runs `gnomon capture recover`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let finished = capture::proxy::finish(&args.folder).map_err(proxy::unfinished)?;
    output::result(match args.format {
        Form::Text => proxy::text(&finished, None, &args.folder),
        Form::Json => proxy::json(&finished, None)?,
    })?;
    Ok(Exit::Holds)
}
