//! `gnomon audit verify FILE`: is an audit log what was written?

use crate::{error::CliError, exit::Exit, output};
use clap::Subcommand;
use governance::audit::{VerifyError, verify};
use std::{
    fs::File,
    io::{BufReader, ErrorKind},
    path::{Path, PathBuf},
};

/// Check audit logs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check every record of an audit log and the chain of their hashes
    ///
    /// Records cut off at the end leave a shorter log that is sound. To notice that, write the
    /// head down elsewhere and give it by `--head`.
    Verify {
        /// The audit log
        file: PathBuf,
        /// The hash that the last record must have
        #[arg(long, value_name = "SHA256")]
        head: Option<String>,
    },
}

/// Runs `gnomon audit`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    match &args.command {
        Command::Verify { file, head } => verify_file(file, head.as_deref()),
    }
}

fn verify_file(path: &Path, head: Option<&str>) -> Result<Exit, CliError> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => CliError::usage(format!("there is no audit log `{shown}`"))
            .hint("a run writes `audit.jsonl` into its store's folder unless its configuration says otherwise"),
        _ => CliError::unreachable(format!("the audit log `{shown}` could not be read: {error}")),
    })?;
    let summary = match verify(BufReader::new(file)) {
        Ok(summary) => summary,
        Err(VerifyError::Broken(broken)) => {
            return Err(CliError::new(Exit::Fails, format!("`{shown}`: {broken}"))
                .hint("the records before it are sound; keep the file as evidence"));
        }
        Err(VerifyError::Io(error)) => {
            return Err(CliError::unreachable(format!("`{shown}` could not be read: {error}")));
        }
    };
    if let Some(head) = head
        && !summary.head.as_str().eq_ignore_ascii_case(head.trim())
    {
        return Err(CliError::new(
            Exit::Fails,
            format!(
                "`{shown}` holds {} sound records, but its head is `{}` and not `{head}`",
                summary.records, summary.head
            ),
        )
        .hint("records were cut off at the end or added since the head was written down"));
    }
    output::result(format!("{summary}\n"))?;
    Ok(Exit::Holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use governance::{AuditLog, Durability};

    fn verify(path: &Path, head: Option<&str>) -> Result<Exit, CliError> {
        verify_file(path, head)
    }

    #[test]
    fn a_missing_file_is_wrong_usage_and_a_broken_one_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        assert_eq!(verify(&path, None).unwrap_err().exit(), Exit::Usage);
        drop(AuditLog::open(&path, Durability::Flush).unwrap());
        assert_eq!(verify(&path, None).unwrap(), Exit::Holds);
        assert_eq!(verify(&path, Some("abc")).unwrap_err().exit(), Exit::Fails);
        std::fs::write(&path, "{}\n").unwrap();
        assert_eq!(verify(&path, None).unwrap_err().exit(), Exit::Fails);
    }
}
