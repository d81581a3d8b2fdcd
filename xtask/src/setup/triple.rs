//! Which platform is built for.

use std::{env, process::Command};

/// The target triple of the build: `CARGO_BUILD_TARGET`, else the host of the compiler.
pub(crate) fn of_build() -> Result<String, String> {
    if let Some(triple) = env::var("CARGO_BUILD_TARGET").ok().filter(|triple| !triple.is_empty()) {
        return Ok(triple);
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(&rustc)
        .arg("-vV")
        .output()
        .map_err(|error| format!("cannot start `{} -vV`: {error}", rustc.display()))?;
    host(&String::from_utf8_lossy(&output.stdout))
        .ok_or_else(|| format!("`{} -vV` names no host", rustc.display()))
}

fn host(version: &str) -> Option<String> {
    version.lines().find_map(|line| line.strip_prefix("host: ")).map(|host| host.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_read_from_the_compiler() {
        let text = "rustc 1.95.0 (abc 2026-04-01)\nbinary: rustc\nhost: aarch64-apple-darwin\n";
        assert_eq!(host(text).unwrap(), "aarch64-apple-darwin");
        assert_eq!(host("rustc 1.95.0\n"), None);
        assert!(of_build().unwrap().contains('-'));
    }
}
