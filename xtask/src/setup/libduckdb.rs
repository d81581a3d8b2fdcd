//! Puts the official prebuilt libduckdb where libduckdb-sys looks for it.
//!
//! `.cargo/config.toml` sets `DUCKDB_DOWNLOAD_LIB`: the build script of libduckdb-sys then uses
//! `<target folder>/duckdb-download/<triple>/<version>/libduckdb.so`, and downloads it from
//! DuckDB's releases where it is missing. Many networks let package registries through and
//! nothing else, so this step takes the same library from the npm package of DuckDB's own Node
//! bindings. It is done by the `npm` client, which knows the user's mirror and proxy.
//! Where npm does not answer, nothing is put there and the build script downloads.

use std::{
    env,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant, SystemTime},
};

use super::{sha256, triple};
use crate::{
    place::Place,
    process::{self, Ended},
    say,
    stop::Stop,
};

/// The DuckDB release that the crate `duckdb` in Cargo.lock is made for.
pub(crate) const DUCKDB_VERSION: &str = "1.5.5";
/// The release of the Node bindings that carry it.
const NPM_VERSION: &str = "1.5.5-r.5";
/// 24 to 40 MB, so even a slow line is through.
const NPM_LIMIT: Duration = Duration::from_mins(5);
const UNPACK_LIMIT: Duration = Duration::from_mins(2);
/// Longer than another set-up can take.
const LOCK_LIMIT: Duration = Duration::from_mins(8);

/// Where the library for one platform comes from.
#[derive(Debug)]
struct Source {
    triple: &'static str,
    npm: &'static str,
    library: &'static str,
    /// Of the library itself, not of the package.
    sha256: &'static str,
}

/// The platforms of the Node bindings for which libduckdb-sys can use the file as it is.
/// (Windows also needs an import library, which the npm package does not hold.)
const SOURCES: &[Source] = &[
    Source {
        triple: "x86_64-unknown-linux-gnu",
        npm: "@duckdb/node-bindings-linux-x64",
        library: "libduckdb.so",
        sha256: "fc23f12e376c47be520f75221288281906e7942e8fd6f6ce4849198ba60d0405",
    },
    Source {
        triple: "aarch64-unknown-linux-gnu",
        npm: "@duckdb/node-bindings-linux-arm64",
        library: "libduckdb.so",
        sha256: "d00d007f3f7ca1f2896a5e4b89c2ce141bf0508506a9d6d56f9598b8e59d074e",
    },
    Source {
        triple: "aarch64-apple-darwin",
        npm: "@duckdb/node-bindings-darwin-arm64",
        library: "libduckdb.dylib",
        sha256: "b9027d18ef3e8d960568f77e946a83ca68009cb22d71cf7f94de842afdd094d8",
    },
    Source {
        triple: "x86_64-apple-darwin",
        npm: "@duckdb/node-bindings-darwin-x64",
        library: "libduckdb.dylib",
        sha256: "b9027d18ef3e8d960568f77e946a83ca68009cb22d71cf7f94de842afdd094d8",
    },
];

/// Makes sure that the library is there, or leaves it to the build script and says why.
pub(crate) fn seed(place: &Place) -> Result<(), Stop> {
    if env::var_os("DUCKDB_LIB_DIR").is_some() {
        say::note("libduckdb: `DUCKDB_LIB_DIR` is set, so the build uses the library there");
        return Ok(());
    }
    let triple = triple::of_build().map_err(Stop::usage)?;
    let Some(source) = SOURCES.iter().find(|source| source.triple == triple) else {
        say::note(&format!(
            "libduckdb: there is no npm package for `{triple}`; the build downloads libduckdb \
             itself or says that none exists (then build DuckDB yourself and set `DUCKDB_LIB_DIR`)"
        ));
        return Ok(());
    };
    let folder = place.target.join("duckdb-download").join(source.triple).join(DUCKDB_VERSION);
    let npm = process::find("npm");
    match seed_into(&folder, source, npm.as_deref(), NPM_LIMIT)? {
        Seeded::AlreadyThere => say::note(&format!("libduckdb {DUCKDB_VERSION}: in place")),
        Seeded::Fetched => say::note(&format!(
            "libduckdb {DUCKDB_VERSION}: put into `{}`",
            place.short(&folder).display()
        )),
        Seeded::LeftToBuild(why) => say::note(&format!(
            "libduckdb: {why}; the build will download it from DuckDB's releases instead"
        )),
    }
    Ok(())
}

