//! The limits of each principal.

use crate::credits::Credits;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The limits of one principal; an absent one is unlimited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Credits in one calendar month of UTC, in thousandths.
    pub credits_a_month_milli: Option<Credits>,
    /// Statements at the same time.
    pub concurrent_max: Option<u32>,
    /// Rows that one statement may return.
    pub rows_a_query_max: Option<u64>,
}

/// The limits of all principals. Unlimited by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quotas {
    /// For every principal that is not named, each with an account of its own, and for sessions
    /// without one, which share an account.
    pub default: Limits,
    /// By principal; replaces the default as a whole.
    pub principals: BTreeMap<String, Limits>,
}

impl Quotas {
    /// The limits of `principal`.
    pub fn of(&self, principal: Option<&str>) -> &Limits {
        principal.and_then(|name| self.principals.get(name)).unwrap_or(&self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_principal_replaces_the_default() {
        let quotas: Quotas = serde_json::from_str(
            r#"{"default": {"concurrent_max": 1},
                "principals": {"ana": {"rows_a_query_max": 5}}}"#,
        )
        .unwrap();
        assert_eq!(quotas.of(Some("ana")).concurrent_max, None);
        assert_eq!(quotas.of(Some("bob")).concurrent_max, Some(1));
        assert_eq!(quotas.of(None).concurrent_max, Some(1));
    }

    #[test]
    fn unknown_limits_are_errors() {
        assert!(serde_json::from_str::<Limits>(r#"{"rows_max": 5}"#).is_err());
    }
}
