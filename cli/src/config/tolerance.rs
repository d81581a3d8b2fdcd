//! `[[tolerances]]`.

use model::{Scope, Tolerance, ToleranceKind};
use schemars::JsonSchema;
use serde::Deserialize;

/// One accepted kind of difference.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToleranceConfig {
    /// What it excuses; each kind but `json_value` has one limit.
    pub(crate) kind: Kind,
    /// Limit of `float_absolute` (largest difference) and `float_relative` (largest difference as a
    /// fraction of the larger magnitude, below 1).
    pub(crate) max: Option<f64>,
    /// Limit of `decimal_scale`: digits after the decimal point that count.
    pub(crate) digits: Option<u32>,
    /// Limit of `time_precision`: the difference is below this, in microseconds.
    pub(crate) micros: Option<u64>,
    /// Where it holds; everywhere by default.
    #[serde(default)]
    pub(crate) scope: ScopeConfig,
    /// Why the team accepts it; never empty. Reports show it beside what was excused.
    pub(crate) reason: String,
}

/// Kinds of tolerances; `gnomon explain` with the code tells more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ToleranceKind")]
pub(crate) enum Kind {
    /// TL0001: floats that differ by at most `max`.
    FloatAbsolute,
    /// TL0002: floats that differ by at most `max` times the larger magnitude.
    FloatRelative,
    /// TL0003: exact numbers that agree when both are rounded to `digits`.
    DecimalScale,
    /// TL0004: times that differ by less than `micros`.
    TimePrecision,
    /// TL0005: JSON and texts out of it that are written in another way.
    JsonValue,
}

/// Where a tolerance holds. Everything given must fit.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ScopeConfig {
    /// Output column by name, exact.
    pub(crate) column: Option<String>,
    /// Statement by fingerprint, as reports show it.
    pub(crate) fingerprint: Option<String>,
    /// Statement by its id in the workload.
    pub(crate) statement: Option<String>,
}

impl Kind {
    /// The key of its limit, if it has one.
    const fn key(self) -> Option<&'static str> {
        match self {
            Self::FloatAbsolute | Self::FloatRelative => Some("max"),
            Self::DecimalScale => Some("digits"),
            Self::TimePrecision => Some("micros"),
            Self::JsonValue => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::FloatAbsolute => "float_absolute",
            Self::FloatRelative => "float_relative",
            Self::DecimalScale => "decimal_scale",
            Self::TimePrecision => "time_precision",
            Self::JsonValue => "json_value",
        }
    }
}

impl ToleranceConfig {
    /// As the stages know it.
    ///
    /// # Errors
    /// The key at fault, if it is there, and what is wrong with it.
    pub(crate) fn tolerance(&self) -> Result<Tolerance, (Option<&'static str>, String)> {
        let key = self.kind.key();
        let given = [
            ("max", self.max.is_some()),
            ("digits", self.digits.is_some()),
            ("micros", self.micros.is_some()),
        ];
        let stranger = given.into_iter().find(|(name, given)| *given && Some(*name) != key);
        if let Some((stranger, _)) = stranger {
            let kind = self.kind.name();
            let own =
                key.map_or("it has no limit".to_owned(), |key| format!("its limit is `{key}`"));
            return Err((Some(stranger), format!("`{kind}` has no `{stranger}`; {own}")));
        }
        let missing = || {
            (None, format!("`{}` needs its limit `{}`", self.kind.name(), key.unwrap_or_default()))
        };
        let kind = match self.kind {
            Kind::FloatAbsolute => {
                ToleranceKind::FloatAbsolute { max: self.max.ok_or_else(missing)? }
            }
            Kind::FloatRelative => {
                ToleranceKind::FloatRelative { max: self.max.ok_or_else(missing)? }
            }
            Kind::DecimalScale => {
                ToleranceKind::DecimalScale { digits: self.digits.ok_or_else(missing)? }
            }
            Kind::TimePrecision => {
                ToleranceKind::TimePrecision { micros: self.micros.ok_or_else(missing)? }
            }
            Kind::JsonValue => ToleranceKind::JsonValue,
        };
        let ScopeConfig { column, fingerprint, statement } = self.scope.clone();
        let scope = Scope { column, fingerprint, statement };
        Ok(Tolerance { kind, scope, reason: self.reason.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Tolerance, (Option<&'static str>, String)> {
        toml::from_str::<ToleranceConfig>(text).unwrap().tolerance()
    }

    #[test]
    fn each_kind_takes_its_own_limit_only() {
        let good =
            read("kind = 'decimal_scale'\ndigits = 3\nreason = 'r'\nscope.column = 'c'").unwrap();
        assert_eq!(good.kind, ToleranceKind::DecimalScale { digits: 3 });
        assert_eq!(good.scope.column.as_deref(), Some("c"));
        let (key, message) = read("kind = 'decimal_scale'\nmax = 3.0\nreason = 'r'").unwrap_err();
        assert_eq!(key, Some("max"));
        assert!(message.contains("its limit is `digits`"), "{message}");
        let spelled = read("kind = 'json_value'\nreason = 'r'").unwrap();
        assert_eq!(spelled.kind, ToleranceKind::JsonValue);
        let (key, message) = read("kind = 'json_value'\nmax = 3.0\nreason = 'r'").unwrap_err();
        assert_eq!(key, Some("max"));
        assert!(message.contains("it has no limit"), "{message}");
        let (key, message) = read("kind = 'time_precision'\nreason = 'r'").unwrap_err();
        assert_eq!(key, None);
        assert!(message.contains("needs its limit `micros`"), "{message}");
    }
}
