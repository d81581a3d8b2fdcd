//! Settings of the source system that change what its SQL means.

use crate::{
    Parsed,
    dialects::{self, Setting, Values},
    parse,
};
use foldhash::HashMap;
use model::{Diagnostic, Dialect};
use std::borrow::Cow;

/// The zone that statements are read in when nobody says another.
pub(crate) const UTC: &str = "UTC";

/// The settings under which a dialect's statements are read: the vendor's defaults, and what the
/// user says instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSettings {
    dialect: Dialect,
    values: HashMap<&'static str, Cow<'static, str>>,
}

impl SourceSettings {
    /// The vendor's defaults.
    pub fn of(dialect: Dialect) -> Self {
        let mut values = HashMap::default();
        for setting in dialects::settings(dialect) {
            values.insert(setting.name, Cow::Borrowed(setting.default));
            for flag in setting.values.flags() {
                values.insert(flag, Cow::Borrowed(if setting.has(flag) { "on" } else { "off" }));
            }
        }
        Self { dialect, values }
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
                return Err(format!(
                    "dialect `{dialect}` has no setting `{name}`; it has {}",
                    names.join(", ")
                ));
            };
            settings.set(setting, value).map_err(|choices| {
                format!("setting `{name}` of `{dialect}` cannot be `{value}`; {choices}")
            })?;
        }
        Ok(settings)
    }

    /// The error is what the value can be.
    fn set(&mut self, setting: &'static Setting, value: &str) -> Result<(), String> {
        match setting.values {
            Values::OneOf(values) => {
                let found = values.iter().find(|v| v.eq_ignore_ascii_case(value));
                let value = found.ok_or_else(|| format!("it can be {}", values.join(", ")))?;
                self.values.insert(setting.name, Cow::Borrowed(value));
            }
            Values::AnyOf(_) | Values::AnyOfGroups(..) => {
                let values = setting.values.flags();
                let groups = match setting.values {
                    Values::AnyOfGroups(_, groups) => groups,
                    _ => &[],
                };
                let mut given: Vec<&'static str> = Vec::new();
                for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
                    let group = groups.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
                    if let Some((_, words)) = group {
                        given.extend(words.iter().copied());
                        continue;
                    }
                    let found = values.iter().find(|v| v.eq_ignore_ascii_case(word));
                    given.push(found.ok_or_else(|| {
                        format!("`{word}` is none of its words: {}", values.join(", "))
                    })?);
                }
                for flag in values {
                    let state = if given.contains(flag) { "on" } else { "off" };
                    self.values.insert(flag, Cow::Borrowed(state));
                }
                self.values.insert(setting.name, Cow::Owned(given.join(",")));
            }
            Values::Number => {
                if value.is_empty()
                    || value.len() > 18
                    || !value.bytes().all(|digit| digit.is_ascii_digit())
                {
                    return Err("it can be a whole number of up to 18 digits".to_owned());
                }
                self.values.insert(setting.name, Cow::Owned(value.to_owned()));
            }
            Values::Zone => {
                if !is_region(value) {
                    return Err("it can be `UTC` or a region such as `Europe/Berlin`".to_owned());
                }
                self.values.insert(setting.name, Cow::Owned(value.to_owned()));
            }
        }
        Ok(())
    }

    /// The dialect that they are of.
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The value of a setting; `on` or `off` for a word of one that is a list of words.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(AsRef::as_ref)
    }

    /// What differs from the vendor's defaults, by name.
    pub fn changed(&self) -> Vec<(&'static str, &str)> {
        dialects::settings(self.dialect)
            .into_iter()
            .filter_map(|s| Some((s.name, self.get(s.name)?)).filter(|(_, v)| *v != s.default))
            .collect()
    }

    /// The same where texts are compared by their code points.
    pub(crate) fn by_code_points(&self) -> Self {
        let mut settings = self.clone();
        if let Some(collation) = settings.values.get_mut("collation") {
            *collation = Cow::Borrowed("binary");
        }
        settings
    }

    /// The session's time zone.
    pub fn time_zone(&self) -> &str {
        self.get("time_zone").unwrap_or(UTC)
    }

    /// Parses a statement as [`parse`] does: under these settings if it is of their dialect, else
    /// under those of its own.
    ///
    /// # Errors
    /// As [`parse`].
    pub fn parse(&self, text: &str, dialect: Dialect) -> Result<Parsed, Diagnostic> {
        if dialect == self.dialect {
            parse::parse_under(text, self)
        } else {
            parse::parse(text, dialect)
        }
    }

    /// Has the setting this value?
    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }
}

impl From<Dialect> for SourceSettings {
    fn from(dialect: Dialect) -> Self {
        Self::of(dialect)
    }
}

impl Default for SourceSettings {
    fn default() -> Self {
        Self::of(Dialect::Postgres)
    }
}

/// Is it `UTC` or the name of a region, which means the same to every engine? Others (`+02`, `CET`,
/// `Etc/GMT-2`) do not.
pub fn is_region(zone: &str) -> bool {
    zone == UTC
        || zone.split_once('/').is_some_and(|(area, place)| {
            area != "Etc"
                && !area.is_empty()
                && !place.is_empty()
                && zone.chars().all(|c| c.is_ascii_alphabetic() || c == '_' || c == '/')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_words_is_read_word_by_word() {
        let given = [("sql_mode", "ansi_quotes, PIPES_AS_CONCAT")];
        let settings = SourceSettings::with(Dialect::MySql, given).unwrap();
        assert!(settings.is("ansi_quotes", "on") && settings.is("pipes_as_concat", "on"));
        assert!(settings.is("no_backslash_escapes", "off"));
        assert_eq!(settings.changed(), [("sql_mode", "ansi_quotes,pipes_as_concat")]);
        let error = SourceSettings::with(Dialect::MySql, [("sql_mode", "ANSI_QUOTE")]).unwrap_err();
        assert!(error.contains("`ANSI_QUOTE` is none of its words"), "{error}");
    }

    #[test]
    fn a_number_is_one() {
        let of = |value| SourceSettings::with(Dialect::MySql, [("group_concat_max_len", value)]);
        assert!(of("1048576").unwrap().is("group_concat_max_len", "1048576"));
        for not in ["", "-1", "1e9", "1234567890123456789"] {
            assert!(of(not).is_err(), "{not}");
        }
    }

    #[test]
    fn a_zone_is_a_region() {
        for dialect in [Dialect::Snowflake, Dialect::Postgres] {
            let zone = SourceSettings::with(dialect, [("time_zone", "Europe/Berlin")]).unwrap();
            assert_eq!(zone.time_zone(), "Europe/Berlin");
            for not in ["+02", "Etc/GMT-2", "CET", "", "a'b/c"] {
                assert!(SourceSettings::with(dialect, [("time_zone", not)]).is_err(), "{not}");
            }
            assert_eq!(SourceSettings::of(dialect).time_zone(), "UTC");
        }
    }

    #[test]
    fn an_unknown_setting_names_the_known_ones() {
        let error = SourceSettings::with(Dialect::Spark, [("ansy", "on")]).unwrap_err();
        assert!(error.contains("it has ansi, json_text, time_zone"), "{error}");
        let error = SourceSettings::with(Dialect::Spark, [("ansi", "yes")]).unwrap_err();
        assert!(error.contains("it can be on, off"), "{error}");
    }
}
