//! The statements of a job: a captured workload, or a folder of SQL files.

use crate::error::CliError;
use model::{Dialect, Statement, Workload};
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// Sessions that the files are dealt to in turn, so that replaying them is concurrent.
const SESSIONS: usize = 4;

/// Most files read from one folder.
const FILES_MAX: usize = 100_000;

/// Reads a captured workload.
pub(crate) fn captured(folder: &Path) -> Result<Workload, CliError> {
    replay::workload_dir::read(folder).map_err(CliError::usage)
}

/// Reads the `.sql` files of a folder, in the order of their names.
pub(crate) fn of_sql_files(folder: &Path, dialect: Dialect) -> Result<Workload, CliError> {
    let shown = folder.display();
    let files = sql_files(folder)?;
    if files.is_empty() {
        return Err(CliError::usage(format!("the folder `{shown}` holds no `.sql` file")));
    }
    let mut statements = Vec::with_capacity(files.len());
    for (index, path) in files.iter().enumerate() {
        let sql = read(path)?;
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        statements.push(Statement {
            id,
            session: format!("files-{}", index % SESSIONS + 1),
            sequence: (index / SESSIONS) as u64 + 1,
            time: None,
            database: None,
            user: None,
            role: None,
            dialect,
            sql,
            binds: Vec::new(),
            latency_us: None,
            rows: None,
            error: None,
        });
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    Workload::new(&format!("sql files:{name}"), statements)
        .map_err(|error| CliError::usage(format!("`{shown}`: {error}")))
}

fn sql_files(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => {
            CliError::usage(format!("there is no folder `{}` with SQL files", folder.display()))
        }
        _ => CliError::usage(format!("`{}` could not be read: {error}", folder.display())),
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("sql")) && path.is_file() {
            files.push(path);
        }
        if files.len() > FILES_MAX {
            return Err(CliError::usage(format!(
                "`{}` holds more than {FILES_MAX} SQL files",
                folder.display()
            )));
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<String, CliError> {
    let shown = path.display();
    let failed = |error: std::io::Error| {
        CliError::usage(format!("`{shown}` could not be read as UTF-8 text: {error}"))
    };
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > sql::STATEMENT_BYTES_MAX as u64 {
        return Err(CliError::usage(format!(
            "`{shown}` has {size} bytes; the longest statement has {} bytes",
            sql::STATEMENT_BYTES_MAX
        )));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    // A byte order mark is the editor's, not the statement's.
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn files_become_statements_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b.sql", "SELECT 2"), ("a.sql", "\u{feff}SELECT 1"), ("c.txt", "no")]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let workload = of_sql_files(folder.path(), Dialect::Postgres).unwrap();
        let read: Vec<(&str, &str)> =
            workload.statements.iter().map(|s| (s.id.as_str(), s.sql.as_str())).collect();
        assert_eq!(read, [("a", "SELECT 1"), ("b", "SELECT 2")]);
        assert_ne!(workload.statements[0].session, workload.statements[1].session);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let of = |path: &Path| of_sql_files(path, Dialect::Postgres).unwrap_err();
        assert!(of(folder.path()).render(false).contains("no `.sql` file"));
        assert!(of(&folder.path().join("none")).render(false).contains("there is no folder"));
        fs::write(folder.path().join("x.sql"), [0xff, 0xfe]).unwrap();
        let error = of(folder.path());
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.render(false).contains("x.sql") && error.render(false).contains("UTF-8"));
        assert!(captured(folder.path()).unwrap_err().render(false).contains("manifest.json"));
    }
}
