//! `cargo xtask demo`: set up, build, run the main job.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{place::Place, process, say, setup, stop::Stop};

/// Runs `gnomon demo` with `args` from the root of the workspace and passes on its exit code.
pub(crate) fn run(args: &[String]) -> Result<(), Stop> {
    let place = Place::find()?;
    setup::for_building(&place)?;
    let binary = build(&place)?;
    let mut command = Command::new(&binary);
    process::clean(&mut command, Some(&place.target));
    if let Some(programs) = setup::postgres::find() {
        setup::postgres::put_first(&mut command, &programs);
    }
    let status =
        command.current_dir(&place.root).arg("demo").args(args).status().map_err(|error| {
            Stop::failed(format!(
                "cannot start `{}`, which was just built: {error}",
                binary.display()
            ))
        })?;
    if status.success() { Ok(()) } else { Err(Stop::silent(status)) }
}

/// Builds the binary and gives its path, which depends on the target and on the user's settings.
fn build(place: &Place) -> Result<PathBuf, Stop> {
    say::note("building gnomon (from nothing this takes some minutes)");
    let output = place
        .cargo()
        .args(["build", "--package", "cli", "--bin", "gnomon"])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Stop::usage(format!("cannot start `cargo build`: {error}")))?;
    if !output.status.success() {
        return Err(Stop::silent(output.status));
    }
    executable(&String::from_utf8_lossy(&output.stdout))
        .ok_or_else(|| Stop::failed("`cargo build` gave no binary `gnomon` in the package `cli`"))
}

/// The binary named in the messages of cargo, one JSON object a line.
fn executable(messages: &str) -> Option<PathBuf> {
    messages.lines().rev().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_the_one_that_cargo_names() {
        let messages = "{\"reason\":\"compiler-artifact\",\"executable\":null}\n\
                        {\"reason\":\"compiler-artifact\",\"executable\":\"/t/debug/gnomon\"}\n\
                        {\"reason\":\"build-finished\",\"success\":true}\n";
        assert_eq!(executable(messages), Some("/t/debug/gnomon".into()));
        assert_eq!(executable("{\"reason\":\"build-finished\",\"success\":true}\n"), None);
    }
}
