//! The libduckdb that the set-up fetches is the one that the locked crate is made for.

use super::{Finding, tree::Tree, versions::locked};
use crate::setup::DUCKDB_VERSION;

/// Checks the version of libduckdb-sys in Cargo.lock against that of the set-up.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let lock = tree.text("Cargo.lock").unwrap_or_default();
    locked(lock, "libduckdb-sys")
        .filter_map(|version| {
            let wanted = duckdb_version(version);
            (wanted.as_deref() != Some(DUCKDB_VERSION)).then(|| {
                Finding::error(
                    "xtask/src/setup/libduckdb.rs",
                    format!(
                        "the set-up fetches DuckDB {DUCKDB_VERSION}, and libduckdb-sys {version} \
                         wants {}: update the version and the digests there",
                        wanted.as_deref().unwrap_or("a release that its version does not tell")
                    ),
                )
            })
        })
        .collect()
}

/// libduckdb-sys counts its versions as `1.MAJOR_MINOR_PATCH.x`: 1.10505.0 is for DuckDB 1.5.5.
fn duckdb_version(version: &str) -> Option<String> {
    let number: u32 = version.split('.').nth(1)?.parse().ok()?;
    (number >= 10_000)
        .then(|| format!("{}.{}.{}", number / 10_000, number / 100 % 100, number % 100))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tidy::tree::planted;

    fn findings(version: &str) -> usize {
        let lock = format!("[[package]]\nname = \"libduckdb-sys\"\nversion = \"{version}\"\n");
        check(&planted(&[("Cargo.lock", &lock)], Value::Null)).len()
    }

    #[test]
    fn another_release_in_the_lock_file_is_found() {
        assert_eq!(findings("1.10505.0"), 0);
        assert_eq!(findings("1.10505.1"), 0);
        assert_eq!(findings("1.10600.0"), 1);
        assert_eq!(findings("1.4.4"), 1);
    }

    #[test]
    fn the_version_is_decoded() {
        assert_eq!(duckdb_version("1.10505.0").unwrap(), "1.5.5");
        assert_eq!(duckdb_version("1.11012.3").unwrap(), "1.10.12");
        assert_eq!(duckdb_version("1.4.4"), None);
    }
}
