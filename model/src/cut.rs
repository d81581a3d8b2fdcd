//! Which rows LIMIT, OFFSET, FETCH and TOP take, and what came of asking for more of them.
//!
//! Where the order leaves open which rows a statement takes, two engines may take others and both be
//! right. Asked for more rows, both show all that they could take, and these can be compared.

use serde::{Deserialize, Serialize};

/// The rows that a statement takes of those that it would give without a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Window {
    /// Rows that are passed over first.
    pub skipped: u64,
    /// Rows that are taken then; absent for all that are left.
    pub taken: Option<u64>,
}

impl Window {
    /// The first rows up to so many `more` than the window takes, at most `rows_max`: nothing where
    /// that is no more than the window itself, or more than can be counted.
    #[must_use]
    pub fn wider(self, more: u64, rows_max: u64) -> Option<Wider> {
        let Some(taken) = self.taken else { return Some(Wider { window: self, asked: None }) };
        let end = self.skipped.checked_add(taken)?;
        let asked = end.checked_add(more)?.min(rows_max);
        (asked > end).then_some(Wider { window: self, asked: Some(asked) })
    }
}

/// How many rows are asked for, to see what a window cuts off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Wider {
    /// What the statement itself takes.
    pub window: Window,
    /// The limit that is asked for, without passing any row over; absent for all rows.
    pub asked: Option<u64>,
}

/// Why it is open which rows a limited statement takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CutKind {
    /// It asks for no order: any rows will do.
    Unordered,
    /// The rows that differ all have the sort key at the cut.
    Tied,
    /// It sorts by what is not in the output, so that nobody sees which rows are tied.
    Hidden,
}

/// How far the rows that may be taken are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CutEnd {
    /// All of them were answered, by both sides.
    Seen,
    /// They go on behind the rows that were asked for.
    Beyond,
    /// Not known: a side failed, for example.
    Unknown,
}

/// Both sides asked for more rows than the statement takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AskedWider {
    /// How many.
    pub wider: Wider,
    /// Is all that may be taken among the answers?
    pub end: CutEnd,
    /// Rows of the legacy's answer; absent for a failure.
    pub legacy_rows: Option<u64>,
    /// Rows of the governed side's answer; absent for a failure.
    pub governed_rows: Option<u64>,
    /// Rows of the legacy's answer with the sort key at the cut, as far as they were answered.
    pub legacy_tied: Option<u64>,
    /// The same of the governed side's answer.
    pub governed_tied: Option<u64>,
}

/// An answer of which it is open which rows it has to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cut {
    /// Why.
    pub kind: CutKind,
    /// What came of asking for more rows, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<AskedWider>,
}

impl Cut {
    /// Can asking for more rows than before tell more?
    #[must_use]
    pub fn needs_more(&self) -> bool {
        let seen_enough = self.asked.as_ref().is_some_and(|asked| asked.end != CutEnd::Beyond);
        self.kind != CutKind::Hidden && !seen_enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_window_begins_at_the_first_row() {
        let window = Window { skipped: 10, taken: Some(5) };
        let asked = |more, max| window.wider(more, max).map(|wider| wider.asked);
        assert_eq!(asked(1_000, 1_000_000), Some(Some(1_015)));
        assert_eq!(asked(1_000, 100), Some(Some(100)), "no more than the bound");
        assert_eq!(asked(1_000, 15), None, "nothing more than the window");
        assert_eq!(asked(0, 100), None);
        assert_eq!(asked(u64::MAX, u64::MAX), None, "more than can be counted");
        let far = Window { skipped: u64::MAX, taken: Some(1) };
        assert_eq!(far.wider(1, u64::MAX), None);
        let all = Window { skipped: 3, taken: None };
        assert_eq!(all.wider(0, 1).unwrap().asked, None, "without a limit all rows come");
    }

    #[test]
    fn what_is_hidden_or_seen_needs_no_more() {
        let wider = Window { skipped: 0, taken: Some(1) }.wider(1, 9).unwrap();
        let asked = |end| AskedWider {
            wider,
            end,
            legacy_rows: None,
            governed_rows: None,
            legacy_tied: None,
            governed_tied: None,
        };
        let cut = |kind, asked| Cut { kind, asked };
        assert!(cut(CutKind::Tied, None).needs_more());
        assert!(cut(CutKind::Unordered, Some(asked(CutEnd::Beyond))).needs_more());
        assert!(!cut(CutKind::Tied, Some(asked(CutEnd::Seen))).needs_more());
        assert!(!cut(CutKind::Tied, Some(asked(CutEnd::Unknown))).needs_more());
        assert!(!cut(CutKind::Hidden, None).needs_more());
    }
}