/// What became of one platform's library.
#[derive(Debug, PartialEq, Eq)]
enum Seeded {
    /// It was there before.
    AlreadyThere,
    /// It came from npm and was verified.
    Fetched,
    /// There is none, for this reason.
    LeftToBuild(String),
}

/// Makes sure that the library of `source` lies in `folder`, if npm can bring it within `limit`.
fn seed_into(
    folder: &Path,
    source: &Source,
    npm: Option<&Path>,
    limit: Duration,
) -> Result<Seeded, Stop> {
    let library = folder.join(source.library);
    if is_verified(&library, source.sha256) {
        return Ok(Seeded::AlreadyThere);
    }
    fs::create_dir_all(folder).map_err(|error| cannot("create", folder, &error))?;
    let _lock = lock(&folder.join(".setup.lock"), LOCK_LIMIT)?;
    if is_verified(&library, source.sha256) || adopt(&library, source)? {
        return Ok(Seeded::AlreadyThere);
    }
    let scratch = Scratch::create(folder)?;
    match fetch(source, &scratch.path, npm, limit) {
        Err(NotFetched::NoAnswer(why)) => Ok(Seeded::LeftToBuild(why)),
        Err(NotFetched::Wrong(why)) => Err(Stop::failed(why)),
        Ok(unpacked) => {
            install(&unpacked, &library, source.sha256)?;
            Ok(Seeded::Fetched)
        }
    }
}

/// Takes over a library that is there without our stamp. Returns whether it may stay.
fn adopt(library: &Path, source: &Source) -> Result<bool, Stop> {
    if !library.is_file() {
        return Ok(false);
    }
    let digest = sha256::of(library).map_err(Stop::failed)?;
    if digest == source.sha256 {
        stamp(library, source.sha256)?;
        return Ok(true);
    }
    // The build script leaves the archive of DuckDB's release beside what it unpacks.
    let downloaded = library.parent().is_some_and(|folder| {
        fs::read_dir(folder).is_ok_and(|entries| {
            entries.flatten().any(|entry| entry.path().extension().is_some_and(|e| e == "zip"))
        })
    });
    if !downloaded {
        say::note(&format!(
            "libduckdb: `{}` is not the expected file (cut short?) and is replaced",
            library.display()
        ));
    }
    Ok(downloaded)
}

/// Why there is no library from npm.
#[derive(Debug)]
enum NotFetched {
    /// npm or a tool is missing, or the registry does not answer: somebody else may do it.
    NoAnswer(String),
    /// The package is not what it should be: nobody should go on.
    Wrong(String),
}

/// Has npm fetch the package into `scratch`, unpacks and verifies the library.
fn fetch(
    source: &Source,
    scratch: &Path,
    npm: Option<&Path>,
    limit: Duration,
) -> Result<PathBuf, NotFetched> {
    let package = format!("{}@{NPM_VERSION}", source.npm);
    let Some(npm) = npm else {
        return Err(NotFetched::NoAnswer("npm is not installed".to_owned()));
    };
    say::note(&format!("libduckdb: fetching {package} with npm"));
    let mut pack = Command::new(npm);
    pack.args(["pack", package.as_str(), "--ignore-scripts", "--pack-destination", "."])
        .args(["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"])
        .current_dir(scratch);
    run(&mut pack, "npm pack", &scratch.join("npm.log"), limit)?;
    let archive = fs::read_dir(scratch)
        .ok()
        .and_then(|entries| {
            entries
                .flatten()
                .map(|entry| entry.path())
                .find(|p| p.extension().is_some_and(|e| e == "tgz"))
        })
        .ok_or_else(|| NotFetched::NoAnswer("`npm pack` left no package".to_owned()))?;
    let member = format!("package/{}", source.library);
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(&archive).arg(&member).current_dir(scratch);
    run(&mut tar, "tar", &scratch.join("tar.log"), UNPACK_LIMIT)?;
    let library = scratch.join(member);
    let digest = sha256::of(&library).map_err(NotFetched::NoAnswer)?;
    if digest == source.sha256 {
        return Ok(library);
    }
    Err(NotFetched::Wrong(format!(
        "`{}` in {package} has the SHA-256 {digest}, and {} was expected: nothing was installed. \
         Ask whoever runs the package mirror, or set `DUCKDB_LIB_DIR` to a folder with libduckdb \
         {DUCKDB_VERSION} that you trust",
        source.library, source.sha256
    )))
}

