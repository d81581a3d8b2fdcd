//! `gnomon workload stats DIR`: the first look at a workload.

use crate::{
    error::CliError,
    exit::Exit,
    output::{self, Form},
    wiring::{catalog, progress::Phase, transpiling},
};
use capture::{
    folder,
    stats::{self, Cover, Coverage, Covered, Group, Kind, Stats, Weight},
};
use model::{Dialect, Fidelity, Statement, catalog::CatalogTable};
use reports::counted;
use serde::Serialize;
use sql::SourceSettings;
use std::{cell::RefCell, collections::BTreeMap, ffi::OsString, fmt::Write as _, path::PathBuf};
use transpiler::Transpiler;

/// Characters of a text in the summary.
const TEXT_CHARS: usize = 60;

const ABOUT: &str = "\
With --to, one statement of each group that reads is translated, and the shares say how much of the
workload will be: of its statements, and of the time that they took. With --catalog names and types are
known, which is what a replay does; without it what needs them is refused.";

/// Kinds of statements, the longest and most frequent ones, and how much will be translated.
#[derive(Debug, clap::Args)]
#[command(after_help = ABOUT)]
pub(super) struct Args {
    /// The folder of the workload
    folder: PathBuf,
    /// How much is translated to this dialect: duckdb, datafusion or postgres
    #[arg(long, value_name = "DIALECT")]
    to: Option<Dialect>,
    /// The tables: a file, `postgres://…` or `duckdb:FILE`; see `gnomon transpile --help`
    #[arg(long, value_name = "FILE|ENGINE", requires = "to")]
    catalog: Option<OsString>,
    /// A setting of the source system, as `name=value`; may stand several times
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// Groups that are listed, those that took longest first
    #[arg(long, value_name = "N", default_value = "10")]
    top: usize,
    /// What to write
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
}

/// Translates by the transpiler, of each dialect that statements are in.
struct Translator<'t> {
    to: Dialect,
    settings: Option<&'t SourceSettings>,
    tables: &'t [CatalogTable],
    by_source: RefCell<BTreeMap<String, Transpiler>>,
}

impl Cover for Translator<'_> {
    fn cover(&self, statement: &Statement) -> Coverage {
        let mut by_source = self.by_source.borrow_mut();
        let from = statement.dialect;
        let transpiler = by_source.entry(from.to_string()).or_insert_with(|| {
            let own = self.settings.filter(|settings| settings.dialect() == from);
            let settings = own.cloned().unwrap_or_else(|| SourceSettings::of(from));
            Transpiler::under(settings, self.to, self.tables)
        });
        match transpiling::translated(transpiler, &statement.sql, &statement.binds) {
            Ok(Ok(translation)) => match translation.fidelity {
                Fidelity::Exact => Coverage::Exact,
                Fidelity::Approximate => Coverage::Approximate,
            },
            Ok(Err(refusal)) => {
                let first = refusal.diagnostics.into_iter().next();
                let first = first.map(|first| (first.code, first.message));
                let (code, message) = first.unwrap_or_default();
                Coverage::Refused { code, message }
            }
            Err(message) => Coverage::Refused { code: "panic".to_owned(), message },
        }
    }
}

/// Runs `gnomon workload stats`.
pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let reader = folder::reader(&args.folder).map_err(CliError::usage)?;
    args.to.map(transpiling::check_target).transpose()?;
    let mut statements = reader.peekable();
    let from = match statements.peek() {
        Some(Ok(first)) => first.dialect,
        _ => Dialect::Postgres,
    };
    let is_set = !args.settings.is_empty();
    let settings = is_set.then(|| transpiling::settings(from, &args.settings)).transpose()?;
    let tables = match &args.catalog {
        Some(spec) => catalog::of_given(spec, from)?,
        None => Vec::new(),
    };
    let translator = args.to.map(|to| Translator {
        to,
        settings: settings.as_ref(),
        tables: &tables,
        by_source: RefCell::default(),
    });
    let cover = translator.as_ref().map(|translator| translator as &dyn Cover);
    let phase = Phase::start("reading the workload");
    let found = stats::of(statements, settings.as_ref(), cover);
    drop(phase);
    let mut found =
        found.map_err(|error| CliError::usage(format!("`{}`: {error}", args.folder.display())))?;
    let groups = found.groups.len();
    found.groups.truncate(args.top);
    output::result(match args.format {
        Form::Text => text(&found, groups, args.to),
        Form::Json => json(&found, groups)?,
    })?;
    Ok(Exit::Holds)
}

