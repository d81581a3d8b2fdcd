//! The statements of a job: a captured workload, or a folder of SQL files.

use crate::{error::CliError, wiring::script};
use model::{Statement, Workload};
use sql::{SourceSettings, script::PieceKind};
use std::{
    collections::BTreeMap,
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
    capture::folder::read(folder).map_err(CliError::usage)
}

/// Reads the `.sql` files of a folder, in the order of their names. A statement is called after its
/// file; where a file has several, with its number.
pub(crate) fn of_sql_files(folder: &Path, settings: &SourceSettings) -> Result<Workload, CliError> {
    let shown = folder.display();
    let files = sql_files(folder)?;
    if files.is_empty() {
        return Err(CliError::usage(format!("the folder `{shown}` holds no `.sql` file")));
    }
    let mut statements = Vec::with_capacity(files.len());
    let mut sequences = BTreeMap::new();
    for (path, session) in files.iter().zip((0..SESSIONS).cycle()) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let texts = texts(path, settings)?;
        let several = texts.len() > 1;
        for (number, sql) in (1..).zip(texts) {
            let sequence = sequences.entry(session).or_insert(0);
            *sequence += 1;
            let id = if several { format!("{stem}#{number}") } else { stem.to_string() };
            let place = (format!("files-{}", session + 1), *sequence);
            statements.push(Statement::new(id, place, settings.dialect(), sql));
        }
    }
    if statements.is_empty() {
        return Err(CliError::usage(format!("the files of `{shown}` hold no statement")));
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    Workload::new(&format!("sql files:{name}"), statements)
        .map_err(|error| CliError::usage(format!("`{shown}`: {error}")))
}

/// The statements of a file. What is none of the dialect is among them: the plan says why it is not
/// replayed.
fn texts(path: &Path, settings: &SourceSettings) -> Result<Vec<String>, CliError> {
    let mut pieces = script::of_file(path, settings)?;
    let mut texts = Vec::new();
    while let Some(piece) = pieces.next()? {
        if !matches!(piece.kind, PieceKind::Comment(_)) {
            texts.push(piece.text);
        }
    }
    Ok(texts)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use model::Dialect;

    #[test]
    fn files_become_statements_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b.sql", "SELECT 2"), ("a.sql", "\u{feff}SELECT 1"), ("c.txt", "no")]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let workload = of_sql_files(folder.path(), &Dialect::Postgres.into()).unwrap();
        let read: Vec<(&str, &str)> =
            workload.statements.iter().map(|s| (s.id.as_str(), s.sql.as_str())).collect();
        assert_eq!(read, [("a", "SELECT 1"), ("b", "SELECT 2")]);
        assert_ne!(workload.statements[0].session, workload.statements[1].session);
    }

    #[test]
    fn a_file_of_several_statements_is_one_session_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ("a.sql", "-- two\nSELECT ';';\nSELECT 2;\n"),
            ("b.sql", "-- none"),
            ("c.sql", "SELECT 3;"),
            ("d.sql", "SELECT 4"),
            ("e.sql", "SELECT 5; SELECT 'open"),
        ];
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let workload = of_sql_files(folder.path(), &Dialect::Postgres.into()).unwrap();
        let read: Vec<_> = workload
            .statements
            .iter()
            .map(|s| (s.id.as_str(), s.session.as_str(), s.sequence, s.sql.as_str()))
            .collect();
        assert_eq!(
            read,
            [
                ("a#1", "files-1", 1, "SELECT ';'"),
                ("a#2", "files-1", 2, "SELECT 2"),
                ("c", "files-3", 1, "SELECT 3"),
                ("d", "files-4", 1, "SELECT 4"),
                ("e#1", "files-1", 3, "SELECT 5"),
                ("e#2", "files-1", 4, "SELECT 'open"),
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let of = |path: &Path| of_sql_files(path, &Dialect::Postgres.into()).unwrap_err();
        assert!(of(folder.path()).render(false).contains("no `.sql` file"));
        assert!(of(&folder.path().join("none")).render(false).contains("there is no folder"));
        fs::write(folder.path().join("x.sql"), [0xff, 0xfe]).unwrap();
        let error = of(folder.path());
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.render(false).contains("x.sql") && error.render(false).contains("UTF-8"));
        assert!(captured(folder.path()).unwrap_err().render(false).contains("manifest.json"));
    }
}
