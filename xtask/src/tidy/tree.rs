//! What the checks look at, read once.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{place::Place, stop::Stop};

/// Larger files are data; the check of sizes reports them.
const TEXT_BYTES_MAX: u64 = 4 << 20;

/// One file of the repository.
#[derive(Debug)]
pub(crate) struct File {
    /// From the root, with `/`.
    pub(crate) path: String,
    /// The content, if it is text of a reasonable size.
    pub(crate) text: Option<String>,
    pub(crate) bytes: u64,
}

/// The working tree, and what cargo says about it.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    /// Every file that is or would be committed, by path.
    pub(crate) files: Vec<File>,
    /// `cargo metadata --no-deps`.
    pub(crate) metadata: Value,
}

impl Tree {
    /// Reads the tree of `place`.
    pub(crate) fn read(place: &Place) -> Result<Self, Stop> {
        let mut paths = match listed_by_git(&place.root) {
            Some(paths) => paths,
            None => walked(place)?,
        };
        paths.sort();
        paths.dedup();
        let files = paths
            .into_iter()
            // Git also lists what was deleted and not committed yet.
            .filter(|path| place.root.join(path).is_file())
            .map(|path| read(&place.root, path))
            .collect::<Result<_, _>>()?;
        Ok(Self { root: place.root.clone(), files, metadata: place.metadata.clone() })
    }

    /// The text of the file at `path`.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path)?.text.as_deref()
    }

    /// The Rust files with their text.
    pub(crate) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(|file| Path::new(&file.path).extension().is_some_and(|end| end == "rs"))
            .filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// The packages of the workspace.
    pub(crate) fn packages(&self) -> impl Iterator<Item = &Value> {
        self.metadata.get("packages").and_then(Value::as_array).into_iter().flatten()
    }
}

fn read(root: &Path, path: String) -> Result<File, Stop> {
    let full = root.join(&path);
    let cannot = |error: std::io::Error| Stop::failed(format!("cannot read `{path}`: {error}"));
    let bytes = fs::metadata(&full).map_err(cannot)?.len();
    let text = if bytes > TEXT_BYTES_MAX {
        None
    } else {
        String::from_utf8(fs::read(&full).map_err(cannot)?).ok()
    };
    Ok(File { path, text, bytes })
}

/// Tracked files, and new ones that are not ignored.
fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// Every file of an unpacked archive, where git cannot tell, less the target folder and the
/// folders that `.gitignore` names with a `/` in front.
fn walked(place: &Place) -> Result<Vec<String>, Stop> {
    let ignored: Vec<PathBuf> = fs::read_to_string(place.root.join(".gitignore"))
        .unwrap_or_default()
        .lines()
        .filter_map(|line| Some(place.root.join(line.trim().strip_prefix('/')?)))
        .collect();
    let mut found = vec![];
    let mut folders = vec![place.root.clone()];
    while let Some(folder) = folders.pop() {
        let cannot = |error: std::io::Error| {
            Stop::failed(format!("cannot read the folder `{}`: {error}", folder.display()))
        };
        for entry in fs::read_dir(&folder).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let path = entry.path();
            let kind = entry.file_type().map_err(cannot)?;
            let skipped = path == place.target || ignored.contains(&path);
            if skipped || entry.file_name() == ".git" || kind.is_symlink() {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
            } else if let Ok(short) = path.strip_prefix(&place.root) {
                found.push(short.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(found)
}

/// A tree out of nothing, to plant violations in.
#[cfg(test)]
pub(crate) fn planted(files: &[(&str, &str)], metadata: Value) -> Tree {
    let file = |(path, text): &(&str, &str)| File {
        path: (*path).to_owned(),
        text: Some((*text).to_owned()),
        bytes: text.len() as u64,
    };
    Tree { root: "/repo".into(), files: files.iter().map(file).collect(), metadata }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_and_the_walk_see_the_same_source_files() {
        let place = Place::find().unwrap_or_else(|stop| panic!("{stop:?}"));
        let walked = walked(&place).unwrap_or_else(|stop| panic!("{stop:?}"));
        assert!(walked.iter().any(|path| path == "xtask/src/tidy/tree.rs"));
        assert!(!walked.iter().any(|path| path.starts_with(".git/")));
        if let Some(listed) = listed_by_git(&place.root) {
            for path in listed.iter().filter(|path| path.starts_with("xtask/src/")) {
                assert!(walked.contains(path), "{path}");
            }
        }
    }

    #[test]
    fn this_tree_is_read() {
        let place = Place::find().unwrap_or_else(|stop| panic!("{stop:?}"));
        let tree = Tree::read(&place).unwrap_or_else(|stop| panic!("{stop:?}"));
        assert!(tree.text("Cargo.toml").unwrap().contains("[workspace]"));
        assert!(tree.packages().count() > 5);
        assert!(tree.rust().any(|(path, _)| path == "xtask/src/main.rs"));
    }
}