#[derive(Serialize)]
struct Told<'s> {
    /// All, of which some are listed.
    fingerprints: usize,
    #[serde(flatten)]
    stats: &'s Stats,
}

fn json(stats: &Stats, fingerprints: usize) -> Result<String, CliError> {
    let text = serde_json::to_string_pretty(&Told { fingerprints, stats });
    Ok(text.map_err(CliError::usage)? + "\n")
}

const fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Read => "read",
        Kind::Write => "write",
        Kind::Command => "session, transaction or command",
        Kind::Unparsable => "cannot be parsed",
        Kind::Incomplete => "cut, or redacted as a whole",
    }
}

/// A share in percent. What is not all is never shown as 100, nor what is something as 0.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 || part == 0 {
        return "0 %".to_owned();
    }
    if part == whole {
        return "100 %".to_owned();
    }
    let tenths = (u128::from(part) * 1_000 / u128::from(whole)).clamp(1, 999);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn line(text: &mut String, what: &str, weight: Weight, of: Weight) {
    let time = share(weight.latency_us, of.latency_us);
    let statements = share(weight.statements, of.statements);
    let count = weight.statements;
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  {what:<34} {count:>12}  {statements:>8}  {time:>8} of the time");
}

fn text(stats: &Stats, groups: usize, to: Option<Dialect>) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} of {}, {} and {}",
        counted(stats.all.statements, "statement"),
        counted(groups as u64, "fingerprint"),
        counted(stats.sessions, "session"),
        counted(stats.users, "user")
    );
    for (kind, weight) in &stats.kinds {
        line(&mut text, named(*kind), *weight, stats.all);
    }
    line(&mut text, "read what may change by itself", stats.volatile, stats.all);
    line(&mut text, "not whole, and not replayed", stats.incomplete, stats.all);
    line(&mut text, "failed when captured", stats.failed, stats.all);
    if stats.untimed > 0 {
        let untimed = counted(stats.untimed, "statement");
        let _ = writeln!(text, "  {untimed} without a latency");
    }
    if let (Some(covered), Some(to)) = (&stats.covered, to) {
        coverage(&mut text, covered, to);
    }
    if !stats.groups.is_empty() {
        let _ = writeln!(text, "\nThe longest together:");
    }
    for group in &stats.groups {
        listed(&mut text, group, stats.all);
    }
    text
}

fn coverage(text: &mut String, covered: &Covered, to: Dialect) {
    let mut reads = covered.exact;
    for more in [covered.approximate, covered.refused] {
        reads.statements += more.statements;
        reads.latency_us += more.latency_us;
    }
    let _ = writeln!(text, "\nOf what reads, translated to {to}:");
    line(text, "exactly", covered.exact, reads);
    line(text, "up to a stated caveat", covered.approximate, reads);
    line(text, "not", covered.refused, reads);
    for refused in &covered.refusals {
        let _ = writeln!(
            text,
            "    {}: {} of {}: {}",
            refused.code,
            counted(refused.weight.statements, "statement"),
            counted(refused.fingerprints, "fingerprint"),
            shown(&refused.message, TEXT_CHARS)
        );
    }
}

fn listed(text: &mut String, group: &Group, all: Weight) {
    let covered = match &group.coverage {
        None => named(group.kind).to_owned(),
        Some(Coverage::Exact) => "exact".to_owned(),
        Some(Coverage::Approximate) => "approximate".to_owned(),
        Some(Coverage::Refused { code, .. }) => format!("refused by {code}"),
    };
    let _ = writeln!(
        text,
        "  {}  {:>8} ×  {:>8} of the time  {covered}\n      {}",
        group.fingerprint,
        group.weight.statements,
        share(group.weight.latency_us, all.latency_us),
        shown(&group.example, TEXT_CHARS)
    );
}

/// A text on one line, cut where it is long.
fn shown(text: &str, most: usize) -> String {
    let text: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    let one = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one.chars().count() <= most {
        return one;
    }
    let cut: String = one.chars().take(most.saturating_sub(1)).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_never_rounded_to_all_or_none() {
        let shares = [(0, 5), (5, 5), (1, 3), (1, 1_000_000), (999_999, 1_000_000), (1, 0)];
        let shown = shares.map(|(part, whole)| share(part, whole));
        assert_eq!(shown, ["0 %", "100 %", "33.3 %", "0.1 %", "99.9 %", "0 %"]);
    }

    #[test]
    fn a_text_is_shown_on_one_line() {
        assert_eq!(shown("SELECT\n  1\t\u{7}", 20), "SELECT 1");
        assert_eq!(shown("SELECT 12345", 8), "SELECT …");
    }
}
