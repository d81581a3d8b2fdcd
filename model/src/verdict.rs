//! The verdict on one statement, and the totals of a run.

use crate::{difference::Differences, mismatch::MismatchClass};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// What a comparison found. Never a bool: "I could not tell" is not "equal".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Verdict {
    /// Both sides gave the same answer, or failed alike.
    Match,
    /// Different only within the tolerances; the ledger says how far.
    Tolerated,
    /// Different.
    Mismatch,
    /// It cannot be said.
    Inconclusive {
        /// Why.
        reason: String,
    },
    /// Not replayed.
    Skipped {
        /// Why.
        reason: String,
    },
}

impl Verdict {
    /// `match`, `tolerated`, `mismatch`, `inconclusive` or `skipped`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Tolerated => "tolerated",
            Self::Mismatch => "mismatch",
            Self::Inconclusive { .. } => "inconclusive",
            Self::Skipped { .. } => "skipped",
        }
    }

    /// The reason of an inconclusive or skipped verdict.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Inconclusive { reason } | Self::Skipped { reason } => Some(reason),
            _ => None,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason() {
            Some(reason) => write!(f, "{} ({reason})", self.as_str()),
            None => f.write_str(self.as_str()),
        }
    }
}

/// A verdict with its evidence. Artifacts also say the class of a mismatch, which follows from it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Judgement {
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What was found; empty for a skipped statement.
    pub differences: Differences,
}

impl Judgement {
    /// What kind of mismatch it is; nothing for another verdict.
    pub fn mismatch_class(&self) -> Option<MismatchClass> {
        (self.verdict == Verdict::Mismatch).then(|| MismatchClass::of(&self.differences))
    }
}

impl Serialize for Judgement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            #[serde(flatten)]
            verdict: &'a Verdict,
            #[serde(skip_serializing_if = "Option::is_none")]
            class: Option<MismatchClass>,
            differences: &'a Differences,
        }
        let class = self.mismatch_class();
        Written { verdict: &self.verdict, class, differences: &self.differences }
            .serialize(serializer)
    }
}

/// Counts of verdicts. They balance: [`Totals::sum`] is the number of statements captured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// `Match`.
    pub matched: u64,
    /// `Tolerated`.
    pub tolerated: u64,
    /// `Mismatch`.
    pub mismatched: u64,
    /// `Inconclusive`.
    pub inconclusive: u64,
    /// `Skipped`.
    pub skipped: u64,
    /// Planned, but without a verdict yet: the run was interrupted.
    pub pending: u64,
}

impl Totals {
    /// Counts one verdict.
    pub fn add(&mut self, verdict: &Verdict) {
        let count = match verdict {
            Verdict::Match => &mut self.matched,
            Verdict::Tolerated => &mut self.tolerated,
            Verdict::Mismatch => &mut self.mismatched,
            Verdict::Inconclusive { .. } => &mut self.inconclusive,
            Verdict::Skipped { .. } => &mut self.skipped,
        };
        *count += 1;
    }

    /// All statements.
    pub fn sum(&self) -> u64 {
        self.matched
            + self.tolerated
            + self.mismatched
            + self.inconclusive
            + self.skipped
            + self.pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mismatch_says_its_class_and_is_read_with_and_without_it() {
        let differences = Differences { order_broken: true, ..Differences::default() };
        let mismatch = Judgement { verdict: Verdict::Mismatch, differences: differences.clone() };
        let mut json = serde_json::to_value(&mismatch).unwrap();
        assert_eq!((&json["verdict"], &json["class"]), (&"mismatch".into(), &"order".into()));
        assert_eq!(serde_json::from_value::<Judgement>(json.clone()).unwrap(), mismatch);
        json.as_object_mut().unwrap().remove("class");
        assert_eq!(serde_json::from_value::<Judgement>(json).unwrap(), mismatch);

        let reason = "why".to_owned();
        let open = Judgement { verdict: Verdict::Inconclusive { reason }, differences };
        let json = serde_json::to_value(&open).unwrap();
        assert_eq!((&json["reason"], json.get("class")), (&"why".into(), None));
        assert_eq!(serde_json::from_value::<Judgement>(json).unwrap(), open);
    }
}
