//! What all reports derive from a run, in one place: so that no two reports can disagree.

mod answers;
mod data;
mod groups;
mod lag;
mod latency;
mod passes;

pub use answers::{
    MismatchKind, mismatch_class, mismatch_kind, mismatch_reason, noise_line, ties_line,
};
pub(crate) use answers::{by_impact, columns, impact};
pub use data::DataSummary;
pub use groups::{CodeGroup, Group, RuleUse, ToleranceUse};
pub use lag::LagSummary;
pub use latency::{FingerprintLatency, Latency, Percentiles};
pub use passes::Passes;

use crate::format;
use model::report::{ItemReport, RunReport};
use model::{CauseCluster, CollisionBound, MismatchClass, Verdict, cause};
use serde::Serialize;
use std::collections::BTreeMap;

/// Most corpora that are counted one by one; a captured workload may have ids with many prefixes.
const CORPORA_MAX: usize = 12;

/// The name under which statements are counted whose id has no corpus, or one of too many.
const OTHER: &str = "other";

/// Counts of verdicts, with mismatches split by how they show. They balance: [`Counts::sum`] is
/// the number of statements counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// The same answer, or failed alike.
    pub matched: u64,
    /// Different only within tolerances.
    pub tolerated: u64,
    /// Mismatches in which both sides returned rows: nobody would have noticed.
    pub silent: u64,
    /// Mismatches in which a side failed: somebody would have noticed.
    pub loud: u64,
    /// It cannot be said.
    pub inconclusive: u64,
    /// Not replayed.
    pub skipped: u64,
    /// No verdict yet.
    pub pending: u64,
}

impl Counts {
    /// All statements counted.
    pub fn sum(&self) -> u64 {
        self.matched
            + self.tolerated
            + self.silent
            + self.loud
            + self.inconclusive
            + self.skipped
            + self.pending
    }

    /// Silent and loud mismatches.
    pub fn mismatched(&self) -> u64 {
        self.silent + self.loud
    }

    /// Each count with its label, in the order in which reports show them.
    pub fn labelled(&self) -> [(&'static str, u64); 7] {
        [
            ("match", self.matched),
            ("tolerated", self.tolerated),
            ("mismatch, silent", self.silent),
            ("mismatch, loud", self.loud),
            ("inconclusive", self.inconclusive),
            ("skipped", self.skipped),
            ("pending", self.pending),
        ]
    }

    fn add(&mut self, item: &ItemReport) {
        let verdict = item.judgement.as_ref().map(|judgement| &judgement.verdict);
        let count = match verdict {
            Some(Verdict::Match) => &mut self.matched,
            Some(Verdict::Tolerated) => &mut self.tolerated,
            Some(Verdict::Mismatch) => match mismatch_kind(item) {
                Some(MismatchKind::Loud) => &mut self.loud,
                Some(MismatchKind::Silent) | None => &mut self.silent,
            },
            Some(Verdict::Inconclusive { .. }) => &mut self.inconclusive,
            Some(Verdict::Skipped { .. }) => &mut self.skipped,
            None => &mut self.pending,
        };
        *count += 1;
    }
}

/// The counts of one corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorpusCounts {
    /// Its name: what stands before the first `-` of the statement ids, for example `tpch`.
    pub corpus: String,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
}

/// One mismatch in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Id of the statement.
    pub statement: String,
    /// Silent or loud.
    pub kind: MismatchKind,
    /// By what: rows, order, columns, or which side failed.
    pub class: MismatchClass,
    /// What differs, for people.
    pub reason: String,
}

/// Mismatches of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClassCount {
    /// The class.
    pub class: MismatchClass,
    /// How many statements are of it.
    pub statements: u64,
}

/// Does the gate hold, and what does it let pass?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// Nothing pending, and no more mismatches than allowed.
    pub holds: bool,
    /// Mismatches that it lets pass.
    pub mismatches_allowed: u64,
    /// Does it let data pass that differ between the sides, or change?
    pub drift_allowed: bool,
}

/// Everything that reports derive from a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Statements in the run.
    pub statements: u64,
    /// The gate.
    pub gate: Gate,
    /// Counts of the whole run.
    pub counts: Counts,
    /// Counts by corpus, in order of first appearance; `other` last.
    pub corpora: Vec<CorpusCounts>,
    /// Matches in which both sides failed alike.
    pub failed_alike: u64,
    /// Mismatches by class, in the order of [`MismatchClass::ALL`]; classes without one are left out.
    pub classes: Vec<ClassCount>,
    /// What explains differences, over all statements: the causes of most statements first.
    pub causes: Vec<CauseCluster>,
    /// How sure it is that rows taken for equal are, in all comparisons together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collision_bound: Option<CollisionBound>,
    /// Every mismatch, in plan order.
    pub mismatches: Vec<Mismatch>,
    /// Inconclusive statements by reason, most frequent first.
    pub inconclusive: Vec<Group>,
    /// Refused statements by the code of the first error, by code.
    pub refused: Vec<CodeGroup>,
    /// Other skipped statements by reason, most frequent first.
    pub skipped: Vec<Group>,
    /// Transpile rules that changed a statement, by code.
    pub rules: Vec<RuleUse>,
    /// The ledger: what each tolerance excused. One that excused nothing is listed with 0 cells.
    pub tolerances: Vec<ToleranceUse>,
    /// Latency of the statements that returned rows on both sides.
    pub latency: Latency,
    /// The same by fingerprint, those that took most time first.
    pub fingerprints: Vec<FingerprintLatency>,
    /// Fingerprints that are not listed there.
    pub fingerprints_left_out: u64,
    /// How late statements were sent.
    pub lag: LagSummary,
    /// Whether both sides hold the same data.
    pub data: DataSummary,
}

