//! Statements grouped by what happened to them.

use model::plan::{Disposition, SkipReason};
use model::report::{ItemReport, RunReport};
use model::{CellChange, Diagnostic, Fidelity, Severity, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;

/// Examples kept for one tolerance over the whole run.
const EXAMPLES_MAX: usize = 3;

/// Statements with the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The reason.
    pub reason: String,
    /// Ids, in plan order.
    pub statements: Vec<String>,
}

/// Statements refused with the same code and message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeGroup {
    /// The stable code.
    pub code: String,
    /// The message that they share.
    pub message: String,
    /// Ids, in plan order.
    pub statements: Vec<String>,
}

/// What one transpile rule did in the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleUse {
    /// The stable code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The least faithful use.
    pub fidelity: Fidelity,
    /// Statements that it changed.
    pub statements: u64,
    /// Places that it changed in them.
    pub places: u64,
}

/// What one tolerance excused in the run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToleranceUse {
    /// The stable code.
    pub code: String,
    /// Why the team accepts it.
    pub reason: String,
    /// Statements in which it held for a column that it speaks of; 0: its scope fits nothing.
    pub in_scope: u64,
    /// Statements in which it excused something.
    pub statements: u64,
    /// Cells that it excused; 0: it is not needed, or it is in the wrong place.
    pub cells: u64,
    /// The largest excused difference, as text with its unit; nothing where it excused nothing.
    pub worst: Option<String>,
    /// Up to 3 examples.
    pub examples: Vec<CellChange>,
}

/// Inconclusive statements by reason, most frequent first.
pub(super) fn inconclusive(items: &[ItemReport]) -> Vec<Group> {
    by_reason(items.iter().filter_map(|item| match &item.judgement.as_ref()?.verdict {
        Verdict::Inconclusive { reason } => Some((reason.clone(), &item.item.statement)),
        _ => None,
    }))
}

/// Skipped statements that were not refused, by reason, most frequent first.
pub(super) fn skipped(items: &[ItemReport]) -> Vec<Group> {
    by_reason(items.iter().filter_map(|item| {
        let reason = skip_reason(item)?;
        refusal(item).is_none().then_some((reason, &item.item.statement))
    }))
}

/// Refused statements by code and message of the first error: one code has many reasons. Codes in
/// order, the most frequent reason of a code first.
pub(super) fn refused(items: &[ItemReport]) -> Vec<CodeGroup> {
    let mut found: BTreeMap<(&str, &str), CodeGroup> = BTreeMap::new();
    for item in items {
        let Some(first) = skip_reason(item).and_then(|_| refusal(item)) else { continue };
        let group = found.entry((&first.code, &first.message)).or_insert_with(|| CodeGroup {
            code: first.code.clone(),
            message: first.message.clone(),
            statements: Vec::new(),
        });
        group.statements.push(item.item.statement.clone());
    }
    let mut groups: Vec<CodeGroup> = found.into_values().collect();
    groups.sort_by(|a, b| a.code.cmp(&b.code).then(b.statements.len().cmp(&a.statements.len())));
    groups
}

fn skip_reason(item: &ItemReport) -> Option<String> {
    match &item.judgement.as_ref()?.verdict {
        Verdict::Skipped { reason } => Some(reason.clone()),
        _ => None,
    }
}

/// The diagnostic that a refusal is counted under: its first error, or else its first finding.
fn refusal(item: &ItemReport) -> Option<&Diagnostic> {
    let Disposition::Skip { reason: SkipReason::Refused { diagnostics } } = &item.item.disposition
    else {
        return None;
    };
    let error = diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
    error.or(diagnostics.first())
}

fn by_reason<'a>(found: impl Iterator<Item = (String, &'a String)>) -> Vec<Group> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (reason, statement) in found {
        groups.entry(reason).or_default().push(statement.clone());
    }
    let mut groups: Vec<Group> =
        groups.into_iter().map(|(reason, statements)| Group { reason, statements }).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.statements.len()));
    groups
}

/// Rules that changed a statement, by code; definitions of a dialect share one.
pub(super) fn rules(items: &[ItemReport]) -> Vec<RuleUse> {
    let mut found: BTreeMap<(&str, &str), RuleUse> = BTreeMap::new();
    for item in items {
        let Disposition::Run { rules, .. } = &item.item.disposition else { continue };
        for rule in rules {
            let entry = found.entry((&rule.code, &rule.name)).or_insert_with(|| RuleUse {
                code: rule.code.clone(),
                name: rule.name.clone(),
                fidelity: rule.fidelity,
                statements: 0,
                places: 0,
            });
            entry.statements += 1;
            entry.places += u64::from(rule.times);
            entry.fidelity = entry.fidelity.max(rule.fidelity);
        }
    }
    found.into_values().collect()
}

