//! `[[tolerances]]`.

use model::{Blanks, Scope, Tolerance, ToleranceKind};
use schemars::JsonSchema;
use serde::Deserialize;

/// One accepted kind of difference.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToleranceConfig {
    /// What it excuses; most kinds have a limit or a setting of their own.
    pub(crate) kind: Kind,
    /// Limit of `float_absolute` and `decimal_absolute` (largest difference), of `float_relative` and
    /// `decimal_relative` (largest difference as a fraction of the larger magnitude, below 1), and of
    /// `float_ulps` (largest number of steps, a whole number).
    pub(crate) max: Option<f64>,
    /// Limit of `decimal_scale`: digits after the decimal point that count.
    pub(crate) digits: Option<u32>,
    /// Limit of `time_precision`: the difference is below this, in microseconds.
    pub(crate) micros: Option<u64>,
    /// Setting of `text_trim`: which blanks mean nothing; those at the end by default.
    pub(crate) blanks: Option<BlanksConfig>,
    /// Setting of `time_zone`: the IANA name of the zone in which times without an offset are meant on
    /// the legacy side.
    pub(crate) legacy: Option<String>,
    /// Setting of `time_zone`: the same for the governed side.
    pub(crate) governed: Option<String>,
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
    /// TL0006: floats that are at most `max` units in the last place apart.
    FloatUlps,
    /// TL0007: exact numbers that differ by at most `max`.
    DecimalAbsolute,
    /// TL0008: exact numbers that differ by at most `max` times the larger magnitude.
    DecimalRelative,
    /// TL0009: texts that differ in `blanks` at their ends.
    TextTrim,
    /// TL0010: texts that differ in upper and lower case.
    TextCase,
    /// TL0011: texts of the same characters in other code points.
    TextNfc,
    /// TL0012: NULL for the empty text.
    NullIsEmpty,
    /// TL0013: NULL for NaN.
    NanIsNull,
    /// TL0014: times that are the same instant, read in the zones `legacy` and `governed`.
    TimeZone,
    /// TL0015: lists of the same elements in another order.
    ListMultiset,
    /// TL0016: structs of the same fields in another order.
    StructByName,
}

/// Which blanks of a text mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Blanks")]
pub(crate) enum BlanksConfig {
    /// Those at the end.
    Trailing,
    /// Those at both ends.
    Both,
}

/// Where a tolerance holds. Everything given must fit.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ScopeConfig {
    /// Column by name, exact: the output column, or with `table` the table's own.
    pub(crate) column: Option<String>,
    /// Output columns that are plain columns of this table, as far as the statement's text tells it;
    /// with or without its schema. Of a file the table is its name without folder and ending.
    pub(crate) table: Option<String>,
    /// Columns of this type on either side, as reports name it: `decimal`, `float64`, `timestamp with
    /// time zone`, …; `int` and `float` mean any width, `list`, `struct` and `map` any elements. A
    /// nested column is also of the types inside it.
    #[serde(rename = "type")]
    pub(crate) data_type: Option<String>,
    /// Statement by fingerprint, as reports show it.
    pub(crate) fingerprint: Option<String>,
    /// Statement by its id in the workload.
    pub(crate) statement: Option<String>,
}

/// The keys that a kind has of its own.
enum Own {
    None,
    /// It needs all of these.
    Needs(&'static [&'static str]),
    /// It may have this one.
    May(&'static str),
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::FloatAbsolute => "float_absolute",
            Self::FloatRelative => "float_relative",
            Self::DecimalScale => "decimal_scale",
            Self::TimePrecision => "time_precision",
            Self::JsonValue => "json_value",
            Self::FloatUlps => "float_ulps",
            Self::DecimalAbsolute => "decimal_absolute",
            Self::DecimalRelative => "decimal_relative",
            Self::TextTrim => "text_trim",
            Self::TextCase => "text_case",
            Self::TextNfc => "text_nfc",
            Self::NullIsEmpty => "null_is_empty",
            Self::NanIsNull => "nan_is_null",
            Self::TimeZone => "time_zone",
            Self::ListMultiset => "list_multiset",
            Self::StructByName => "struct_by_name",
        }
    }

    const fn own(self) -> Own {
        match self {
            Self::FloatAbsolute
            | Self::FloatRelative
            | Self::FloatUlps
            | Self::DecimalAbsolute
            | Self::DecimalRelative => Own::Needs(&["max"]),
            Self::DecimalScale => Own::Needs(&["digits"]),
            Self::TimePrecision => Own::Needs(&["micros"]),
            Self::TimeZone => Own::Needs(&["legacy", "governed"]),
            Self::TextTrim => Own::May("blanks"),
            Self::JsonValue
            | Self::TextCase
            | Self::TextNfc
            | Self::NullIsEmpty
            | Self::NanIsNull
            | Self::ListMultiset
            | Self::StructByName => Own::None,
        }
    }
}