impl Summary {
    /// Derives everything from `report`.
    pub fn of(report: &RunReport) -> Self {
        let mut counts = Counts::default();
        report.items.iter().for_each(|item| counts.add(item));
        let mismatches = report.items.iter().filter_map(|item| {
            Some(Mismatch {
                statement: item.item.statement.clone(),
                kind: mismatch_kind(item)?,
                class: mismatch_class(item)?,
                reason: mismatch_reason(item),
            })
        });
        let mismatches: Vec<Mismatch> = mismatches.collect();
        let (fingerprints, fingerprints_left_out) = latency::fingerprints(&report.items);
        Self {
            statements: counts.sum(),
            gate: Gate {
                holds: report.gate_holds(),
                mismatches_allowed: report.run.mismatches_allowed,
                drift_allowed: report.run.drift_allowed,
            },
            counts,
            corpora: corpora(&report.items),
            failed_alike: answers::failed_alike(&report.items),
            causes: causes(&report.items),
            collision_bound: CollisionBound::of_all(
                report
                    .items
                    .iter()
                    .filter_map(|item| item.judgement.as_ref()?.differences.collision_bound),
            ),
            classes: classes(&mismatches),
            mismatches,
            inconclusive: groups::inconclusive(&report.items),
            refused: groups::refused(&report.items),
            skipped: groups::skipped(&report.items),
            rules: groups::rules(&report.items),
            tolerances: groups::tolerances(report),
            latency: latency::latency(&report.items),
            fingerprints,
            fingerprints_left_out,
            lag: lag::lag(&report.items),
            data: DataSummary::of(report),
        }
    }

    /// The verdict in one line, exact: `7 statements: 3 match, 1 tolerated, 2 mismatch (1 silent:
    /// 1 other rows; 1 loud: 1 only the governed side fails), 0 inconclusive, 1 skipped`; pending
    /// statements only where there are some.
    pub fn verdict_line(&self) -> String {
        let c = &self.counts;
        let split = match c.mismatched() {
            0 => String::new(),
            _ => format!(" ({})", self.mismatches_by_class()),
        };
        let pending = match c.pending {
            0 => String::new(),
            n => format!(", {} pending", format::count(n)),
        };
        format!(
            "{}: {} match, {} tolerated, {} mismatch{split}, {} inconclusive, {} skipped{pending}",
            format::counted(self.statements, "statement"),
            format::count(c.matched),
            format::count(c.tolerated),
            format::count(c.mismatched()),
            format::count(c.inconclusive),
            format::count(c.skipped)
        )
    }

    /// `2 silent: 1 other rows, 1 other order; 1 loud: 1 only the governed side fails`; a kind that
    /// has none stands without classes.
    pub fn mismatches_by_class(&self) -> String {
        let of_kind = |kind: MismatchKind, all: u64| {
            let classes: Vec<String> = self
                .classes
                .iter()
                .filter(|of| MismatchKind::of(of.class) == kind)
                .map(|of| format!("{} {}", format::count(of.statements), of.class))
                .collect();
            let colon = if classes.is_empty() { "" } else { ": " };
            format!("{} {}{colon}{}", format::count(all), kind.as_str(), classes.join(", "))
        };
        let silent = of_kind(MismatchKind::Silent, self.counts.silent);
        format!("{silent}; {}", of_kind(MismatchKind::Loud, self.counts.loud))
    }

    /// Why the gate holds or fails, without a final period: `2 mismatches, 0 allowed`.
    pub fn gate_reason(&self) -> String {
        let incomplete = match self.counts.pending {
            0 => String::new(),
            n => format!(
                "; {} without a verdict: the run is incomplete, resume it",
                format::counted(n, "statement")
            ),
        };
        let drift = match (self.data.drifted(), self.gate.drift_allowed) {
            (0, _) => String::new(),
            (n, allowed) => format!(
                "; other data in {}{}",
                format::counted(n, "table"),
                if allowed { ", which is allowed" } else { "" }
            ),
        };
        format!(
            "{}, {} allowed{drift}{incomplete}",
            format::counted(self.counts.mismatched(), "mismatch"),
            format::count(self.gate.mismatches_allowed)
        )
    }
}

