//! A file of tolerances alone: `[[tolerances]]` as `gnomon.toml` has them, and nothing else.

use super::{
    checks::{self, Fault, Step},
    load::read_text,
    source::Source,
    tolerance::ToleranceConfig,
};
use crate::error::CliError;
use compare::{Settings, SettingsError};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Differences that a team accepts, each with its reason.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "gnomon tolerances")]
struct Content {
    /// The differences that are accepted; at least one.
    #[serde(default)]
    tolerances: Vec<ToleranceConfig>,
}

/// A file of tolerances, read and checked.
#[derive(Debug)]
pub(crate) struct ToleranceFile {
    path: PathBuf,
    text: String,
    /// Its tolerances with the comparer's default bounds.
    pub(crate) settings: Settings,
}

impl ToleranceFile {
    /// Reads and checks the file in `path`.
    pub(crate) fn load(path: &Path) -> Result<Self, CliError> {
        Self::parse(path, read_text(path, "file of tolerances")?)
    }

    pub(crate) fn parse(path: &Path, text: String) -> Result<Self, CliError> {
        let source = Source { path, text: &text };
        let content: Content = toml::from_str(&text).map_err(|error| source.unreadable(&error))?;
        if content.tolerances.is_empty() {
            let message = format!("`{}` has no tolerances", path.display());
            return Err(CliError::usage(message)
                .hint("each one is a `[[tolerances]]` with its `kind` and its `reason`"));
        }
        let settings = checks::tolerances(&content.tolerances).map_err(|f| source.fault(f))?;
        Ok(Self { path: path.to_owned(), text, settings })
    }

    /// What is wrong with the tolerances once the columns are known, at its place in the file.
    pub(crate) fn fault(&self, error: &SettingsError) -> CliError {
        let at = [Step::from("tolerances"), Step::from(error.position().saturating_sub(1))];
        let source = Source { path: &self.path, text: &self.text };
        source.fault(Fault::new(at, error.to_string()))
    }
}

/// The JSON schema of a file of tolerances, with a line end at the end.
pub(crate) fn tolerance_schema() -> String {
    let schema = schemars::schema_for!(Content);
    format!("{:#}\n", schema.as_value())
}

#[cfg(test)]
mod remedies;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    const GOOD: &str = "\
[[tolerances]]
kind = \"decimal_absolute\"
max = 0.01
scope = { column = \"amount\" }
reason = \"cents are rounded late\"

[[tolerances]]
kind = \"text_trim\"
reason = \"CHAR is padded\"
";

    fn read(text: &str) -> Result<ToleranceFile, CliError> {
        ToleranceFile::parse(Path::new("conf/accepted.toml"), text.to_owned())
    }

    fn error(text: &str) -> String {
        let error = read(text).unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        error.render(false)
    }

    #[test]
    fn tolerances_are_read_in_their_order() {
        let file = read(GOOD).unwrap();
        let codes: Vec<&str> = file.settings.tolerances().map(|t| t.kind.code()).collect();
        assert_eq!(codes, ["TL0007", "TL0009"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, place, said) in [
            (GOOD.replace("max", "mx"), ":3:1", "did you mean `max`?"),
            (GOOD.replace("text_trim", "text_trm"), ":8:8", "did you mean `text_trim`?"),
            (GOOD.replace("tolerances", "tolerance"), ":1:3", "did you mean `tolerances`?"),
            (GOOD.replace("0.01", "-0.01"), ":1:1", "0 or more"),
            (GOOD.replace("CHAR is padded", " "), ":7:1", "has no reason"),
            (GOOD.replace("max = 0.01\n", ""), ":1:1", "needs its limit `max`"),
            (GOOD.replace("max = 0.01", "max = 1\ndigits = 2"), ":4:10", "its limit is `max`"),
            (
                GOOD.replace("{ column = \"amount\" }", "{ type = \"numeric\" }"),
                ":1:1",
                "known are `bool`",
            ),
            (format!("{GOOD}[legacy]\n"), ":10:2", "unknown key `legacy`"),
        ] {
            let shown = error(&text);
            assert!(shown.contains(said), "{shown}");
            assert!(shown.contains(&format!("conf/accepted.toml{place}")), "{shown}");
        }
        assert!(error("").contains("has no tolerances"));
        let missing = ToleranceFile::load(Path::new("no/such.toml")).unwrap_err().render(false);
        assert!(missing.contains("there is no file of tolerances `no/such.toml`"), "{missing}");
    }

    #[test]
    fn a_column_that_is_not_there_is_shown_where_it_is_named() {
        let file = read(GOOD).unwrap();
        let error = SettingsError::UnknownColumn {
            position: 2,
            code: "TL0009",
            wanted: "the column `x`".to_owned(),
            known: "`y`".to_owned(),
        };
        let shown = file.fault(&error).render(false);
        assert!(shown.contains("conf/accepted.toml:7:1"), "{shown}");
    }

    #[test]
    fn the_schema_documents_every_key() {
        let schema: serde_json::Value = serde_json::from_str(&tolerance_schema()).unwrap();
        let tolerance = &schema["$defs"]["ToleranceConfig"];
        for key in ["kind", "max", "blanks", "legacy", "governed", "scope", "reason"] {
            assert!(tolerance["properties"][key]["description"].is_string(), "{key}: {schema:#}");
        }
        assert_eq!(schema["$defs"]["ScopeConfig"]["additionalProperties"], false);
        assert!(schema["$defs"]["ScopeConfig"]["properties"]["type"].is_object());
    }
}
