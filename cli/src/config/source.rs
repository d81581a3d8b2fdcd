//! The text of a configuration: its errors in our words, and where its keys are.

use super::checks::{Fault, Step};
use crate::{error::CliError, suggest};
use std::{ops::Range, path::Path};
use toml::de::{DeTable, DeValue};

/// The text of a configuration file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// An error of the TOML reader.
    pub(super) fn unreadable(self, error: &toml::de::Error) -> CliError {
        let (message, hint) = rephrase(error.message());
        let error_at = CliError::usage(message).hint_if(hint);
        match error.span() {
            Some(span) => self.at(error_at, span),
            None => self.whole(error_at),
        }
    }

    /// A fault that was found after reading.
    pub(super) fn fault(self, fault: Fault) -> CliError {
        let span = DeTable::parse(self.text).ok().map(|table| locate(table.get_ref(), &fault.at));
        let error = fault.hints.into_iter().fold(CliError::usage(fault.message), CliError::hint);
        match span.flatten() {
            Some(span) => self.at(error, span),
            None => self.whole(error),
        }
    }

    fn at(self, error: CliError, span: Range<usize>) -> CliError {
        // Only the first line of a table: the whole of it says no more.
        let start = span.start.min(self.text.len());
        let shown = self.text.get(start..span.end).unwrap_or("");
        let end = start + shown.find('\n').unwrap_or(shown.len());
        error.at(self.path, &super::secret::masked(self.text), start..end)
    }

    fn whole(self, error: CliError) -> CliError {
        error.hint(format!("in `{}`", self.path.display()))
    }
}

/// Where the value at `steps` is, or the last table on the way to it.
fn locate(root: &DeTable<'_>, steps: &[Step]) -> Option<Range<usize>> {
    let mut steps = steps.iter();
    let Some(Step::Key(first)) = steps.next() else { return None };
    let mut found = root.get(first.as_str())?;
    for step in steps {
        let inner = match (step, found.get_ref()) {
            (Step::Key(key), DeValue::Table(table)) => table.get(key.as_str()),
            (Step::Index(index), DeValue::Array(array)) => array.get(*index),
            _ => None,
        };
        match inner {
            Some(inner) => found = inner,
            None => break,
        }
    }
    Some(found.span())
}

/// A message of serde in the words of this program, with a hint.
fn rephrase(message: &str) -> (String, Option<String>) {
    let quoted = quoted(message);
    let (first, rest) = quoted.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
    if message.starts_with("unknown field") {
        let hint = suggest::hint(first, rest.iter().copied()).or_else(|| listed("known", rest));
        return (format!("unknown key `{first}`"), hint);
    }
    if message.starts_with("unknown variant") {
        let hint = suggest::hint(first, rest.iter().copied());
        let known = listed("known", rest).unwrap_or_default();
        return (format!("unknown value `{first}`; {known}"), hint);
    }
    if message.starts_with("missing field") {
        let section = matches!(first, "workload" | "legacy" | "governed");
        return if section {
            let hint = "`examples/` has complete configurations, `gnomon run --print-schema` prints every key";
            (format!("the section `[{first}]` is missing"), Some(hint.to_owned()))
        } else {
            (format!("the key `{first}` is missing"), None)
        };
    }
    match message.split_once(", expected ") {
        Some((what, expected)) if message.starts_with("invalid") => {
            // What stands there is shown beside it, unless it may be a secret.
            let what = what.split_once(" \"").map_or(what, |(what, _)| what);
            (format!("{what}, expected {}", plain(expected)), None)
        }
        _ => (message.trim_end_matches('.').to_owned(), None),
    }
}

/// What serde expects, without names of Rust types.
fn plain(expected: &str) -> String {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "an integer".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "path string" => "a path as a string".to_owned(),
        "a sequence" => "a list".to_owned(),
        other if other.starts_with("a nonzero") => "a whole number above 0".to_owned(),
        other if other.starts_with("struct ") || other == "a map" => "a table".to_owned(),
        other if other.starts_with("enum ") || other == "variant identifier" => {
            "one of its names".to_owned()
        }
        other => other.to_owned(),
    }
}

fn listed(intro: &str, names: &[&str]) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("{intro} are {}", names.join(", ")))
}

/// The parts of a message that stand in backticks.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_no_rust_type() {
        for (message, ours) in [
            (
                "invalid type: string \"x\", expected u64",
                "invalid type: string, expected a whole number",
            ),
            (
                "invalid type: integer `3`, expected struct WorkloadConfig",
                "invalid type: integer `3`, expected a table",
            ),
            (
                "invalid value: integer `0`, expected a nonzero u32",
                "invalid value: integer `0`, expected a whole number above 0",
            ),
            ("missing field `path`", "the key `path` is missing"),
            ("missing field `legacy`", "the section `[legacy]` is missing"),
        ] {
            assert_eq!(rephrase(message).0, ours);
        }
    }

    #[test]
    fn unknown_names_get_a_suggestion_or_the_list() {
        let (message, hint) = rephrase("unknown field `pth`, expected `path`");
        assert_eq!(
            (message.as_str(), hint.as_deref()),
            ("unknown key `pth`", Some("did you mean `path`?"))
        );
        let (_, hint) = rephrase("unknown field `zzz`, expected `path` or `kind`");
        assert_eq!(hint.as_deref(), Some("known are `path`, `kind`"));
        let (message, hint) =
            rephrase("unknown variant `postgre`, expected `postgres` or `duckdb`");
        assert_eq!(message, "unknown value `postgre`; known are `postgres`, `duckdb`");
        assert_eq!(hint.as_deref(), Some("did you mean `postgres`?"));
    }
}
