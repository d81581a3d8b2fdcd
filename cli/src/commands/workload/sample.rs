//! `gnomon workload sample DIR --statements N --out DIR`: a part that stands for the whole.

use crate::{
    error::CliError,
    exit::Exit,
    output::{self, Form},
    wiring::progress::Phase,
};
use capture::{
    folder::{self, Known, Writer},
    sample::{self, SampleError, Sampling, Taken},
};
use model::Manifest;
use reports::{count, counted};
use serde::Serialize;
use std::{fmt::Write as _, path::PathBuf};

const ABOUT: &str = "\
Taken are the statements that took longest (a tenth of the sample, unless --longest says otherwise), then
of each kind the one that took longest, then others by chance, those that took longer rather. The same
workload, size and seed give the same sample, which keeps sessions, order and times.";

/// A smaller workload that stands for this one.
#[derive(Debug, clap::Args)]
#[command(after_help = ABOUT)]
pub(super) struct Args {
    /// The folder of the workload
    folder: PathBuf,
    /// Statements to take
    #[arg(long, value_name = "N")]
    statements: u64,
    /// Of these, so many that took longest
    #[arg(long, value_name = "N")]
    longest: Option<u64>,
    /// Decides what is drawn
    #[arg(long, value_name = "N", default_value = "0")]
    seed: u64,
    /// The folder of the sample; one that is there is replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What goes to stdout
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
}

/// Runs `gnomon workload sample`.
pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    super::is_another(&args.folder, &args.out)?;
    let whole = folder::reader(&args.folder).map_err(CliError::usage)?.manifest().clone();
    let longest = args.longest.unwrap_or(args.statements / 10).min(args.statements);
    let sampling = Sampling { statements: args.statements, longest, seed: args.seed };
    let source = format!(
        "{} (a sample of {} of {}, {} of them the longest, seed {})",
        whole.source,
        args.statements.min(whole.statements),
        whole.statements,
        longest.min(whole.statements),
        args.seed
    );
    let known = Known { source: &source, unreadable: whole.unreadable, dropped: whole.dropped };
    let phase = Phase::start("reading the workload");
    let writer = Writer::create(&args.out).map_err(CliError::usage)?;
    let statements = || folder::reader(&args.folder).map_err(SampleError::Write);
    let sampled = sample::sample(statements, sampling, writer, known);
    drop(phase);
    let (taken, manifest) = sampled.map_err(|error| match error {
        SampleError::Read(_) => CliError::usage(format!("`{}`: {error}", args.folder.display())),
        SampleError::Write(_) | SampleError::TooMany | SampleError::Changed => {
            CliError::usage(error)
        }
    })?;
    output::result(match args.format {
        Form::Text => text(&taken, &manifest, args),
        Form::Json => json(&taken, &manifest)?,
    })?;
    Ok(Exit::Holds)
}

fn text(taken: &Taken, manifest: &Manifest, args: &Args) -> String {
    let mut text = format!(
        "took {} of {}: {} that took longest, {} as the one of its kind, {} by chance\n",
        counted(manifest.statements, "statement"),
        count(taken.of),
        count(taken.longest),
        count(taken.one_of_its_kind),
        count(taken.drawn),
    );
    // A `String` takes all that is written.
    let _ = if taken.fingerprints_missing == 0 {
        writeln!(text, "each of {} is in it", counted(taken.fingerprints, "fingerprint"))
    } else {
        writeln!(
            text,
            "{} of {} fingerprints are in it: more --statements take in the others",
            count(taken.fingerprints - taken.fingerprints_missing),
            count(taken.fingerprints),
        )
    };
    let _ = writeln!(text, "wrote {}", args.out.display());
    text
}

#[derive(Serialize)]
struct Json<'j> {
    statements: u64,
    of: u64,
    longest: u64,
    one_of_its_kind: u64,
    drawn: u64,
    fingerprints: u64,
    fingerprints_missing: u64,
    content: &'j str,
}

fn json(taken: &Taken, manifest: &Manifest) -> Result<String, CliError> {
    let json = Json {
        statements: manifest.statements,
        of: taken.of,
        longest: taken.longest,
        one_of_its_kind: taken.one_of_its_kind,
        drawn: taken.drawn,
        fingerprints: taken.fingerprints,
        fingerprints_missing: taken.fingerprints_missing,
        content: manifest.content.as_str(),
    };
    let text = serde_json::to_string_pretty(&json).map_err(CliError::usage)?;
    Ok(text + "\n")
}