fn run(command: &mut Command, name: &str, log: &Path, limit: Duration) -> Result<(), NotFetched> {
    let why = match process::logged(command, log, limit) {
        Ok(Ended::With(status)) if status.success() => return Ok(()),
        Ok(Ended::With(status)) => {
            let text = fs::read(log).unwrap_or_default();
            format!("`{name}` failed ({status}){}", last_words(&String::from_utf8_lossy(&text)))
        }
        Ok(Ended::OutOfTime) => format!("`{name}` did not end within {} s", limit.as_secs()),
        Err(error) => format!("`{name}` cannot be started: {error}"),
    };
    Err(NotFetched::NoAnswer(why))
}

/// The first line of a log that says what is wrong, shortened. (Some of npm's lines are single
/// facts of few words: `npm error errno ECONNREFUSED`.)
fn last_words(log: &str) -> String {
    const WORDS_MIN: usize = 6;
    let lines = || log.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines()
        .find(|line| line.contains("error") && line.split_whitespace().count() >= WORDS_MIN)
        .or_else(|| lines().next_back());
    line.map_or_else(String::new, |line| {
        format!(": {}", line.chars().take(200).collect::<String>())
    })
}

/// Moves the library to its place in one step, so that no build ever sees half of it.
fn install(unpacked: &Path, library: &Path, digest: &str) -> Result<(), Stop> {
    fs::rename(unpacked, library).map_err(|error| cannot("write", library, &error))?;
    stamp(library, digest)
}

/// Remembers which file was verified, so that the next set-up need not read 70 MB again.
fn stamp(library: &Path, digest: &str) -> Result<(), Stop> {
    let path = stamp_path(library);
    let text = stamp_text(library, digest)
        .ok_or_else(|| Stop::failed(format!("cannot read `{}`", library.display())))?;
    fs::write(&path, text).map_err(|error| cannot("write", &path, &error))
}

fn is_verified(library: &Path, digest: &str) -> bool {
    match (fs::read_to_string(stamp_path(library)), stamp_text(library, digest)) {
        (Ok(found), Some(expected)) => found == expected,
        _ => false,
    }
}

fn stamp_path(library: &Path) -> PathBuf {
    library.with_extension("verified")
}

fn stamp_text(library: &Path, digest: &str) -> Option<String> {
    let metadata = fs::metadata(library).ok()?;
    let changed = metadata.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(format!("{digest} {} bytes, changed {}\n", metadata.len(), changed.as_nanos()))
}

/// Two set-ups at the same time (two terminals, two CI jobs with one cache) take turns.
fn lock(path: &Path, limit: Duration) -> Result<File, Stop> {
    let file = File::create(path).map_err(|error| cannot("create", path, &error))?;
    let deadline = Instant::now() + limit;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(cannot("lock", path, &error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                return Err(Stop::failed(format!(
                    "another set-up holds `{}` for more than {} s: end it and try again",
                    path.display(),
                    limit.as_secs()
                )));
            }
            Err(TryLockError::WouldBlock) => {
                if !told {
                    say::note("waiting for another set-up");
                    told = true;
                }
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// A folder on the file system of the library (so that it can be moved there), gone at the end.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Call it with the lock held: it also clears away what a killed set-up left.
    fn create(parent: &Path) -> Result<Self, Stop> {
        let path = parent.join(".setup");
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|error| cannot("remove", &path, &error))?;
        }
        fs::create_dir(&path).map_err(|error| cannot("create", &path, &error))?;
        Ok(Self { path })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The next set-up tries again.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn cannot(verb: &str, path: &Path, error: &std::io::Error) -> Stop {
    Stop::failed(format!(
        "cannot {verb} `{}`: {error}; the target folder has to be writable, see `CARGO_TARGET_DIR`",
        path.display()
    ))
}

#[cfg(test)]
mod tests;
