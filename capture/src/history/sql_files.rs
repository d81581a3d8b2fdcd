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
    /// What names of sessions begin behind: the folder that was given.
    folder: PathBuf,
}

impl Files {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { dialect, folder: PathBuf::new() }
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
        folder.clone_into(&mut self.folder);
    }

    fn document(&mut self, path: &Path, out: &mut Out) -> Result<bool, Unread> {
        let size = fs::metadata(path)?.len();
        if size > BYTES_MAX {
            return Err(Unread::Another(format!("it has {size} bytes; the limit is {BYTES_MAX}")));
        }
        let text = fs::read_to_string(path).map_err(|error| match error.kind() {
            ErrorKind::InvalidData => Unread::Another("it is no UTF-8".to_owned()),
            _ => Unread::Io(error),
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let name = path.strip_prefix(&self.folder).unwrap_or(path).with_extension("");
        let name = name.to_string_lossy().replace('\\', "/");
        let mut script = Script::under(&SourceSettings::of(self.dialect));
        let (mut at, mut number) = (0, 0);
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let cut = script.cut(rest, true);
            for piece in cut.pieces {
                if matches!(piece.kind, PieceKind::Comment(_)) {
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
        Ok(true)
    }
}

fn find(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if depth > DEPTH_MAX {
        return Err(io::Error::other(format!("folders lie more than {DEPTH_MAX} deep in it")));
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A link to a folder may lead back.
        if entry.file_type()?.is_dir() {
            find(&entry.path(), depth + 1, files)?;
        } else if entry.path().extension().is_some_and(|end| end.eq_ignore_ascii_case("sql")) {
            files.push(entry.path());
        }
        if files.len() > FILES_MAX {
            return Err(io::Error::other(format!("it has more than {FILES_MAX} files")));
        }
    }
    Ok(())
}
