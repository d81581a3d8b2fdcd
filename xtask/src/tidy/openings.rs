//! How a crate opens: what it takes, what it gives, and what it must never do.

use std::path::Path;

use serde_json::Value;

use super::{Finding, tree::Tree};

/// What the opening of a library has to hold.
const WORDS: &[&str] = &["Stage:", "Never:"];

/// Checks the first lines of every library and every binary.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let targets = tree
        .packages()
        .filter_map(|package| package.get("targets").and_then(Value::as_array))
        .flatten();
    let mut findings = vec![];
    for target in targets {
        let is = |wanted: &str| {
            let kinds = target.get("kind").and_then(Value::as_array).into_iter().flatten();
            kinds.filter_map(Value::as_str).any(|kind| kind == wanted)
        };
        let library = is("lib") || is("proc-macro");
        if !library && !is("bin") {
            continue;
        }
        let Some(path) = target.get("src_path").and_then(Value::as_str) else { continue };
        let path = Path::new(path).strip_prefix(&tree.root).unwrap_or(Path::new(path));
        let path = path.to_string_lossy().replace('\\', "/");
        let Some(text) = tree.text(&path) else {
            findings.push(Finding::error(path, "this root of a crate cannot be read as text"));
            continue;
        };
        let opening = opening(text);
        if library {
            findings.extend(WORDS.iter().filter(|word| !opening.contains(**word)).map(|word| {
                Finding::error(
                    format!("{path}:1"),
                    format!("the opening lacks `{word}`: start the file with `//! Stage: takes X, gives Y. Never: …`"),
                )
            }));
        } else if opening.is_empty() {
            findings.push(Finding::error(
                format!("{path}:1"),
                "this binary does not say what it is for: start the file with a line `//! …`",
            ));
        }
    }
    findings
}

/// The documentation at the very top of a file.
fn opening(text: &str) -> String {
    let lines: Vec<&str> =
        text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tidy::tree::planted;

    fn findings(kind: &str, text: &str) -> usize {
        let target = json!({"kind": [kind], "src_path": "/repo/sql/src/lib.rs"});
        let tree =
            planted(&[("sql/src/lib.rs", text)], json!({"packages": [{"targets": [target]}]}));
        check(&tree).len()
    }

    #[test]
    fn a_library_that_says_both_passes() {
        assert_eq!(
            findings("lib", "//! Stage: takes a, gives b.\n//! Never: does c.\n\nmod x;"),
            0
        );
    }

    #[test]
    fn a_library_that_lacks_them_is_found() {
        assert_eq!(findings("lib", "//! Parses.\n"), 2);
        assert_eq!(findings("lib", "//! Stage: takes a, gives b.\n"), 1);
        // Too late to be an opening.
        assert_eq!(findings("lib", "mod x;\n//! Stage: a. Never: b.\n"), 2);
    }

    #[test]
    fn a_binary_needs_some_opening_and_a_test_needs_none() {
        assert_eq!(findings("bin", "//! The command.\nfn main() {}"), 0);
        assert_eq!(findings("bin", "//!\nfn main() {}"), 1);
        assert_eq!(findings("test", "fn main() {}"), 0);
    }
}
