//! What became, with the transpiler, of the silent differences without it: statement by statement,
//! because two counts alone could hide one that is new.

use super::answers::{MismatchKind, mismatch_kind};
use crate::format::{count, counted};
use model::Verdict;
use model::report::{ItemReport, RunReport};
use serde::Serialize;
use std::collections::BTreeMap;

/// The silent differences of two passes over the same statements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Passes {
    /// Silent in the first pass.
    pub silent_unchanged: u64,
    /// Silent in the second pass.
    pub silent_transpiled: u64,
    /// Silent in the first pass; the second matches, or stays within the tolerances.
    pub now_alike: u64,
    /// Silent in the first pass; in the second it is refused, inconclusive or without a verdict.
    pub now_not_compared: u64,
    /// Silent in the first pass; in the second a side fails.
    pub now_loud: u64,
    /// Silent in the second pass only: made by the transpiler.
    pub introduced: u64,
}

impl Passes {
    /// Compares two passes; statements are matched by their ids.
    pub fn of(unchanged: &RunReport, transpiled: &RunReport) -> Self {
        let earlier: BTreeMap<&str, &ItemReport> = by_id(unchanged);
        let later = by_id(transpiled);
        let mut found = Self::default();
        for item in unchanged.items.iter().filter(|item| is_silent(item)) {
            found.silent_unchanged += 1;
            let Some(item) = later.get(item.item.statement.as_str()) else { continue };
            match (item.judgement.as_ref().map(|j| &j.verdict), mismatch_kind(item)) {
                (Some(Verdict::Match | Verdict::Tolerated), _) => found.now_alike += 1,
                (_, Some(MismatchKind::Loud)) => found.now_loud += 1,
                (_, Some(MismatchKind::Silent)) => {}
                _ => found.now_not_compared += 1,
            }
        }
        for item in transpiled.items.iter().filter(|item| is_silent(item)) {
            found.silent_transpiled += 1;
            let before = earlier.get(item.item.statement.as_str());
            found.introduced += u64::from(!before.is_some_and(|before| is_silent(before)));
        }
        found
    }

    /// `5 silent differences without the transpiler, 0 with it`.
    pub fn sentence(&self) -> String {
        format!(
            "{} without the transpiler, {} with it",
            counted(self.silent_unchanged, "silent difference"),
            count(self.silent_transpiled)
        )
    }

    /// What became of them: `of 5: 4 now answer alike, 1 is refused or cannot be compared, 0 now fail
    /// loudly; 0 are new`.
    pub fn fates(&self) -> String {
        let be = |n: u64| if n == 1 { "is" } else { "are" };
        format!(
            "of {}: {} now answer alike, {} {} refused or cannot be compared, {} now fail loudly; \
             {} {} new",
            count(self.silent_unchanged),
            count(self.now_alike),
            count(self.now_not_compared),
            be(self.now_not_compared),
            count(self.now_loud),
            count(self.introduced),
            be(self.introduced)
        )
    }
}

fn by_id(report: &RunReport) -> BTreeMap<&str, &ItemReport> {
    report.items.iter().map(|item| (item.item.statement.as_str(), item)).collect()
}

fn is_silent(item: &ItemReport) -> bool {
    mismatch_kind(item) == Some(MismatchKind::Silent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn the_sentence_names_both_numbers() {
        let found = Passes::of(&fixture::unchanged(), &fixture::transpiled());
        assert_eq!(found.sentence(), "5 silent differences without the transpiler, 0 with it");
        assert_eq!(
            found.fates(),
            "of 5: 5 now answer alike, 0 are refused or cannot be compared, 0 now fail loudly; \
             0 are new"
        );
    }

    #[test]
    fn a_new_silent_difference_is_not_hidden_by_a_removed_one() {
        let (unchanged, mut transpiled) = (fixture::unchanged(), fixture::transpiled());
        // tpch-01 matched before; give it the answer of traps-01.
        let wrong = unchanged.items[4].clone();
        transpiled.items[0].judgement = wrong.judgement;
        let found = Passes::of(&unchanged, &transpiled);
        assert_eq!((found.silent_transpiled, found.introduced, found.now_alike), (1, 1, 5));
    }

    #[test]
    fn every_removed_difference_has_one_fate() {
        let (unchanged, everything) = (fixture::unchanged(), fixture::everything());
        let found = Passes::of(&unchanged, &everything);
        let fates = found.now_alike + found.now_not_compared + found.now_loud;
        let stayed = found.silent_transpiled - found.introduced;
        assert_eq!(fates + stayed, found.silent_unchanged);
    }
}