fn classes(mismatches: &[Mismatch]) -> Vec<ClassCount> {
    let counted = MismatchClass::ALL.into_iter().map(|class| ClassCount {
        class,
        statements: mismatches.iter().filter(|mismatch| mismatch.class == class).count() as u64,
    });
    counted.filter(|of| of.statements > 0).collect()
}

fn causes(items: &[ItemReport]) -> Vec<CauseCluster> {
    cause::cluster(items.iter().filter_map(|item| {
        let found = &item.judgement.as_ref()?.differences;
        Some((item.item.statement.as_str(), found.causes.as_slice()))
    }))
}

/// The corpus that a statement belongs to: what stands before the first `-` of its id, if that is
/// a name.
pub fn corpus_of(statement: &str) -> Option<&str> {
    let (corpus, rest) = statement.split_once('-')?;
    let named = corpus.chars().next().is_some_and(char::is_alphabetic) && !rest.is_empty();
    named.then_some(corpus)
}

fn corpora(items: &[ItemReport]) -> Vec<CorpusCounts> {
    let mut found: BTreeMap<&str, (usize, Counts)> = BTreeMap::new();
    let mut other = Counts::default();
    for item in items {
        let next = found.len();
        match corpus_of(&item.item.statement) {
            Some(corpus) if found.contains_key(corpus) || next < CORPORA_MAX => {
                found.entry(corpus).or_insert((next, Counts::default())).1.add(item);
            }
            _ => other.add(item),
        }
    }
    let mut corpora: Vec<_> = found.into_iter().collect();
    corpora.sort_by_key(|(_, (first, _))| *first);
    let named = corpora
        .into_iter()
        .map(|(corpus, (_, counts))| CorpusCounts { corpus: corpus.to_owned(), counts });
    let rest = (other.sum() > 0).then(|| CorpusCounts { corpus: OTHER.to_owned(), counts: other });
    named.chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn counts_balance_with_the_totals() {
        for report in fixture::all() {
            let summary = Summary::of(&report);
            assert_eq!(summary.statements, report.totals.sum());
            assert_eq!(summary.counts.mismatched(), report.totals.mismatched);
            assert_eq!(summary.mismatches.len() as u64, report.totals.mismatched);
            let by_class: u64 = summary.classes.iter().map(|of| of.statements).sum();
            assert_eq!(by_class, report.totals.mismatched);
            let by_corpus: u64 = summary.corpora.iter().map(|c| c.counts.sum()).sum();
            assert_eq!(by_corpus, summary.statements);
            let labelled: u64 = summary.counts.labelled().iter().map(|(_, n)| n).sum();
            assert_eq!(labelled, summary.statements);
            let inconclusive: usize = summary.inconclusive.iter().map(|g| g.statements.len()).sum();
            assert_eq!(inconclusive as u64, report.totals.inconclusive);
            let refused: usize = summary.refused.iter().map(|g| g.statements.len()).sum();
            let skipped: usize = summary.skipped.iter().map(|g| g.statements.len()).sum();
            assert_eq!((refused + skipped) as u64, report.totals.skipped);
        }
    }

    #[test]
    fn the_verdict_line_has_exact_counts() {
        let summary = Summary::of(&fixture::everything());
        let line = summary.verdict_line();
        assert_eq!(
            line,
            "21 statements: 4 match, 2 tolerated, 9 mismatch (7 silent: 5 other rows, \
             1 other order, 1 other columns; 2 loud: 1 only the governed side fails, \
             1 only the legacy side fails), 1 inconclusive, 4 skipped, 1 pending"
        );
        assert!(
            summary.gate_reason().starts_with(
                "9 mismatches, 1 allowed; other data in 2 tables; 1 statement without"
            )
        );
        assert!(!summary.gate.holds);
    }

    #[test]
    fn the_corpus_stands_before_the_first_dash() {
        assert_eq!(corpus_of("tpch-01"), Some("tpch"));
        assert_eq!(corpus_of("traps-12-b"), Some("traps"));
        for none in ["17", "17-3", "tpch", "tpch-", "-1", ""] {
            assert_eq!(corpus_of(none), None, "{none}");
        }
    }

    #[test]
    fn many_corpora_are_counted_together() {
        let mut report = fixture::transpiled();
        let item = report.items[0].clone();
        report.items = (0..100)
            .map(|i| {
                let mut item = item.clone();
                item.item.statement = format!("c{i}-1");
                item
            })
            .collect();
        let corpora = Summary::of(&report).corpora;
        assert_eq!(corpora.len(), CORPORA_MAX + 1);
        assert_eq!(
            corpora.last().map(|c| (c.corpus.as_str(), c.counts.sum())),
            Some(("other", 88))
        );
    }
}
