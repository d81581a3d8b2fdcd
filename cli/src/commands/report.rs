//! `gnomon report RUN`: a report of a recorded run. Touches no engine.

use crate::{
    error::CliError,
    exit::Exit,
    output,
    wiring::files::{self, Format},
};
use model::report::RunReport;
use replay::Store;
use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

/// Write a report of a recorded run.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the run, its id in the folder of the runs, or a JSON report
    run: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Where to write it; without one, or for `-`, to stdout
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Replace the values of rows, literals and messages, and keep all else, so that the report may be
    /// given to others
    #[arg(long)]
    redact: bool,
    /// Folder of the runs
    #[arg(long, value_name = "DIR", default_value = "runs")]
    runs: PathBuf,
}

/// Runs `gnomon report`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let mut report = read(&args.run, &args.runs)?;
    if args.redact {
        report = reports::redact::run(&report);
    }
    match args.out.as_deref().filter(|path| *path != Path::new("-")) {
        Some(path) => {
            files::write(path, |out| args.format.write(&report, out))?;
            output::note(format!("wrote {}", path.display()));
        }
        None => output::result(args.format.bytes(&report, output::console_style())?)?,
    }
    Ok(Exit::Holds)
}

fn read(run: &Path, runs: &Path) -> Result<RunReport, CliError> {
    if run.is_file() {
        let file = File::open(run).map_err(|error| {
            CliError::usage(format!("`{}` could not be read: {error}", run.display()))
        })?;
        return reports::json::read_json(BufReader::new(file))
            .map_err(|error| CliError::usage(format!("`{}`: {error}", run.display())));
    }
    Ok(Store::open(&files::run_folder(run, runs))?.report()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_run_is_wrong_usage() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(Path::new("none"), folder.path()).unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.render(false).contains("no run at `none`"), "{error:?}");
    }

    #[test]
    fn a_file_that_is_no_report_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        std::fs::write(&path, "{}").unwrap();
        let error = read(&path, folder.path()).unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.render(false).contains("x.json"), "{error:?}");
    }
}
