//! What the two answers to one statement say together.

use crate::format::{count, counted};
use model::report::ItemReport;
use model::{Difference, Differences, Outcome, OutcomeResult, Verdict};
use serde::Serialize;

/// How a mismatch shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MismatchKind {
    /// Both sides returned rows, but not the same: nobody is told. The dangerous kind.
    Silent,
    /// A side failed: whoever asked is told.
    Loud,
}

impl MismatchKind {
    /// `silent` or `loud`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Loud => "loud",
        }
    }
}

/// How the mismatch of `item` shows itself; nothing for another verdict.
pub fn mismatch_kind(item: &ItemReport) -> Option<MismatchKind> {
    matches!(item.judgement.as_ref()?.verdict, Verdict::Mismatch).then(|| kind_of(item))
}

/// The kind that a mismatch of `item` has. Where nothing shows a failure it is silent: the
/// dangerous kind must not be understated.
pub(super) fn kind_of(item: &ItemReport) -> MismatchKind {
    let failed =
        |outcome: &Option<Outcome>| outcome.as_ref().is_some_and(|o| o.failure().is_some());
    let noted = item.judgement.as_ref().is_some_and(|judgement| {
        judgement.differences.examples.iter().any(|d| matches!(d, Difference::Failure { .. }))
    });
    if failed(&item.legacy) || failed(&item.governed) || noted {
        MismatchKind::Loud
    } else {
        MismatchKind::Silent
    }
}

/// Matches in which both sides failed.
pub(super) fn failed_alike(items: &[ItemReport]) -> u64 {
    let alike = |item: &&ItemReport| {
        let matched = matches!(item.judgement.as_ref().map(|j| &j.verdict), Some(Verdict::Match));
        matched && item.legacy.as_ref().is_some_and(|outcome| outcome.failure().is_some())
    };
    items.iter().filter(alike).count() as u64
}

/// What differs, in one line without a final period: `2 missing rows, 1 changed row (3 cells)`, or
/// who failed and how. The text of engines is verbatim. Empty where no difference was recorded.
pub fn mismatch_reason(item: &ItemReport) -> String {
    let failures = failures(item);
    if !failures.is_empty() {
        return failures;
    }
    let Some(judgement) = &item.judgement else { return String::new() };
    let found = &judgement.differences;
    let mut parts: Vec<String> = shapes(found).collect();
    parts.extend(rows(found));
    if parts.is_empty() && found.legacy_rows != found.governed_rows {
        parts.push(format!(
            "{} on the legacy, {} on the governed side",
            counted(found.legacy_rows, "row"),
            count(found.governed_rows)
        ));
    }
    parts.join(", ")
}

fn failures(item: &ItemReport) -> String {
    let failed = |outcome: &Option<Outcome>| {
        outcome.as_ref().and_then(|outcome| Some(outcome.failure()?.to_string()))
    };
    let answered = |outcome: &Option<Outcome>| match outcome.as_ref().map(|o| &o.result) {
        Some(OutcomeResult::Rows { rows, .. }) => counted(*rows, "row"),
        _ => "nothing".to_owned(),
    };
    match (failed(&item.legacy), failed(&item.governed)) {
        (None, None) => String::new(),
        (Some(legacy), None) => {
            format!("legacy failed: {legacy}; governed returned {}", answered(&item.governed))
        }
        (None, Some(governed)) => {
            format!("governed failed: {governed}; legacy returned {}", answered(&item.legacy))
        }
        (Some(legacy), Some(governed)) => {
            format!("legacy failed: {legacy}; governed failed: {governed}")
        }
    }
}

fn shapes(found: &Differences) -> impl Iterator<Item = String> {
    found.examples.iter().filter_map(|difference| match difference {
        Difference::Shape { message } => Some(format!("other columns: {message}")),
        _ => None,
    })
}

fn rows(found: &Differences) -> Vec<String> {
    let mut parts = Vec::new();
    if found.missing_rows > 0 {
        parts.push(counted(found.missing_rows, "missing row"));
    }
    if found.extra_rows > 0 {
        parts.push(counted(found.extra_rows, "extra row"));
    }
    if found.changed_rows > 0 {
        parts.push(format!(
            "{} ({})",
            counted(found.changed_rows, "changed row"),
            counted(found.changed_cells, "cell")
        ));
    }
    if found.order_broken {
        let message = found.examples.iter().find_map(|difference| match difference {
            Difference::Order { row, message } => {
                Some(format!("order differs from row {}: {message}", count(row + 1)))
            }
            _ => None,
        });
        parts.push(message.unwrap_or_else(|| "order differs".to_owned()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn reason(statement: &str) -> (Option<MismatchKind>, String) {
        let report = fixture::everything();
        let item = report.items.iter().find(|i| i.item.statement == statement).unwrap();
        (mismatch_kind(item), mismatch_reason(item))
    }

    #[test]
    fn rows_on_both_sides_are_silent() {
        let (kind, reason) = reason("traps-01");
        assert_eq!(kind, Some(MismatchKind::Silent));
        assert_eq!(reason, "3 changed rows (3 cells)");
    }

    #[test]
    fn a_failure_is_loud_and_says_what_the_other_side_did() {
        let (kind, reason) = reason("traps-05");
        assert_eq!(kind, Some(MismatchKind::Loud));
        assert_eq!(
            reason,
            "governed failed: Catalog Error: Scalar Function with name to_char does not exist! \
             (SQLSTATE 42883); legacy returned 3 rows"
        );
    }

    #[test]
    fn other_columns_and_order_are_named() {
        assert!(reason("traps-06").1.starts_with("other columns: "));
        assert!(reason("traps-02").1.starts_with("order differs from row 1: "));
    }

    #[test]
    fn a_match_is_no_mismatch() {
        assert_eq!(reason("tpch-01").0, None);
        assert_eq!(reason("tpch-01").1, "");
    }
}
