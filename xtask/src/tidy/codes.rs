//! Codes of rules are unique and have the one form that `gnomon explain` knows: two capitals for
//! the family, four digits. They are promises to readers of old reports, so they never change.

use std::collections::BTreeMap;

use super::{Finding, registered::FAMILIES, tree::Tree};

const DIGITS: usize = 4;

/// Checks the codes that the files of each family define.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = vec![];
    for family in FAMILIES {
        let mut seen: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
        for (path, text) in tree.rust().filter(|(path, _)| path.starts_with(family.folder)) {
            for (number, code) in definitions(text, family.prefix) {
                let place = || format!("{path}:{number}");
                if !is_whole(code, family.prefix) {
                    findings.push(Finding::error(
                        place(),
                        format!(
                            "`{code}` is no code: write `{}` and {DIGITS} digits",
                            family.prefix
                        ),
                    ));
                    continue;
                }
                let (first, line) = *seen.entry(code).or_insert((path, number));
                if first != path {
                    findings.push(Finding::error(
                        place(),
                        format!("`{code}` is taken by {first}:{line}: codes are never used twice"),
                    ));
                }
            }
        }
    }
    findings
}

/// The codes that a file defines outside of its tests, with their lines: `code: "TR0104"`,
/// `CODE: &str = "TR0104"`, or a documentation of the file that starts with the code.
pub(super) fn definitions<'a>(
    text: &'a str,
    prefix: &'static str,
) -> impl Iterator<Item = (usize, &'a str)> {
    (1..).zip(text.lines()).take_while(|(_, line)| line.trim_start() != "#[cfg(test)]").filter_map(
        move |(number, line)| {
            let code = if number == 1 { opening(line) } else { None }.or_else(|| value(line))?;
            code.starts_with(prefix).then_some((number, code))
        },
    )
}

fn opening(line: &str) -> Option<&str> {
    let (code, _) = line.strip_prefix("//! `")?.split_once('`')?;
    Some(code)
}

fn value(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = ["pub ", "pub(crate) ", "pub(super) "]
        .iter()
        .find_map(|visible| line.strip_prefix(visible))
        .unwrap_or(line);
    let value = line.strip_prefix("code: ").or_else(|| line.strip_prefix("const CODE: &str = "))?;
    let (code, _) = value.strip_prefix('"')?.split_once('"')?;
    Some(code)
}

fn is_whole(code: &str, prefix: &str) -> bool {
    code.strip_prefix(prefix).is_some_and(|digits| {
        digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tidy::tree::planted;

    fn findings(files: &[(&str, &str)]) -> Vec<(String, String)> {
        let tree = planted(files, Value::Null);
        check(&tree).into_iter().map(|finding| (finding.place, finding.what)).collect()
    }

    #[test]
    fn a_code_that_is_taken_is_found() {
        let found = findings(&[
            ("transpiler/src/rules/a.rs", "static A: Rule = Rule {\n    code: \"TR0101\",\n};"),
            ("transpiler/src/rules/b.rs", "pub(super) const CODE: &str = \"TR0101\";"),
            ("transpiler/src/rules/c.rs", "pub const CODE: &str = \"TR0102\";"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "transpiler/src/rules/b.rs:1");
        assert!(found[0].1.contains("transpiler/src/rules/a.rs:2"), "{found:?}");
    }

    #[test]
    fn a_code_of_another_form_is_found() {
        for wrong in ["TR104", "TR01040", "TR01o4"] {
            let text = format!("code: \"{wrong}\",");
            assert_eq!(findings(&[("transpiler/src/rules/a.rs", &text)]).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn the_opening_of_a_file_counts_and_may_repeat_in_the_code() {
        let text = "//! `TL0001`: floats that are near.\nconst CODE: &str = \"TL0001\";\n";
        assert_eq!(findings(&[("compare/src/tolerances/near.rs", text)]), []);
        let found = findings(&[
            ("compare/src/tolerances/near.rs", text),
            ("compare/src/tolerances/far.rs", "//! `TL0001`: floats that are far.\n"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "compare/src/tolerances/far.rs:1");
    }

    #[test]
    fn a_test_may_name_the_code_of_another_rule() {
        let text = "code: \"TR0101\",\n#[cfg(test)]\nmod tests {\n    code: \"TR0101\",\n}";
        assert_eq!(findings(&[("transpiler/src/rules/a.rs", text)]), []);
    }
}
