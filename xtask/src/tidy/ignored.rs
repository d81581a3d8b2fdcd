//! No test is left out: a test that does not run proves nothing and hides that it is missing.

use super::{Finding, tree::Tree};

/// Written in two halves, so that this file does not find itself.
const IGNORED: &str = concat!("#[ig", "nore");

/// Checks every Rust file for tests that are not run.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = vec![];
    for (path, text) in tree.rust() {
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim_start().starts_with(IGNORED) {
                findings.push(Finding::error(
                    format!("{path}:{number}"),
                    "this test never runs: repair it, or remove it",
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tidy::tree::planted;

    #[test]
    fn a_test_that_is_left_out_is_found() {
        let text = format!("#[test]\n    {IGNORED} = \"slow\"]\nfn x() {{}}\n");
        let found = check(&planted(&[("sql/src/x.rs", &text)], Value::Null));
        assert_eq!(found.first().map(|finding| finding.place.as_str()), Some("sql/src/x.rs:2"));
        assert_eq!(check(&planted(&[("x.rs", "#[test]\nfn x() {}\n")], Value::Null)), []);
    }
}
