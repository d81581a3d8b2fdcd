//! `gnomon workload merge DIR DIR… --out DIR`: several workloads as one.

use crate::{error::CliError, exit::Exit, output, wiring::progress::Phase};
use capture::{
    folder::{self, Known, Writer},
    merge::{self, MergeError, Part},
};
use reports::counted;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Several workloads as one, in the order of their times.
///
/// Sessions and ids begin with the name of the folder that they are from, so that sessions of two workloads
/// never become one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folders of the workloads
    #[arg(required = true, num_args = 2.., value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// The folder of the merged workload; one that is there is replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Runs `gnomon workload merge`.
pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let mut known_by_content = BTreeMap::new();
    let (mut parts, mut sources) = (Vec::new(), Vec::new());
    let (mut unreadable, mut dropped) = (0_u64, 0_u64);
    for (folder, name) in args.folders.iter().zip(names(&args.folders)) {
        super::is_another(folder, &args.out)?;
        let statements = folder::reader(folder).map_err(CliError::usage)?;
        let manifest = statements.manifest();
        // Of a night without statements there may be several.
        if manifest.statements > 0
            && let Some(other) = known_by_content.insert(manifest.content.clone(), folder)
        {
            return Err(CliError::usage(format!(
                "`{}` and `{}` hold the same statements",
                other.display(),
                folder.display()
            ))
            .hint("give each workload once"));
        }
        unreadable = unreadable.saturating_add(manifest.unreadable);
        dropped = dropped.saturating_add(manifest.dropped);
        sources.push(format!("{name}: {}", manifest.source));
        parts.push(Part { name, statements });
    }
    let source = sources.join(" + ");
    let phase = Phase::start("merging the workloads");
    let writer = Writer::create(&args.out).map_err(CliError::usage)?;
    let merged = merge::merge(parts, writer, Known { source: &source, unreadable, dropped });
    drop(phase);
    let manifest = merged.map_err(|error| match error {
        MergeError::Read { .. } | MergeError::Write(_) => CliError::usage(error),
    })?;
    output::result(format!(
        "merged {} of {} from {} into {}\n",
        counted(manifest.statements, "statement"),
        counted(manifest.sessions, "session"),
        counted(args.folders.len() as u64, "workload"),
        args.out.display()
    ))?;
    Ok(Exit::Holds)
}

/// The last part of each path; numbered where that is not enough to tell them apart.
fn names(folders: &[PathBuf]) -> Vec<String> {
    let short = |folder: &Path| {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        name.unwrap_or_else(|| "workload".to_owned())
    };
    let mut taken = BTreeSet::new();
    let unique = folders.iter().map(|folder| {
        let name = short(folder);
        let mut unique = name.clone();
        for number in 2.. {
            if taken.insert(unique.clone()) {
                break;
            }
            unique = format!("{name}-{number}");
        }
        unique
    });
    unique.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_never_the_same() {
        let folders = ["a/w", "b/w", "w-2", "..", "b/w/"].map(PathBuf::from);
        assert_eq!(names(&folders), ["w", "w-2", "w-2-2", "workload", "w-3"]);
    }
}
