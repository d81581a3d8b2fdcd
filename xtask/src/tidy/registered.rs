//! Every file with a rule is part of the program: it is a module, and the registry names it.
//!
//! The compiler does not look at a file that no `mod` line names, so a rule that was forgotten
//! there would pass every check and never run.

use super::{Finding, codes::definitions, tree::Tree};

/// A folder in which every rule is a file.
pub(super) struct Family {
    /// With a `/` at the end.
    pub(super) folder: &'static str,
    /// The first letters of its codes.
    pub(super) prefix: &'static str,
}

/// The families of rules, by the prefixes of their codes.
pub(super) const FAMILIES: &[Family] = &[
    Family { folder: "transpiler/src/rules/", prefix: "TR" },
    Family { folder: "compare/src/tolerances/", prefix: "TL" },
    Family { folder: "compare/src/causes/", prefix: "DC" },
];

/// Checks each family; a family without files has moved away, and its row here with it.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = vec![];
    for family in FAMILIES {
        let files: Vec<_> =
            tree.rust().filter(|(path, _)| path.starts_with(family.folder)).collect();
        if files.is_empty() {
            findings.push(Finding::error(
                family.folder,
                "no rules here: correct the table in xtask/src/tidy/registered.rs",
            ));
        }
        for (path, text) in files {
            let Some((folder, file)) = path.rsplit_once('/') else { continue };
            let Some(module) = file.strip_suffix(".rs").filter(|module| *module != "mod") else {
                continue;
            };
            let (inside, beside) = (format!("{folder}/mod.rs"), format!("{folder}.rs"));
            let Some((parent, list)) = [&inside, &beside]
                .into_iter()
                .find_map(|parent| Some((parent, tree.text(parent)?)))
            else {
                findings.push(Finding::error(
                    path,
                    format!("neither `{inside}` nor `{beside}` is there to name it"),
                ));
                continue;
            };
            if !list.lines().any(|line| is_module(line, module)) {
                findings.push(Finding::error(
                    path,
                    format!("not part of the program: add `mod {module};` to {parent}"),
                ));
            } else if definitions(text, family.prefix).next().is_some()
                && !list.contains(&format!("{module}::"))
            {
                findings.push(Finding::error(
                    path,
                    format!("this rule never runs: name it in the registry in {parent}"),
                ));
            }
        }
    }
    findings
}

fn is_module(line: &str, module: &str) -> bool {
    let line = line.trim();
    let line = ["pub(crate) ", "pub(super) ", "pub "]
        .iter()
        .find_map(|visible| line.strip_prefix(visible))
        .unwrap_or(line);
    line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) == Some(module)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tidy::tree::planted;

    const RULE: &str = "code: \"TR0101\",\n";
    const OTHERS: &[(&str, &str)] = &[
        ("compare/src/tolerances.rs", "mod float;\n&[float::RULE]"),
        ("compare/src/tolerances/float.rs", "code: \"TL0001\","),
        ("compare/src/causes.rs", "mod scaled;\n&[scaled::CAUSE]"),
        ("compare/src/causes/scaled.rs", "code: \"DC0104\","),
    ];

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().chain(OTHERS).copied().collect();
        check(&planted(&files, Value::Null)).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_rule_that_is_a_module_and_registered_passes() {
        for parent in ["transpiler/src/rules.rs", "transpiler/src/rules/mod.rs"] {
            let list =
                "pub(crate) mod limit;\nmod support;\nstatic ALL: &[Rule] = &[limit::RULE];\n";
            let found = places(&[
                (parent, list),
                ("transpiler/src/rules/limit.rs", RULE),
                ("transpiler/src/rules/support.rs", "fn help() {}\n"),
            ]);
            assert_eq!(found, [""; 0]);
        }
    }

    #[test]
    fn a_forgotten_file_is_found() {
        let found = places(&[
            ("transpiler/src/rules.rs", "mod limit;\nlimit::RULE // mod forgotten;\n"),
            ("transpiler/src/rules/limit.rs", RULE),
            ("transpiler/src/rules/forgotten.rs", RULE),
        ]);
        assert_eq!(found, ["transpiler/src/rules/forgotten.rs"]);
    }

    #[test]
    fn a_module_that_the_registry_does_not_name_is_found() {
        let found = places(&[
            ("transpiler/src/rules/mod.rs", "mod limit;\n"),
            ("transpiler/src/rules/limit.rs", RULE),
        ]);
        assert_eq!(found, ["transpiler/src/rules/limit.rs"]);
    }

    #[test]
    fn a_folder_without_a_list_and_a_family_without_files_are_found() {
        let found = places(&[("transpiler/src/rules/date/trunc.rs", RULE)]);
        assert_eq!(found, ["transpiler/src/rules/date/trunc.rs"]);
        assert_eq!(places(&[]), ["transpiler/src/rules/"]);
    }
}
