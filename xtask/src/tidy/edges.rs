//! Which crate of the workspace may depend on which.
//!
//! Stages meet only in the artifacts of `model`: a stage that depends on another stage could no
//! longer be replaced, tested or run on a recording by itself.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Finding, tree::Tree};

/// Who may depend on whom; `*` stands for everybody. A new crate gets its row here, and its
/// invariant in docs/architecture.md.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("sql", &["model"]),
    ("capture", &["model", "sql", "files"]),
    ("transpiler", &["model", "sql"]),
    ("engines", &["model"]),
    ("files", &["model"]),
    ("governance", &["model", "sql", "engines", "transpiler"]),
    ("replay", &["model", "sql", "engines"]),
    ("compare", &["model"]),
    ("equivalence", &["model", "sql", "engines", "compare"]),
    ("reports", &["model"]),
    ("corpora", &["model"]),
    ("cli", &["*"]),
    ("tests", &["*"]),
    ("xtask", &[]),
];

/// Checks normal and build dependencies against the table, and all of them for circles.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = vec![];
    let mut all_edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let names: Vec<&str> = tree.packages().filter_map(name).collect();
    for package in tree.packages() {
        let Some(from) = name(package) else { continue };
        let row = ALLOWED.iter().find(|(crate_name, _)| *crate_name == from);
        if row.is_none() {
            findings.push(Finding::error(
                format!("{from}/Cargo.toml"),
                format!(
                    "the crate `{from}` has no row in the table of xtask/src/tidy/edges.rs: add one"
                ),
            ));
        }
        for (to, kind) in dependencies(package) {
            if !names.contains(&to) {
                continue;
            }
            all_edges.entry(from).or_default().push(to);
            let allowed =
                row.is_none_or(|(_, to_these)| to_these.contains(&"*") || to_these.contains(&to));
            // Tests may reach wherever they like, as long as that makes no circle.
            if !allowed && kind != Some("dev") {
                findings.push(Finding::error(
                    format!("{from}/Cargo.toml"),
                    format!(
                        "`{from}` must not depend on `{to}`: move what both need into `model`, or \
                         let `cli` bring them together"
                    ),
                ));
            }
        }
    }
    findings.extend(circle(&all_edges).map(|path| {
        Finding::error(
            "Cargo.toml",
            format!("dependencies go round in a circle: {}", path.join(" -> ")),
        )
    }));
    findings
}

fn name(package: &Value) -> Option<&str> {
    package.get("name")?.as_str()
}

/// The name (not the alias) and the kind of each dependency.
pub(super) fn dependencies(package: &Value) -> impl Iterator<Item = (&str, Option<&str>)> {
    package.get("dependencies").and_then(Value::as_array).into_iter().flatten().filter_map(
        |dependency| Some((name(dependency)?, dependency.get("kind").and_then(Value::as_str))),
    )
}

/// The first circle found, with its start repeated at the end.
fn circle<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    fn visit<'a>(
        at: &'a str,
        edges: &BTreeMap<&'a str, Vec<&'a str>>,
        path: &mut Vec<&'a str>,
        done: &mut Vec<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if let Some(start) = path.iter().position(|seen| *seen == at) {
            return Some(path.iter().skip(start).copied().chain([at]).collect());
        }
        if done.contains(&at) {
            return None;
        }
        path.push(at);
        for to in edges.get(at).into_iter().flatten() {
            if let Some(found) = visit(to, edges, path, done) {
                return Some(found);
            }
        }
        path.pop();
        done.push(at);
        None
    }
    let mut done = vec![];
    edges.keys().find_map(|start| visit(start, edges, &mut vec![], &mut done))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tidy::tree::planted;

    /// `from` depends on each of `to`, with its kind (`null` is a normal dependency).
    fn package(from: &str, to: &[(&str, Value)]) -> Value {
        let dependencies: Vec<Value> =
            to.iter().map(|(to, kind)| json!({"name": to, "kind": kind})).collect();
        json!({"name": from, "dependencies": dependencies})
    }

    fn findings(packages: &[Value]) -> Vec<String> {
        let tree = planted(&[], json!({"packages": packages}));
        check(&tree).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn edges_of_the_table_pass() {
        let packages = vec![
            package("model", &[("serde", Value::Null)]),
            package("sql", &[("model", Value::Null)]),
            package("compare", &[("model", Value::Null), ("sql", json!("dev"))]),
            package("cli", &[("compare", Value::Null), ("sql", Value::Null)]),
        ];
        assert_eq!(findings(&packages), [""; 0]);
    }

    #[test]
    fn a_stage_on_a_stage_is_found() {
        let packages =
            vec![package("compare", &[]), package("replay", &[("compare", Value::Null)])];
        let found = findings(&packages);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("`replay` must not depend on `compare`"), "{found:?}");
    }

    #[test]
    fn a_build_dependency_counts_like_a_normal_one() {
        let packages = vec![package("cli", &[]), package("model", &[("cli", json!("build"))])];
        assert_eq!(findings(&packages).len(), 1);
    }

    #[test]
    fn a_circle_through_a_dev_dependency_is_found() {
        let packages = vec![
            package("model", &[("tests", json!("dev"))]),
            package("tests", &[("model", Value::Null)]),
        ];
        assert_eq!(
            findings(&packages),
            ["dependencies go round in a circle: model -> tests -> model"]
        );
    }

    #[test]
    fn a_crate_without_a_row_is_found() {
        let found = findings(&[package("helpers", &[])]);
        assert!(found[0].contains("`helpers` has no row"), "{found:?}");
    }
}