/// The key at fault, if it is there, and what is wrong with it.
pub(crate) type KeyFault = (Option<&'static str>, String);

impl ToleranceConfig {
    /// As the stages know it.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub(crate) fn tolerance(&self) -> Result<Tolerance, KeyFault> {
        self.no_strangers()?;
        let kind = self.kind()?;
        let ScopeConfig { column, table, data_type, fingerprint, statement } = self.scope.clone();
        let scope = Scope { column, table, data_type, fingerprint, statement };
        Ok(Tolerance { kind, scope, reason: self.reason.clone() })
    }

    fn no_strangers(&self) -> Result<(), KeyFault> {
        let given = [
            ("max", self.max.is_some()),
            ("digits", self.digits.is_some()),
            ("micros", self.micros.is_some()),
            ("blanks", self.blanks.is_some()),
            ("legacy", self.legacy.is_some()),
            ("governed", self.governed.is_some()),
        ];
        let (own, said): (&[&str], _) = match self.kind.own() {
            Own::None => (&[], "it has no limit".to_owned()),
            Own::Needs(keys @ [_, _, ..]) => {
                (keys, format!("its settings are `{}`", keys.join("` and `")))
            }
            Own::Needs(keys) => (keys, format!("its limit is `{}`", keys.join(""))),
            Own::May(key) => (&[key][..], format!("its setting is `{key}`")),
        };
        match given.into_iter().find(|(key, given)| *given && !own.contains(key)) {
            Some((stranger, _)) => {
                let kind = self.kind.name();
                Err((Some(stranger), format!("`{kind}` has no `{stranger}`; {said}")))
            }
            None => Ok(()),
        }
    }

    fn kind(&self) -> Result<ToleranceKind, KeyFault> {
        Ok(match self.kind {
            Kind::FloatAbsolute => ToleranceKind::FloatAbsolute { max: self.max()? },
            Kind::FloatRelative => ToleranceKind::FloatRelative { max: self.max()? },
            Kind::DecimalAbsolute => ToleranceKind::DecimalAbsolute { max: self.max()? },
            Kind::DecimalRelative => ToleranceKind::DecimalRelative { max: self.max()? },
            Kind::FloatUlps => {
                let max = self.max()?;
                // The text of a float that is a whole number has no point.
                let steps = max.to_string().parse().map_err(|_| {
                    let limit = "the number of steps, is a whole number of 0 or more";
                    (Some("max"), format!("`max` of `float_ulps` is {max:?}; {limit}"))
                })?;
                ToleranceKind::FloatUlps { max: steps }
            }
            Kind::DecimalScale => {
                let digits = self.digits.ok_or_else(|| self.missing("digits"))?;
                ToleranceKind::DecimalScale { digits }
            }
            Kind::TimePrecision => {
                let micros = self.micros.ok_or_else(|| self.missing("micros"))?;
                ToleranceKind::TimePrecision { micros }
            }
            Kind::TimeZone => {
                let zone =
                    |zone: &Option<String>, key| zone.clone().ok_or_else(|| self.missing(key));
                let legacy = zone(&self.legacy, "legacy")?;
                ToleranceKind::TimeZone { legacy, governed: zone(&self.governed, "governed")? }
            }
            Kind::TextTrim => {
                let blanks = match self.blanks {
                    Some(BlanksConfig::Both) => Blanks::Both,
                    Some(BlanksConfig::Trailing) | None => Blanks::Trailing,
                };
                ToleranceKind::TextTrim { blanks }
            }
            Kind::JsonValue => ToleranceKind::JsonValue,
            Kind::TextCase => ToleranceKind::TextCase,
            Kind::TextNfc => ToleranceKind::TextNfc,
            Kind::NullIsEmpty => ToleranceKind::NullIsEmpty,
            Kind::NanIsNull => ToleranceKind::NanIsNull,
            Kind::ListMultiset => ToleranceKind::ListMultiset,
            Kind::StructByName => ToleranceKind::StructByName,
        })
    }

    fn max(&self) -> Result<f64, KeyFault> {
        self.max.ok_or_else(|| self.missing("max"))
    }

    fn missing(&self, key: &str) -> KeyFault {
        let kind = self.kind.name();
        let what = if self.kind == Kind::TimeZone { "setting" } else { "limit" };
        (None, format!("`{kind}` needs its {what} `{key}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Tolerance, KeyFault> {
        toml::from_str::<ToleranceConfig>(text).unwrap().tolerance()
    }

    #[test]
    fn each_kind_takes_its_own_keys_only() {
        let good =
            read("kind = 'decimal_scale'\ndigits = 3\nreason = 'r'\nscope.column = 'c'").unwrap();
        assert_eq!(good.kind, ToleranceKind::DecimalScale { digits: 3 });
        assert_eq!(good.scope.column.as_deref(), Some("c"));
        for (text, at, said) in [
            ("kind = 'decimal_scale'\ndigits = 2\nmax = 3.0", Some("max"), "its limit is `digits`"),
            ("kind = 'json_value'\nmax = 3.0", Some("max"), "it has no limit"),
            ("kind = 'time_precision'", None, "needs its limit `micros`"),
            ("kind = 'float_ulps'", None, "needs its limit `max`"),
            ("kind = 'float_ulps'\nmax = 1.5", Some("max"), "is a whole number"),
            ("kind = 'float_ulps'\nmax = -1", Some("max"), "is a whole number"),
            ("kind = 'time_zone'\nlegacy = 'UTC'", None, "needs its setting `governed`"),
            (
                "kind = 'time_zone'\nlegacy = 'UTC'\ngoverned = 'UTC'\ndigits = 1",
                Some("digits"),
                "its settings are `legacy` and `governed`",
            ),
            ("kind = 'text_trim'\nmax = 1", Some("max"), "its setting is `blanks`"),
            ("kind = 'text_case'\nblanks = 'both'", Some("blanks"), "it has no limit"),
        ] {
            let (key, message) = read(&format!("{text}\nreason = 'r'")).unwrap_err();
            assert_eq!(key, at, "{text}");
            assert!(message.contains(said), "{message}");
        }
    }

    #[test]
    fn settings_and_scopes_arrive() {
        let kind = |text: &str| read(&format!("{text}\nreason = 'r'")).unwrap().kind;
        assert_eq!(kind("kind = 'json_value'"), ToleranceKind::JsonValue);
        for name in [
            "text_case",
            "text_nfc",
            "null_is_empty",
            "nan_is_null",
            "list_multiset",
            "struct_by_name",
        ] {
            assert_eq!(kind(&format!("kind = '{name}'")).name(), name);
        }
        assert_eq!(kind("kind = 'float_ulps'\nmax = 4"), ToleranceKind::FloatUlps { max: 4 });
        let trim = |blanks| ToleranceKind::TextTrim { blanks };
        assert_eq!(kind("kind = 'text_trim'"), trim(Blanks::Trailing));
        assert_eq!(kind("kind = 'text_trim'\nblanks = 'both'"), trim(Blanks::Both));
        let zone = kind("kind = 'time_zone'\nlegacy = 'Europe/Berlin'\ngoverned = 'UTC'");
        assert!(
            matches!(zone, ToleranceKind::TimeZone { legacy, .. } if legacy == "Europe/Berlin")
        );
        let scope = "scope = { type = 'decimal', table = 'orders', column = 'amount' }";
        let scope = read(&format!("kind = 'text_nfc'\nreason = 'r'\n{scope}")).unwrap().scope;
        assert_eq!(scope.data_type.as_deref(), Some("decimal"));
        assert_eq!(scope.table.as_deref(), Some("orders"));
    }
}
