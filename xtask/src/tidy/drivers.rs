//! Which crate may use which of the libraries that the design keeps in one place.
//!
//! If a second crate named sqlparser or a driver, its next version would have to be taken in
//! several places at once, and values could pass the one interface by.

use super::{Finding, edges::dependencies, tree::Tree};

/// The library, the crate that knows it, and others that may depend on it.
const OWNERS: &[(&str, &str, &[&str])] = &[
    ("sqlparser", "sql", &[]),
    // The books of shared runs are kept in PostgreSQL (docs/adr/0014-fleet.md); no engine's value passes there.
    ("tokio-postgres", "engines", &["replay"]),
    ("tokio-postgres-rustls", "engines", &[]),
    ("duckdb", "engines", &[]),
    ("libduckdb-sys", "engines", &[]),
    ("datafusion", "engines", &[]),
];

/// Looks at the servers and files that the engines leave, so it may use the drivers too.
const EXEMPT: &str = "tests";

/// Checks dependencies of every kind.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = vec![];
    for package in tree.packages() {
        let Some(name) = package.get("name").and_then(|name| name.as_str()) else { continue };
        if name == EXEMPT {
            continue;
        }
        for (library, _) in dependencies(package) {
            for (owned, owner, guests) in OWNERS {
                if library == *owned && name != *owner && !guests.contains(&name) {
                    findings.push(Finding::error(
                        format!("{name}/Cargo.toml"),
                        format!(
                            "`{name}` must not depend on `{library}`: only `{owner}` knows it; \
                             use what `{owner}` offers, or add it there"
                        ),
                    ));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tidy::tree::planted;

    #[test]
    fn a_second_user_of_a_driver_is_found_also_among_dev_dependencies() {
        let depends = |name: &str, library: &str, kind: Option<&str>| json!({"name": name, "dependencies": [{"name": library, "kind": kind}]});
        let tree = planted(
            &[],
            json!({"packages": [
                depends("sql", "sqlparser", None),
                depends("engines", "duckdb", None),
                depends("tests", "tokio-postgres", None),
                depends("transpiler", "sqlparser", None),
                depends("replay", "duckdb", Some("dev")),
            ]}),
        );
        let found: Vec<_> = check(&tree).into_iter().map(|finding| finding.place).collect();
        assert_eq!(found, ["transpiler/Cargo.toml", "replay/Cargo.toml"]);
    }
}
