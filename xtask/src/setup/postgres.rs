//! Finds the programs of PostgreSQL, and installs them where that is allowed.
//!
//! Only the programs are wanted (`initdb`, `postgres`): the tests make throw-away clusters of
//! their own. A system's server is neither needed nor started.

use std::{
    env, fs, iter,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use crate::{
    process::{self, Ended},
    say,
    stop::Stop,
};

mod install;

use install::{Manager, Privilege, Step};

/// Names the folder of the programs, for those who keep them at an unusual place.
pub(crate) const VARIABLE: &str = "GNOMON_POSTGRES_BIN";
const STEP_LIMIT: Duration = Duration::from_mins(15);
const PROBE_LIMIT: Duration = Duration::from_secs(10);

/// Where distributions put a version's programs; `*` stands for one folder name.
const USUAL: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// The folder with `initdb` and `postgres`, if there is one.
pub(crate) fn find() -> Option<PathBuf> {
    if let Some(folder) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        return complete(PathBuf::from(folder));
    }
    let in_path = process::find("initdb").and_then(|initdb| {
        // Distributions link it from elsewhere; its companions lie beside the real one.
        complete(fs::canonicalize(initdb).ok()?.parent()?.to_path_buf())
    });
    in_path
        .or_else(|| USUAL.iter().flat_map(|pattern| matches(pattern)).find_map(complete))
        .or_else(pg_config)
}

fn complete(folder: PathBuf) -> Option<PathBuf> {
    ["initdb", "postgres"]
        .iter()
        .all(|program| folder.join(format!("{program}{}", env::consts::EXE_SUFFIX)).is_file())
        .then_some(folder)
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").stderr(Stdio::null()).output().ok()?;
    complete(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// The folders that fit `pattern`, the highest version first.
fn matches(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![pattern.into()] };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(parent) else { return vec![] };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name.strip_prefix(prefix)?;
            let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
            let rest = after.trim_start_matches('/');
            let folder = Path::new(parent).join(&name);
            let folder = if rest.is_empty() { folder } else { folder.join(rest) };
            Some((digits.parse().unwrap_or(0), folder))
        })
        .collect();
    found.sort_by(|left, right| right.cmp(left));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// Has `command` look for programs in `folder` first.
pub(crate) fn put_first(command: &mut Command, folder: &Path) {
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = iter::once(folder.to_path_buf()).chain(env::split_paths(&rest));
    // A folder whose name holds the separator cannot be named there; it is then left out.
    if let Ok(path) = env::join_paths(folders) {
        command.env("PATH", path);
    }
}

/// The folder with the programs; installs them if they are missing and that is allowed.
pub(crate) fn require() -> Result<PathBuf, Stop> {
    if let Some(folder) = find() {
        return Ok(folder);
    }
    if let Some(folder) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        return Err(Stop::usage(format!(
            "`{VARIABLE}` names `{}`, which does not hold `initdb` and `postgres`: correct it or \
             unset it",
            Path::new(&folder).display()
        )));
    }
    let Some(manager) = Manager::present(|program| process::find(program).is_some()) else {
        return Err(Stop::usage(install::by_hand(None)));
    };
    let Some(steps) = manager.steps(privilege()) else {
        return Err(Stop::usage(install::by_hand(Some(manager))));
    };
    say::note("PostgreSQL: `initdb` not found, installing it (the programs only, no server)");
    for step in steps {
        say::note(&format!("running `{}`", step.shown));
        run(&step).map_err(|why| {
            Stop::usage(format!(
                "installing PostgreSQL failed: {why}\n{}",
                install::by_hand(Some(manager))
            ))
        })?;
    }
    find().ok_or_else(|| {
        Stop::usage(format!(
            "PostgreSQL was installed, but `initdb` and `postgres` were not found: set \
             `{VARIABLE}` to the folder that holds them"
        ))
    })
}

fn run(step: &Step) -> Result<(), String> {
    let Some((program, args)) = step.words.split_first() else { return Ok(()) };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null());
    match process::bounded(&mut command, STEP_LIMIT) {
        Ok(Ended::With(status)) if status.success() => Ok(()),
        Ok(Ended::With(status)) => Err(format!("`{}` ended with {status}", step.shown)),
        Ok(Ended::OutOfTime) => {
            Err(format!("`{}` did not end within {} s", step.shown, STEP_LIMIT.as_secs()))
        }
        Err(error) => Err(format!("`{program}` cannot be started: {error}")),
    }
}

/// What this user may do without being asked for a password.
fn privilege() -> Privilege {
    if env::var("USER").is_ok_and(|user| user == "root") || user_id().as_deref() == Some("0") {
        return Privilege::Root;
    }
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", "true"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match process::bounded(&mut sudo, PROBE_LIMIT) {
        Ok(Ended::With(status)) if status.success() => Privilege::Sudo,
        _ => Privilege::None,
    }
}

fn user_id() -> Option<String> {
    let output = Command::new("id").arg("-u").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_version_comes_first_by_number() {
        let root = env::temp_dir().join(format!("xtask-pg-{}", std::process::id()));
        for version in ["9", "16", "15", "contrib"] {
            let bin = root.join("postgresql").join(version).join("bin");
            fs::create_dir_all(&bin).unwrap();
            if version != "16" {
                fs::write(bin.join("initdb"), "").unwrap();
                fs::write(bin.join("postgres"), "").unwrap();
            }
        }
        let found = matches(&format!("{}/postgresql/*/bin", root.display()));
        let first = found.iter().cloned().find_map(complete);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found[0], root.join("postgresql/16/bin"));
        assert_eq!(first, Some(root.join("postgresql/15/bin")), "16 is not complete");
        assert_eq!(found.last().unwrap(), &root.join("postgresql/contrib/bin"));
    }

    #[test]
    fn a_command_finds_the_programs_first() {
        let mut command = Command::new("true");
        put_first(&mut command, Path::new("/opt/pg/bin"));
        let path = command.get_envs().find(|(key, _)| *key == "PATH").unwrap().1.unwrap();
        assert_eq!(env::split_paths(path).next().unwrap(), Path::new("/opt/pg/bin"));
        assert!(env::split_paths(path).count() > 1);
    }

    #[test]
    fn a_pattern_may_end_in_the_version() {
        let root = env::temp_dir().join(format!("xtask-pgx-{}", std::process::id()));
        fs::create_dir_all(root.join("postgresql17")).unwrap();
        let found = matches(&format!("{}/postgresql*", root.display()));
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, [root.join("postgresql17")]);
    }
}
