//! No file is huge.

use super::{Finding, tree::Tree};

/// More lines than this are an error in a Rust file.
const LINES_MAX: usize = 800;
/// More lines than this are worth a note.
const LINES_LONG: usize = 500;
/// A larger file of any kind is an error.
const BYTES_MAX: u64 = 4 << 20;

/// Checks the lines of Rust files and the bytes of all.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let lines = tree.rust().filter_map(|(path, text)| {
        let lines = text.lines().count();
        if lines > LINES_MAX {
            Some(Finding::error(
                path,
                format!(
                    "{lines} lines, and {LINES_MAX} are the limit: split it by what it is about"
                ),
            ))
        } else if lines > LINES_LONG {
            Some(Finding::note(path, format!("{lines} lines; from {LINES_MAX} on it is an error")))
        } else {
            None
        }
    });
    let bytes = tree.files.iter().filter(|file| file.bytes > BYTES_MAX).map(|file| {
        Finding::error(
            file.path.clone(),
            format!(
                "{} bytes, and {BYTES_MAX} are the limit: generate it instead of committing it",
                file.bytes
            ),
        )
    });
    lines.chain(bytes).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tidy::{Weight, tree::planted};

    #[test]
    fn long_files_are_noted_and_huge_ones_are_errors() {
        let of = |lines: usize| "x\n".repeat(lines);
        let tree = planted(
            &[
                ("a.rs", &of(LINES_LONG)),
                ("b.rs", &of(LINES_LONG + 1)),
                ("c.rs", &of(LINES_MAX)),
                ("d.rs", &of(LINES_MAX + 1)),
                ("e.sql", &of(LINES_MAX + 1)),
            ],
            Value::Null,
        );
        let found: Vec<_> =
            check(&tree).into_iter().map(|finding| (finding.place, finding.weight)).collect();
        assert_eq!(
            found,
            [
                ("b.rs".to_owned(), Weight::Note),
                ("c.rs".to_owned(), Weight::Note),
                ("d.rs".to_owned(), Weight::Error)
            ]
        );
    }

    #[test]
    fn a_heap_of_data_is_an_error() {
        let mut tree = planted(&[("data.csv", "")], Value::Null);
        tree.files[0].bytes = BYTES_MAX + 1;
        assert_eq!(check(&tree).len(), 1);
    }
}