/// The ledger of the run: every tolerance in force, then any that only a ledger names.
pub(super) fn tolerances(report: &RunReport) -> Vec<ToleranceUse> {
    let unused = |code: &str, reason: &str| ToleranceUse {
        code: code.to_owned(),
        reason: reason.to_owned(),
        in_scope: 0,
        statements: 0,
        cells: 0,
        worst: None,
        examples: Vec::new(),
    };
    // Those of the team first, at their places; then those that translations need.
    let mut found: Vec<ToleranceUse> = report
        .run
        .tolerances
        .iter()
        .map(|tolerance| unused(tolerance.kind.code(), &tolerance.reason))
        .collect();
    let judgements = report.items.iter().filter_map(|item| item.judgement.as_ref());
    for differences in judgements.map(|judgement| &judgement.differences) {
        for place in &differences.unused {
            if let Some(tolerance) = found.get_mut(*place) {
                tolerance.in_scope += 1;
            }
        }
        for entry in &differences.ledger {
            let same = |t: &ToleranceUse| t.code == entry.code && t.reason == entry.reason;
            let at = entry.place.or_else(|| found.iter().position(same));
            let at = at.filter(|at| found.get(*at).is_some_and(same)).unwrap_or_else(|| {
                found.push(unused(&entry.code, &entry.reason));
                found.len() - 1
            });
            let Some(tolerance) = found.get_mut(at) else { continue };
            tolerance.in_scope += 1;
            tolerance.statements += 1;
            tolerance.cells += entry.cells;
            let worse = tolerance.worst.as_ref().is_none_or(|worst| exceeds(&entry.worst, worst));
            if worse {
                tolerance.worst = Some(entry.worst.clone());
            }
            for example in &entry.examples {
                if tolerance.examples.len() < EXAMPLES_MAX && !tolerance.examples.contains(example)
                {
                    tolerance.examples.push(example.clone());
                }
            }
        }
    }
    found
}

/// Is the difference `a` larger than `b`? Both start with a number, in the unit of one tolerance.
fn exceeds(a: &str, b: &str) -> bool {
    let number = |text: &str| text.split_whitespace().next().and_then(|n| n.parse::<f64>().ok());
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a > b,
        (a, b) => a.is_some() && b.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Summary, fixture};

    #[test]
    fn refusals_are_counted_by_code() {
        let refused = Summary::of(&fixture::everything()).refused;
        let found: Vec<_> = refused.iter().map(|g| (g.code.as_str(), g.statements.len())).collect();
        assert_eq!(found, [("TR0901", 1)]);
    }

    #[test]
    fn a_tolerance_that_excused_nothing_is_listed() {
        let ledger = Summary::of(&fixture::everything()).tolerances;
        let unused: Vec<_> = ledger.iter().filter(|t| t.cells == 0).map(|t| &t.code).collect();
        assert_eq!(unused, ["TL0004"]);
        let used = ledger.iter().find(|t| t.code == "TL0002").unwrap();
        assert_eq!((used.statements, used.cells), (2, 7));
        assert_eq!(used.worst.as_deref(), Some("4.1e-16 relative"));
    }

    #[test]
    fn a_tolerance_in_scope_is_told_from_one_whose_scope_fits_nothing() {
        let mut report = fixture::everything();
        let precision = |report: &RunReport| {
            let ledger = Summary::of(report).tolerances;
            ledger.into_iter().find(|t| t.code == "TL0004").unwrap()
        };
        assert!(precision(&report).in_scope > 0);
        for item in &mut report.items {
            if let Some(judgement) = &mut item.judgement {
                judgement.differences.unused.clear();
            }
        }
        assert_eq!(precision(&report).in_scope, 0);
    }

    #[test]
    fn two_tolerances_of_one_kind_and_reason_are_counted_apart() {
        let mut report = fixture::everything();
        let twin = report.run.tolerances[0].clone();
        report.run.tolerances.push(twin);
        let cells: Vec<u64> = Summary::of(&report)
            .tolerances
            .iter()
            .filter(|t| t.code == "TL0002")
            .map(|t| t.cells)
            .collect();
        assert_eq!(cells, [7, 0]);
    }

    #[test]
    fn the_worst_is_the_larger_number() {
        assert!(exceeds("2e-9 relative", "1.5e-9 relative"));
        assert!(!exceeds("1 µs", "10 µs"));
        assert!(exceeds("1 µs", "unknown"));
        assert!(!exceeds("unknown", "1 µs"));
    }

    #[test]
    fn rules_count_statements_and_places() {
        let rules = Summary::of(&fixture::everything()).rules;
        let order = rules.iter().find(|rule| rule.code == "TR0201").unwrap();
        assert_eq!((order.statements, order.places), (3, 4));
    }

    #[test]
    fn the_most_frequent_reason_comes_first() {
        let (a, b) = ("a".to_owned(), "b".to_owned());
        let found = [("rare".to_owned(), &a), ("often".to_owned(), &a), ("often".to_owned(), &b)];
        let groups = by_reason(found.into_iter());
        assert_eq!(groups.iter().map(|g| g.reason.as_str()).collect::<Vec<_>>(), ["often", "rare"]);
    }
}
