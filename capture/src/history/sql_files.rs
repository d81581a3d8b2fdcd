//! A folder of `.sql` files, or such files: each statement in them, in its order. A file is a session.

use super::{History, Order, Out, Unread};
use crate::import::record::{Record, Unreadable, Wanted};
use model::{Dialect, Statement};
use sql::{
    SourceSettings,
    script::{PieceKind, Script},
};
use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// The largest file that is read.
const BYTES_MAX: u64 = 256 << 20;

/// Most files of one folder, and how deep folders lie in each other.
const FILES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 32;

/// Files of statements in one dialect.
#[derive(Debug)]
pub(super) struct Files {
    dialect: Dialect,
    /// The folders that were given. What names of sessions begin behind, where there is one; where there
    /// are several, names begin with that of the folder.
    folders: Vec<PathBuf>,
}

impl Files {
    /// What the session of a file is called.
    fn name(&self, path: &Path) -> String {
        let folder = self.folders.iter().filter(|folder| path.starts_with(folder));
        let folder = folder.max_by_key(|folder| folder.components().count());
        let base = match folder {
            Some(folder) if self.folders.len() > 1 => folder.parent(),
            folder => folder.map(PathBuf::as_path),
        };
        let name = base.and_then(|base| path.strip_prefix(base).ok()).unwrap_or(path);
        let name = name.to_string_lossy().replace('\\', "/");
        // Of `a.sql` and `a.SQL` one keeps its end.
        name.strip_suffix(".sql").map_or_else(|| name.clone(), str::to_owned)
    }

    pub(super) fn new(dialect: Dialect) -> Self {
        Self { dialect, folders: Vec::new() }
    }
}

impl History for Files {
    fn wanted(&self) -> &'static [Wanted] {
        &[]
    }

    fn record(&mut self, _: &Record<'_>, _: &mut Out) -> Result<(), Unreadable> {
        Err(Unreadable::new("files of statements are read as a whole"))
    }

    fn order(&self) -> Order {
        Order::BySession
    }

    fn in_folder(&self, folder: &Path) -> io::Result<Option<Vec<PathBuf>>> {
        let mut files = Vec::new();
        find(folder, 0, &mut files)?;
        files.sort();
        Ok(Some(files))
    }

    fn given_folder(&mut self, folder: &Path) {
        self.folders.push(folder.to_owned());
    }

    fn is_read_whole(&self) -> bool {
        true
    }

    fn document(&mut self, path: &Path, out: &mut Out) -> Result<(), Unread> {
        let size = fs::metadata(path)?.len();
        let text = match fs::read_to_string(path) {
            _ if size > BYTES_MAX => Err(format!("it has {size} bytes; the limit is {BYTES_MAX}")),
            Ok(text) => Ok(text),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                Err("it is no UTF-8".to_owned())
            }
            Err(error) => return Err(error.into()),
        };
        // One file of many must not keep the others from being read.
        let text = match text {
            Ok(text) => text,
            Err(why) => {
                out.found.records += 1;
                out.found.cannot_read(path, 1, why);
                return Ok(());
            }
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let name = self.name(path);
        let mut script = Script::under(&SourceSettings::of(self.dialect));
        let (mut at, mut number) = (0, 0);
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let cut = script.cut(rest, true);
            for piece in cut.pieces {
                if matches!(piece.kind, PieceKind::Comment(_)) {
                    continue;
                }
                if matches!(piece.kind, PieceKind::Refused(_)) {
                    // `\\c postgres://ana:geheim@h/db`: nobody knows what stands in such a line.
                    out.found.records += 1;
                    out.leave_out("a line for the client, or what cannot be read");
                    continue;
                }
                // What is none of the dialect is kept: the plan of a replay says why it is skipped.
                let own = rest.get(piece.span.start..piece.span.end).unwrap_or_default();
                number += 1;
                out.found.records += 1;
                let place = (name.as_str(), number);
                out.statement(Statement::new(format!("{name}#{number}"), place, self.dialect, own));
            }
            if cut.taken == 0 {
                break;
            }
            at += cut.taken;
        }
        Ok(())
    }
}

fn find(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if depth > DEPTH_MAX {
        return Err(io::Error::other(format!("folders lie more than {DEPTH_MAX} deep in it")));
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // `.git`, and the locks of editors.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let is_sql =
            |path: &Path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("sql"));
        // A link to a folder may lead back, and one to nowhere is no file.
        if entry.file_type()?.is_dir() {
            find(&entry.path(), depth + 1, files)?;
        } else if is_sql(&entry.path()) && entry.path().is_file() {
            files.push(entry.path());
        }
        if files.len() > FILES_MAX {
            return Err(io::Error::other(format!("it has more than {FILES_MAX} files")));
        }
    }
    Ok(())
}
