//! `gnomon capture import --source SOURCE FILE… --out DIR`: a workload of what a warehouse wrote down.

use super::scrub::Scrubbing;
use crate::{
    error::CliError,
    exit::Exit,
    output::{self, Form},
    wiring::{importing::Importing, interrupt, runtime},
};
use capture::{
    Source, Values,
    import::{self, Found, ImportError, Request},
};
use model::{Dialect, Manifest};
use reports::counted;
use serde::Serialize;
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

/// Examples of unreadable records that a summary shows.
const EXAMPLES_SHOWN: usize = 5;

const ABOUT: &str = "\
Sources:
  postgres-csvlog, postgres-jsonlog   the server's log. Best set log_min_duration_statement = 0,
                                      log_statement = none, log_parameter_max_length_on_error = -1
  redshift-sys                        SYS_QUERY_HISTORY, and SYS_QUERY_TEXT for texts that are cut
  redshift-stl                        STL_QUERY, and STL_QUERYTEXT for texts that are cut
  redshift-activity                   the user activity log
  snowflake                           ACCOUNT_USAGE.QUERY_HISTORY
  bigquery                            INFORMATION_SCHEMA.JOBS
  databricks                          system.query.history
  mysql-slow                          the slow log. Best set long_query_time = 0
  bigquery-audit                      the audit log, as Cloud Logging exports it
  dbt                                 run_results.json with manifest.json beside it, or their folder
  sql-files                           files of statements, or a folder of them, in --dialect

A file may be CSV, JSON lines, a JSON array or Parquet, packed by gzip or zstd; how it begins tells.
Records that cannot be read are counted and named, and end nothing. Passwords are never kept. What is
cut, redacted or lacks its parameters is marked, and a replay skips it.";

/// Import logs or exported histories
#[derive(Debug, clap::Args)]
#[command(after_help = ABOUT)]
pub(crate) struct Args {
    /// What wrote the files
    #[arg(long, value_name = "SOURCE")]
    source: Source,
    /// The files, in any order
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// In which dialect statements are, where the source does not tell
    #[arg(long, value_name = "DIALECT")]
    dialect: Option<Dialect>,
    /// The folder of the workload; one that is there is replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    scrub: Scrubbing,
    /// What goes to stdout
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
}

/// Runs `gnomon capture import`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let Args { source, files, dialect, out, scrub, format } = args;
    let paths = (files.clone(), out.clone());
    let (found, manifest) = runtime::run(imported((*source, *dialect), paths, scrub.values()?))?;
    output::result(match format {
        Form::Text => text(&found, &manifest, out),
        Form::Json => json(&found, &manifest)?,
    })?;
    Ok(Exit::Holds)
}

async fn imported(
    (source, dialect): (Source, Option<Dialect>),
    (files, out): (Vec<PathBuf>, PathBuf),
    values: Values,
) -> Result<(Found, Manifest), CliError> {
    let stop = interrupt::listen();
    let importing = tokio::task::spawn_blocking(move || {
        let watch = Importing::new(stop);
        let found =
            import::import(Request { source, files: &files, dialect, out: &out, values }, &watch);
        watch.finish();
        found
    });
    importing.await.map_err(CliError::interrupted)?.map_err(|error| match error {
        ImportError::Read { .. } | ImportError::Sort(_) => CliError::unreachable(error),
        ImportError::AnotherSource { .. } | ImportError::Write(_) => CliError::usage(error),
        ImportError::Dialect(_) => CliError::usage(error)
            .hint("`--dialect` is for `sql-files`, and for `dbt` without a manifest"),
        ImportError::Stopped => CliError::interrupted(error),
    })
}

#[derive(Serialize)]
struct Summary<'s> {
    found: &'s Found,
    manifest: &'s Manifest,
}

fn json(found: &Found, manifest: &Manifest) -> Result<String, CliError> {
    let summary = Summary { found, manifest };
    let text = serde_json::to_string_pretty(&summary).map_err(CliError::usage)?;
    Ok(text + "\n")
}

fn text(found: &Found, manifest: &Manifest, out: &Path) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let mut line = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    line(format!(
        "{} of {} in {}, from {}",
        counted(manifest.statements, "statement"),
        counted(manifest.sessions, "session"),
        out.display(),
        counted(found.records, "record")
    ));
    if let (Some(first), Some(last)) = (manifest.first_time, manifest.last_time) {
        line(format!("from {} to {}", first.to_rfc3339(), last.to_rfc3339()));
    }
    for (count, noun, what) in [
        (manifest.truncated, "statement", "cut, and not replayed"),
        (manifest.redacted, "statement", "with parts that were taken out, and not replayed"),
        (manifest.unbound, "statement", "without the values of its parameters, and not replayed"),
        (found.untimed, "statement", "without a time that could be read"),
        (found.joined, "record", "added to the statement of another one"),
    ] {
        if count > 0 {
            line(format!("{} {what}", counted(count, noun)));
        }
    }
    if !found.left_out.is_empty() {
        line("left out:".to_owned());
    }
    for (what, count) in &found.left_out {
        line(format!("  {count} × {what}"));
    }
    if found.unreadable > 0 {
        line(format!("{} not read:", counted(found.unreadable, "record")));
    }
    for example in found.examples.iter().take(EXAMPLES_SHOWN) {
        let shown: String = example.why.chars().filter(|c| !c.is_control()).collect();
        line(format!("  {}:{}: {shown}", example.file.display(), example.line));
    }
    text
}
