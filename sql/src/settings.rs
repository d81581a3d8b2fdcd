//! Settings of the source system that change what its SQL means.

use crate::dialects;
use model::Dialect;
use std::collections::BTreeMap;

/// The settings under which a dialect's statements are read: the vendor's defaults, and what the
/// user says instead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceSettings {
    values: BTreeMap<&'static str, &'static str>,
}

impl SourceSettings {
    /// The vendor's defaults.
    pub fn of(dialect: Dialect) -> Self {
        let values = dialects::settings(dialect).into_iter().map(|s| (s.name, s.default));
        Self { values: values.collect() }
    }

    /// The vendor's defaults, but for `given`.
    ///
    /// # Errors
    /// What is wrong with a setting: its name is not known, or its value is none of those known.
    pub fn with<'a>(
        dialect: Dialect,
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, String> {
        let mut settings = Self::of(dialect);
        let known = dialects::settings(dialect);
        for (name, value) in given {
            let lower = name.to_ascii_lowercase();
            let Some(setting) = known.iter().find(|s| s.name == lower) else {
                let names: Vec<&str> = known.iter().map(|s| s.name).collect();
                return Err(match names.as_slice() {
                    [] => format!("dialect `{dialect}` has no setting `{name}`"),
                    some => format!(
                        "dialect `{dialect}` has no setting `{name}`; it has {}",
                        some.join(", ")
                    ),
                });
            };
            let found = setting.values.iter().find(|v| v.eq_ignore_ascii_case(value));
            let Some(value) = found else {
                return Err(format!(
                    "setting `{name}` of `{dialect}` cannot be `{value}`; it can be {}",
                    setting.values.join(", ")
                ));
            };
            settings.values.insert(setting.name, value);
        }
        Ok(settings)
    }

    /// The value of a setting.
    pub fn get(&self, name: &str) -> Option<&'static str> {
        self.values.get(name).copied()
    }

    /// Has the setting this value?
    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }
}
