//! Reports as files. Each is complete under its name or not there at all.

use crate::error::CliError;
use clap::ValueEnum;
use model::report::RunReport;
use reports::{
    ReportError,
    console::{self, Style},
    html, json, junit, markdown,
};
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

/// Formats of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Plain text for a terminal
    Text,
    /// One self-contained page
    Html,
    /// Everything, for programs
    Json,
    /// JUnit XML for CI
    Junit,
    /// A summary for a pull request
    Markdown,
}

impl Format {
    /// Writes `report` as a file, without colours.
    pub(crate) fn write(self, report: &RunReport, out: &mut dyn Write) -> Result<(), ReportError> {
        match self {
            Self::Text => console::write_console(report, FILE_STYLE, out),
            Self::Html => html::write_html(report, out),
            Self::Json => json::write_json(report, out),
            Self::Junit => junit::write_junit(report, out),
            Self::Markdown => markdown::write_markdown(report, out),
        }
    }

    /// The report as bytes for stdout; `style` is that of the terminal.
    pub(crate) fn bytes(self, report: &RunReport, style: Style) -> Result<Vec<u8>, CliError> {
        let mut bytes = Vec::new();
        match self {
            Self::Text => console::write_console(report, style, &mut bytes),
            _ => self.write(report, &mut bytes),
        }
        .map_err(CliError::unreachable)?;
        Ok(bytes)
    }
}

/// How text is laid out in a file.
const FILE_STYLE: Style = Style { color: false, width: 100 };

/// The folder of a run that is named by it, or by the run's id in the folder `runs`.
pub(crate) fn run_folder(run: &Path, runs: &Path) -> PathBuf {
    let named = runs.join(run);
    if run.is_dir() || !named.is_dir() { run.to_owned() } else { named }
}

/// Writes a file by `write`, making the folders on the way.
pub(crate) fn write(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), ReportError>,
) -> Result<(), CliError> {
    let shown = path.display();
    let failed = |error: std::io::Error| {
        CliError::unreachable(format!("`{shown}` could not be written: {error}"))
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut name = path
        .file_name()
        .map(std::ffi::OsStr::to_owned)
        .ok_or_else(|| CliError::usage(format!("`{shown}` is not the name of a file")))?;
    name.push(".tmp");
    let temporary = path.with_file_name(name);
    let written = File::create(&temporary).map_err(failed).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out).map_err(|error| CliError::unreachable(format!("`{shown}`: {error}")))?;
        out.flush().map_err(failed)?;
        drop(out);
        fs::rename(&temporary, path).map_err(failed)
    });
    if written.is_err() {
        // What is left is half a report at most; the error itself matters more.
        let _ = fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Error, ErrorKind};

    #[test]
    fn a_file_is_whole_or_absent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/report.txt");
        write(&path, |out| {
            out.write_all(b"one").unwrap();
            Ok(())
        })
        .unwrap();
        let error = write(&path, |out| {
            out.write_all(b"tw").unwrap();
            let source = Error::from(ErrorKind::StorageFull);
            Err(ReportError::Io { format: "text", source })
        });
        assert!(error.unwrap_err().render(false).contains("report.txt"));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
