//! Where we are: the workspace, its target folder, and what cargo knows about it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{process, stop::Stop};

/// The workspace that `cargo xtask` was called in.
pub(crate) struct Place {
    /// The folder of the workspace's manifest.
    pub(crate) root: PathBuf,
    /// The target folder, absolute, whether it comes from the environment, a configuration file
    /// or the default.
    pub(crate) target: PathBuf,
    /// The answer of `cargo metadata --no-deps`.
    pub(crate) metadata: Value,
}

impl Place {
    /// Asks cargo. Needs no network: dependencies are not resolved.
    pub(crate) fn find() -> Result<Self, Stop> {
        let mut command = Command::new(process::cargo_program());
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        process::clean(&mut command, None);
        let output = command
            .output()
            .map_err(|error| Stop::usage(format!("cannot start `cargo metadata`: {error}")))?;
        if !output.status.success() {
            return Err(Stop::usage(format!(
                "`cargo metadata` failed: call `cargo xtask` inside the repository\n{}",
                String::from_utf8_lossy(&output.stderr).trim_end()
            )));
        }
        Self::read(&output.stdout)
    }

    fn read(json: &[u8]) -> Result<Self, Stop> {
        let metadata: Value = serde_json::from_slice(json).map_err(|error| {
            Stop::failed(format!("`cargo metadata` gave something that is not JSON: {error}"))
        })?;
        let folder = |key: &str| {
            metadata.get(key).and_then(Value::as_str).map(PathBuf::from).ok_or_else(|| {
                Stop::failed(format!("`cargo metadata` gave no `{key}`: is this cargo too old?"))
            })
        };
        let root = folder("workspace_root")?;
        let target = folder("target_directory")?;
        Ok(Self { root, target, metadata })
    }

    /// A `cargo` call from the root of the workspace that builds where everything else builds.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(process::cargo_program());
        self.prepare(&mut command);
        command
    }

    /// Starts `command` from the root, in the environment of a user's own shell and with the
    /// target folder spelled out: libduckdb-sys finds its library through `CARGO_TARGET_DIR`
    /// and knows nothing of a target folder that is set in a configuration file.
    pub(crate) fn prepare(&self, command: &mut Command) {
        process::clean(command, Some(&self.target));
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
    }

    /// `path` as the user would type it from the root of the workspace.
    pub(crate) fn short<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_cargo_gives_root_and_target() {
        let place =
            Place::read(br#"{"workspace_root":"/a/b","target_directory":"/c/t","packages":[]}"#)
                .unwrap();
        assert_eq!(
            (place.root.as_path(), place.target.as_path()),
            ("/a/b".as_ref(), "/c/t".as_ref())
        );
        assert_eq!(place.short(Path::new("/a/b/x.rs")), Path::new("x.rs"));
        let envs: Vec<_> = place
            .cargo()
            .get_envs()
            .filter(|(key, value)| *key == "CARGO_TARGET_DIR" && value.is_some())
            .map(|(_, value)| value.unwrap().to_os_string())
            .collect();
        assert_eq!(envs, ["/c/t"]);
    }

    #[test]
    fn an_answer_without_a_target_folder_is_an_error() {
        let Err(stop) = Place::read(br#"{"workspace_root":"/a"}"#) else { panic!("no error") };
        assert!(stop.message().unwrap().contains("`target_directory`"));
    }

    #[test]
    fn this_workspace_is_found() {
        let place = Place::find().unwrap_or_else(|stop| panic!("{stop:?}"));
        assert!(place.root.join("xtask/Cargo.toml").is_file());
        assert!(place.target.is_absolute());
    }
}
