//! One version of each library whose types cross from crate to crate.
//!
//! With two, a batch of one is no batch of the other, and the compiler says so in a way that
//! nobody understands (docs/adr/0001-versions-and-linking.md).

use super::{Finding, tree::Tree};

/// The libraries that may be there once only.
const ONCE: &[&str] = &[
    "arrow",
    "arrow-array",
    "arrow-schema",
    "datafusion",
    "duckdb",
    "libduckdb-sys",
    "parquet",
    "rusqlite",
    "rustls",
    "sqlparser",
    "tokio-postgres",
];

/// Checks Cargo.lock.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(lock) = tree.text("Cargo.lock") else {
        return vec![Finding::error(
            "Cargo.lock",
            "missing, and it belongs to the repository: run `cargo generate-lockfile`",
        )];
    };
    ONCE.iter()
        .filter_map(|library| {
            let versions: Vec<&str> = locked(lock, library).collect();
            (versions.len() > 1).then(|| {
                Finding::error(
                    "Cargo.lock",
                    format!(
                        "`{library}` is there in versions {}: choose dependencies that agree on \
                         one (`cargo tree --invert {library}@VERSION` says who wants which)",
                        versions.join(" and ")
                    ),
                )
            })
        })
        .collect()
}

/// The versions of `library` in the text of a lock file.
pub(super) fn locked<'a>(lock: &'a str, library: &str) -> impl Iterator<Item = &'a str> {
    let wanted = format!("name = \"{library}\"");
    let mut lines = lock.lines();
    std::iter::from_fn(move || {
        lines.by_ref().find(|line| *line == wanted)?;
        lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tidy::tree::planted;

    fn package(name: &str, version: &str) -> String {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"x\"\n\n")
    }

    fn findings(packages: &[(&str, &str)]) -> Vec<String> {
        let lock: String = packages.iter().map(|(name, version)| package(name, version)).collect();
        let tree = planted(&[("Cargo.lock", &lock)], Value::Null);
        check(&tree).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn two_arrows_are_found() {
        let found = findings(&[("arrow", "58.2.0"), ("arrow", "60.0.0"), ("sqlparser", "0.62.0")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("`arrow` is there in versions 58.2.0 and 60.0.0"), "{found:?}");
    }

    #[test]
    fn two_versions_of_something_else_are_fine() {
        let found =
            findings(&[("hashbrown", "0.14.5"), ("hashbrown", "0.17.1"), ("arrow", "58.2.0")]);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn a_missing_lock_file_is_found() {
        assert_eq!(check(&planted(&[], Value::Null)).len(), 1);
    }
}
