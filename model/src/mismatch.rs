//! What kind of mismatch a verdict is: it decides who is told, and where one looks first.

use crate::difference::{Difference, Differences};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What differs, by the gravest thing that does.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MismatchClass {
    /// Both sides answered, with other rows.
    Rows,
    /// Both sides answered with the same rows, in another order than the statement asks for.
    Order,
    /// Both sides answered, with other columns: their number, or types that cannot be compared.
    Columns,
    /// The governed side answered, the legacy side failed.
    LegacyFailed,
    /// The legacy side answered, the governed side failed.
    GovernedFailed,
    /// Both sides failed, in different ways.
    FailuresDiffer,
}

impl MismatchClass {
    /// Every class, in the order in which reports list them: what nobody is told of first.
    pub const ALL: [Self; 6] = [
        Self::Rows,
        Self::Order,
        Self::Columns,
        Self::GovernedFailed,
        Self::LegacyFailed,
        Self::FailuresDiffer,
    ];

    /// The class of a mismatch with these differences. A failure and other columns are always among
    /// the examples, whatever the comparer's bound on them.
    pub fn of(differences: &Differences) -> Self {
        let whole = differences.examples.iter().find_map(|difference| match difference {
            Difference::Failure { legacy, governed } => {
                Self::of_failures(legacy.is_some(), governed.is_some())
            }
            Difference::Shape { .. } => Some(Self::Columns),
            _ => None,
        });
        let rows = [differences.missing_rows, differences.extra_rows, differences.changed_rows];
        match whole {
            Some(class) => class,
            None if differences.order_broken && rows == [0; 3] => Self::Order,
            None => Self::Rows,
        }
    }

    /// The class where these sides failed; nothing where none did.
    pub const fn of_failures(legacy: bool, governed: bool) -> Option<Self> {
        match (legacy, governed) {
            (true, true) => Some(Self::FailuresDiffer),
            (true, false) => Some(Self::LegacyFailed),
            (false, true) => Some(Self::GovernedFailed),
            (false, false) => None,
        }
    }

    /// Did a side fail, so that whoever asked was told?
    pub const fn has_failure(self) -> bool {
        matches!(self, Self::LegacyFailed | Self::GovernedFailed | Self::FailuresDiffer)
    }

    /// Its name in artifacts, for example `governed_failed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Order => "order",
            Self::Columns => "columns",
            Self::LegacyFailed => "legacy_failed",
            Self::GovernedFailed => "governed_failed",
            Self::FailuresDiffer => "failures_differ",
        }
    }
}

impl fmt::Display for MismatchClass {
    /// For people: `other rows`, `only the governed side fails`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rows => "other rows",
            Self::Order => "other order",
            Self::Columns => "other columns",
            Self::LegacyFailed => "only the legacy side fails",
            Self::GovernedFailed => "only the governed side fails",
            Self::FailuresDiffer => "the sides fail differently",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(legacy: Option<&str>, governed: Option<&str>) -> Differences {
        let (legacy, governed) = (legacy.map(str::to_owned), governed.map(str::to_owned));
        Differences {
            examples: vec![Difference::Failure { legacy, governed }],
            ..Differences::default()
        }
    }

    #[test]
    fn the_gravest_difference_decides() {
        let shape = Difference::Shape { message: "2 columns, 3 columns".to_owned() };
        let rows = Differences { missing_rows: 1, order_broken: true, ..Differences::default() };
        for (differences, class) in [
            (failure(Some("a"), None), MismatchClass::LegacyFailed),
            (failure(None, Some("b")), MismatchClass::GovernedFailed),
            (failure(Some("a"), Some("b")), MismatchClass::FailuresDiffer),
            (Differences { examples: vec![shape], ..rows.clone() }, MismatchClass::Columns),
            (Differences { missing_rows: 0, ..rows.clone() }, MismatchClass::Order),
            (rows, MismatchClass::Rows),
            (Differences::default(), MismatchClass::Rows),
        ] {
            assert_eq!(MismatchClass::of(&differences), class, "{differences:?}");
        }
    }

    #[test]
    fn names_are_those_of_artifacts() {
        for class in MismatchClass::ALL {
            let json = serde_json::to_string(&class).unwrap();
            assert_eq!(json, format!("\"{}\"", class.as_str()));
            assert_eq!(class.has_failure(), class.to_string().contains("fail"));
        }
    }
}
