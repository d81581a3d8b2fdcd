//! What tools make is not committed: it is large, differs on each machine, and hides what people
//! wrote.

use super::{Finding, tree::Tree};

/// Folders that only tools write into.
const MADE: [&str; 5] = ["target", "node_modules", "__pycache__", ".venv", ".pytest_cache"];

/// Checks the path of every file.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let found = tree.files.iter().filter_map(|file| Some((file, made(&file.path)?)));
    found
        .map(|(file, folder)| {
            let what =
                format!("a tool wrote this into `{folder}`: take it out with `git rm --cached`");
            Finding::error(file.path.clone(), what)
        })
        .collect()
}

/// The folder of a tool in which the file is.
fn made(path: &str) -> Option<&str> {
    let (folders, _) = path.rsplit_once('/')?;
    folders.split('/').find(|folder| MADE.contains(folder))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tidy::tree::planted;

    #[test]
    fn the_output_of_tools_is_found_at_any_depth() {
        let tree = planted(
            &[
                ("transpiler/target/criterion/report.html", ""),
                ("corpora/__pycache__/a.pyc", ""),
                ("transpiler/src/targets/keys.rs", ""),
                ("docs/target", ""),
            ],
            Value::Null,
        );
        let found: Vec<_> = check(&tree).into_iter().map(|finding| finding.place).collect();
        assert_eq!(found, ["transpiler/target/criterion/report.html", "corpora/__pycache__/a.pyc"]);
    }
}
