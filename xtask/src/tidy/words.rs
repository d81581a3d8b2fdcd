//! What does not belong in a file of this repository: paths of one machine, and the host names
//! of package registries (users have mirrors; say `npm`, `cargo` or "the registry" instead).
//!
//! Words that only one house has to keep out go, one a line, into `.git/info/private-words`:
//! that file is never committed.

use std::fs;

use super::{Finding, tree::Tree};

/// A path of one machine counts where a path starts. Written in halves, so that this file does
/// not find itself.
const PATHS: &[&str] = &[concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/tmp/", "team")];

/// These count wherever they stand.
const HOSTS: &[&str] = &[
    concat!("crates", ".io"),
    concat!("npm", "js."),
    concat!("py", "pi.org"),
    concat!("files.python", "hosted"),
];

/// Files whose text is not ours.
const EXEMPT: &[&str] = &["Cargo.lock", "LICENSE"];

/// Checks every text file, and the names of all files.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let private = private_words(tree);
    let mut findings = vec![];
    for file in &tree.files {
        if EXEMPT.contains(&file.path.as_str()) {
            continue;
        }
        let text = file.text.as_deref().unwrap_or_default();
        let lines = std::iter::once((0, file.path.as_str())).chain((1_usize..).zip(text.lines()));
        for (number, line) in lines {
            let place =
                || if number == 0 { file.path.clone() } else { format!("{}:{number}", file.path) };
            if let Some(path) = PATHS.iter().find(|path| starts_in(line, path)) {
                findings.push(Finding::error(
                    place(),
                    format!(
                        "`{path}` is a path of one machine: name it relative to the repository"
                    ),
                ));
            }
            let lower = line.to_lowercase();
            if let Some(host) = HOSTS.iter().find(|host| lower.contains(**host)) {
                findings.push(Finding::error(
                    place(),
                    format!("`{host}` is the host of a package registry: say `npm`, `cargo` or \"the registry\""),
                ));
            }
            if private.iter().any(|word| lower.contains(word)) {
                findings.push(Finding::error(
                    place(),
                    "a word of `.git/info/private-words` stands here: take it out",
                ));
            }
        }
    }
    findings
}

/// Does `path` stand in `line` as the start of a path (and not inside of a longer one)?
fn starts_in(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|c| {
            !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '*' | '~'))
        })
    })
}

fn private_words(tree: &Tree) -> Vec<String> {
    let path = tree.root.join(".git/info/private-words");
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| line.trim().to_lowercase()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tidy::tree::planted;

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        check(&planted(files, Value::Null)).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        for path in PATHS {
            assert_eq!(places(&[("a.md", &format!("fine\nsee {path}x\n"))]), ["a.md:2"]);
            assert_eq!(places(&[("a.rs", &format!("let p = \"{path}x\";"))]), ["a.rs:1"]);
        }
    }

    #[test]
    fn a_folder_of_the_same_name_inside_a_path_is_fine() {
        let text = format!("build{p}x ../..{p} $HOME}}{p}\n", p = concat!("/wo", "rk/"));
        assert_eq!(places(&[("a.md", &text)]), [""; 0]);
    }

    #[test]
    fn a_registry_is_found_in_text_and_in_file_names() {
        let host = concat!("crates", ".io");
        assert_eq!(places(&[("a.md", &format!("https://{}", host.to_uppercase()))]), ["a.md:1"]);
        assert_eq!(places(&[(&format!("docs/{host}.md"), "")]), [format!("docs/{host}.md")]);
        assert_eq!(places(&[("Cargo.lock", host), ("LICENSE", host)]), [""; 0]);
    }

    #[test]
    fn words_of_one_house_come_from_a_file_that_is_not_committed() {
        let root = std::env::temp_dir().join(format!("xtask-words-{}", std::process::id()));
        fs::create_dir_all(root.join(".git/info")).unwrap();
        fs::write(root.join(".git/info/private-words"), "\nProject Heron\n").unwrap();
        let mut tree = planted(&[("a.md", "of project heron, and\nherons\n")], Value::Null);
        tree.root.clone_from(&root);
        let found = check(&tree);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].place, "a.md:1");
    }
}
