//! Where `initdb` is.

use super::quiet;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
};

/// Finds `initdb` with its server beside it: in PATH, then in the folders that distributions use
/// (the newest version first), then by `pg_config --bindir`.
pub fn find_initdb() -> Option<PathBuf> {
    let in_path = env::var_os("PATH")
        .map(|path| env::split_paths(&path).collect::<Vec<_>>())
        .unwrap_or_default();
    in_path.into_iter().chain(versioned()).chain(by_pg_config()).find_map(|bin| complete(&bin))
}

/// `initdb` of this folder, links resolved, if `postgres` is beside it.
fn complete(bin: &Path) -> Option<PathBuf> {
    let initdb = fs::canonicalize(bin.join("initdb")).ok()?;
    initdb.parent()?.join("postgres").is_file().then_some(initdb)
}

fn versioned() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (parent, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/usr/local", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ] {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version = name.to_string_lossy().strip_prefix(prefix).map(str::to_owned);
            if let Some(version) = version.and_then(|version| version.parse::<u32>().ok()) {
                found.push((version, entry.path().join("bin")));
            }
        }
    }
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, bin)| bin).collect()
}

fn by_pg_config() -> Option<PathBuf> {
    let output =
        quiet(Path::new("pg_config")).arg("--bindir").stdout(Stdio::piped()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (!text.trim().is_empty()).then(|| PathBuf::from(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_initdb_does_not_serve() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("initdb"), "").unwrap();
        assert_eq!(complete(folder.path()), None);
        fs::write(folder.path().join("postgres"), "").unwrap();
        let found = complete(folder.path()).unwrap();
        assert_eq!(found.file_name().unwrap(), "initdb");
    }

    #[test]
    fn what_is_found_is_complete() {
        if let Some(initdb) = find_initdb() {
            assert!(initdb.with_file_name("postgres").is_file());
        }
    }
}
