//! Starting other programs: a clean environment, and a bound on the time they may take.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs::File,
    io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How often a program with a time limit is looked at.
const POLL: Duration = Duration::from_millis(25);

/// The cargo that runs us, so that every step uses one toolchain.
pub(crate) fn cargo_program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Takes out of `command`'s environment what `cargo run` put there for xtask itself.
///
/// Build scripts ask cargo to run them again when `CARGO_MANIFEST_DIR` or `CARGO_PKG_NAME`
/// changes (ring does): without this, `cargo build` and `cargo xtask test` would rebuild half the
/// tree in turns. `target` names the folder whose libraries cargo put on the library path: a
/// binary that is started from here has to find its libraries as it would from a shell.
pub(crate) fn clean(command: &mut Command, target: Option<&Path>) {
    for (key, _) in env::vars_os() {
        if is_about_xtask(&key) {
            command.env_remove(key);
        }
    }
    for key in ["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"] {
        let Some(value) = env::var_os(key) else { continue };
        match without_cargo_folders(&value, target) {
            Some(rest) => command.env(key, rest),
            None => command.env_remove(key),
        };
    }
}

fn is_about_xtask(key: &OsStr) -> bool {
    let key = key.to_string_lossy();
    key.starts_with("CARGO_PKG_")
        || matches!(
            key.as_ref(),
            "CARGO_MANIFEST_DIR"
                | "CARGO_MANIFEST_PATH"
                | "CARGO_CRATE_NAME"
                | "CARGO_BIN_NAME"
                | "CARGO_PRIMARY_PACKAGE"
        )
}

/// The library path without the target folder and the toolchain, or nothing if nothing is left.
fn without_cargo_folders(value: &OsStr, target: Option<&Path>) -> Option<OsString> {
    let toolchain = env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let kept: Vec<PathBuf> = env::split_paths(value)
        .filter(|folder| {
            let inside =
                |parent: Option<&Path>| parent.is_some_and(|parent| folder.starts_with(parent));
            !folder.as_os_str().is_empty() && !inside(target) && !inside(toolchain.as_deref())
        })
        .collect();
    if kept.is_empty() { None } else { env::join_paths(kept).ok() }
}

/// The full path of `program`, looked for in `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(format!("{program}{}", env::consts::EXE_SUFFIX)))
        .find(|candidate| candidate.is_file())
}

/// How a program with a time limit ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// By itself.
    With(ExitStatus),
    /// It was stopped when its time was over.
    OutOfTime,
}

/// Runs `command` without input, its standard output and error in `log`, for at most `limit`.
pub(crate) fn logged(command: &mut Command, log: &Path, limit: Duration) -> io::Result<Ended> {
    let out = File::create(log)?;
    let err = out.try_clone()?;
    bounded(command.stdin(Stdio::null()).stdout(out).stderr(err), limit)
}

/// Runs `command` for at most `limit`; where its output goes is the caller's choice.
pub(crate) fn bounded(command: &mut Command, limit: Duration) -> io::Result<Ended> {
    let mut child = command.spawn()?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ended::With(status));
        }
        if Instant::now() >= deadline {
            end(&mut child)?;
            return Ok(Ended::OutOfTime);
        }
        thread::sleep(POLL);
    }
}

fn end(child: &mut Child) -> io::Result<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_says_about_xtask_is_taken_out_and_the_rest_stays() {
        for key in ["CARGO_PKG_NAME", "CARGO_PKG_VERSION_PRE", "CARGO_MANIFEST_DIR"] {
            assert!(is_about_xtask(OsStr::new(key)), "{key}");
        }
        for key in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_INCREMENTAL", "CARGO", "PATH"] {
            assert!(!is_about_xtask(OsStr::new(key)), "{key}");
        }
    }

    #[test]
    fn the_library_path_keeps_only_the_folders_of_the_user() {
        let target = Some(Path::new("/t"));
        let value = OsStr::new("/t/debug:/t/debug/deps:/usr/lib/mine");
        assert_eq!(without_cargo_folders(value, target).unwrap(), "/usr/lib/mine");
        assert_eq!(without_cargo_folders(OsStr::new("/t/debug"), target), None);
    }

    #[test]
    fn a_program_that_does_not_end_is_stopped_in_time() {
        let started = Instant::now();
        let ended = bounded(Command::new("sleep").arg("60"), Duration::from_millis(100)).unwrap();
        assert!(matches!(ended, Ended::OutOfTime), "{ended:?}");
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_program_that_ends_gives_its_code() {
        let ended = bounded(Command::new("sh").args(["-c", "exit 3"]), POLL * 400).unwrap();
        assert!(matches!(ended, Ended::With(status) if status.code() == Some(3)), "{ended:?}");
    }

    #[test]
    fn a_program_is_found_in_the_path_or_not_at_all() {
        assert!(find("sh").is_some_and(|path| path.is_absolute()));
        assert_eq!(find("no-such-program-anywhere"), None);
    }
}
