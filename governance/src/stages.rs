//! The nine stages, one file each.
//!
//! A stage takes what the stage before it made and gives what the next one takes, together with a
//! verdict that goes into the audit record; or it ends the statement. The types that pass between
//! stages have private fields and are made in one place each, so a stage cannot be left out or
//! called out of order.

pub(crate) mod audit;
pub(crate) mod column_mask;
pub(crate) mod cost_estimate;
pub(crate) mod execute;
pub(crate) mod meter;
pub(crate) mod policy_check;
pub(crate) mod quota_check;
pub(crate) mod row_filter;
pub(crate) mod transpile;

use crate::error::Stage;
use std::collections::BTreeMap;

/// What a stage went by when it let a statement pass. Codes, counts and digests: nothing of the
/// statement's text, since it is written down as it is.
pub(crate) trait Verdict {
    /// The stage.
    const STAGE: Stage;

    /// Facts by name.
    fn evidence(&self) -> BTreeMap<String, String>;
}

/// Facts by name.
pub(crate) fn facts<const N: usize>(facts: [(&str, String); N]) -> BTreeMap<String, String> {
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
