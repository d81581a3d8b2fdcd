//! A part of a workload that stands for all of it: the statements that took longest, one of each kind, and
//! of the rest more of those that took longer.
//!
//! What is taken depends on the statements and the seed alone, not on where in the workload they stand or
//! how many others there are beside a drawn one. Statements keep their sessions, numbers and times.

use crate::{
    folder::{Known, WorkloadDirError, Writer},
    stats,
};
use model::{ArtifactError, Digest, Manifest, Statement};
use std::{
    cmp::{Ordering, Reverse},
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher as _,
};

/// Statements that are told apart: each takes 24 bytes.
const STATEMENTS_MAX: u64 = 200_000_000;

/// What is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// So many statements, or all where there are fewer.
    pub statements: u64,
    /// Of these, so many that took longest.
    pub longest: u64,
    /// Decides what is drawn.
    pub seed: u64,
}

/// What was taken, and why; these add up to the statements taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Among those that took longest.
    pub longest: u64,
    /// The one of its fingerprint that took longest.
    pub one_of_its_kind: u64,
    /// Drawn.
    pub drawn: u64,
    /// Fingerprints in the workload.
    pub fingerprints: u64,
    /// Of these, those of which nothing was taken, for want of room.
    pub fingerprints_missing: u64,
    /// Statements in the workload.
    pub of: u64,
}

/// Why no sample was taken.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The workload cannot be read, or has changed in between.
    #[error(transparent)]
    Read(#[from] ArtifactError),
    /// The sample cannot be written.
    #[error(transparent)]
    Write(#[from] WorkloadDirError),
    /// The workload was another one when it was read again.
    #[error("the workload changed while it was read; take the sample again")]
    Changed,
    /// There are too many statements.
    #[error("the workload has more than {STATEMENTS_MAX} statements; import less of it at a time")]
    TooMany,
}

/// One statement, by what decides.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    /// Its place in the workload.
    place: u64,
    /// Microseconds; 1 where that is not known, so that it can be drawn.
    cost: u64,
    /// Between 0 and 1, larger for what is rather drawn.
    key: f64,
}

/// Reads the workload twice, by `statements`, and writes the sample by `writer`.
///
/// # Errors
/// The workload cannot be read, or the sample not written.
pub fn sample<I>(
    statements: impl Fn() -> Result<I, SampleError>,
    sampling: Sampling,
    mut writer: Writer,
    known: Known<'_>,
) -> Result<(Taken, Manifest), SampleError>
where
    I: Iterator<Item = Result<Statement, ArtifactError>>,
{
    let (places, taken) = choose(statements()?, sampling)?;
    let mut places = places.into_iter().peekable();
    for (place, statement) in (0_u64..).zip(statements()?) {
        let statement = statement?;
        if places.next_if_eq(&place).is_some() {
            writer.write(&statement)?;
        }
    }
    if places.next().is_some() {
        return Err(SampleError::Changed);
    }
    Ok((taken, writer.finish(known)?))
}

/// The places of what is taken, ascending.
fn choose(
    statements: impl Iterator<Item = Result<Statement, ArtifactError>>,
    sampling: Sampling,
) -> Result<(Vec<u64>, Taken), SampleError> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut kinds = Kinds::default();
    for (place, statement) in (0_u64..).zip(statements) {
        if place >= STATEMENTS_MAX {
            return Err(SampleError::TooMany);
        }
        let statement = statement?;
        let cost = statement.latency_us.unwrap_or(0).max(1);
        let key = drawn(uniform(sampling.seed, &statement.id), cost);
        candidates.push(Candidate { place, cost, key });
        kinds.add(&statement, place, cost);
    }
    let of = candidates.len() as u64;
    let mut taken = Taken { of, fingerprints: kinds.found.len() as u64, ..Taken::default() };
    let mut chosen: Vec<u64> = Vec::new();
    let mut left = sampling.statements.min(of);

    let longest = most(&mut candidates, sampling.longest.min(left), |a, b| {
        (a.cost, Reverse(a.place)).cmp(&(b.cost, Reverse(b.place)))
    });
    taken.longest = longest.len() as u64;
    left -= taken.longest;
    chosen.extend(longest);
    chosen.sort_unstable();

    // Kinds that took longest together come first, where there is no room for all.
    let mut by_cost: Vec<&Kind> = kinds.found.iter().collect();
    by_cost.sort_by_key(|kind| (Reverse(kind.cost), kind.place));
    let mut of_kinds = Vec::new();
    for kind in by_cost {
        if chosen.binary_search(&kind.place).is_ok() {
            continue;
        }
        if left == 0 {
            taken.fingerprints_missing += 1;
            continue;
        }
        of_kinds.push(kind.place);
        left -= 1;
    }
    taken.one_of_its_kind = of_kinds.len() as u64;
    chosen.extend(of_kinds);
    chosen.sort_unstable();

    candidates.retain(|candidate| chosen.binary_search(&candidate.place).is_err());
    let drawn = most(&mut candidates, left, |a, b| {
        a.key.total_cmp(&b.key).then_with(|| b.place.cmp(&a.place))
    });
    taken.drawn = drawn.len() as u64;
    chosen.extend(drawn);
    chosen.sort_unstable();
    Ok((chosen, taken))
}

/// The places of the `count` candidates that are most by an order, which moves them.
fn most(
    candidates: &mut [Candidate],
    count: u64,
    order: impl Fn(&Candidate, &Candidate) -> Ordering,
) -> Vec<u64> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count < candidates.len() {
        candidates.select_nth_unstable_by(count, |a, b| order(b, a));
    }
    candidates.iter().take(count).map(|candidate| candidate.place).collect()
}

/// A number between 0 and 1, without both, that follows from the seed and the statement's id.
fn uniform(seed: u64, id: &str) -> f64 {
    let digest = Digest::of([seed.to_be_bytes().as_slice(), id.as_bytes()]);
    // 52 bits are exact in a float.
    let bits = u64::from_str_radix(digest.short(13), 16).unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "52 bits and one half have 53")]
    let part = (bits as f64 + 0.5) / (1_u64 << 52) as f64;
    part
}

/// The key of weighted sampling without replacement (Efraimidis and Spirakis, 2006): those with the
/// largest are drawn with a chance that follows their weight.
fn drawn(uniform: f64, weight: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a weight may be rounded")]
    let weight = weight as f64;
    // The logarithm of `uniform.powf(1 / weight)`, which would round to 1.
    uniform.ln() / weight
}

/// The statements of a fingerprint.
#[derive(Debug)]
struct Kind {
    /// Of all of them together.
    cost: u64,
    /// The place of the one that took longest, and how long.
    place: u64,
    longest: u64,
}

#[derive(Default)]
struct Kinds {
    found: Vec<Kind>,
    by_fingerprint: HashMap<String, usize>,
    /// A text is not parsed twice.
    by_text: HashMap<u64, usize>,
    hasher: RandomState,
}

impl Kinds {
    fn add(&mut self, statement: &Statement, place: u64, cost: u64) {
        let text = self.hasher.hash_one((&statement.sql, statement.dialect));
        let kind = self.by_text.get(&text).copied().unwrap_or_else(|| {
            let fingerprint = stats::fingerprint(statement, None);
            // Further kinds are taken for those that are there: what is drawn stands for them.
            if self.found.len() >= stats::GROUPS_MAX
                && !self.by_fingerprint.contains_key(&fingerprint)
            {
                return self.found.len() - 1;
            }
            let kind = *self.by_fingerprint.entry(fingerprint).or_insert_with(|| {
                self.found.push(Kind { cost: 0, place, longest: 0 });
                self.found.len() - 1
            });
            if self.by_text.len() < stats::TEXTS_MAX {
                self.by_text.insert(text, kind);
            }
            kind
        });
        if let Some(kind) = self.found.get_mut(kind) {
            kind.cost = kind.cost.saturating_add(cost);
            if cost > kind.longest {
                (kind.place, kind.longest) = (place, cost);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder;
    use model::{Dialect, Workload};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Statements by (kind, latency).
    fn workload(made: &[(u8, Option<u64>)]) -> Workload {
        let statement = |(n, (kind, latency)): (usize, &(u8, Option<u64>))| Statement {
            latency_us: *latency,
            ..Statement::new(
                format!("q{n}"),
                (format!("s{}", n % 3), n as u64),
                Dialect::Postgres,
                format!("SELECT c{kind} FROM t WHERE x = {n}"),
            )
        };
        Workload::new("made", made.iter().enumerate().map(statement).collect()).unwrap()
    }

    fn take(workload: &Workload, sampling: Sampling) -> (Taken, Workload) {
        let folder = tempfile::tempdir().unwrap();
        let statements = || Ok(workload.statements.clone().into_iter().map(Ok));
        let writer = Writer::create(folder.path()).unwrap();
        let known = Known { source: "sample", unreadable: 1, dropped: 2 };
        let (taken, manifest) = sample(statements, sampling, writer, known).unwrap();
        let read = folder::read(folder.path()).unwrap();
        assert_eq!(read.manifest, manifest);
        assert_eq!((manifest.unreadable, manifest.dropped), (1, 2));
        (taken, read)
    }

    fn ids(workload: &Workload) -> Vec<&str> {
        workload.statements.iter().map(|statement| statement.id.as_str()).collect()
    }

    #[test]
    fn the_longest_come_first_then_one_of_each_kind() {
        let made =
            [(0, Some(5)), (1, Some(90)), (0, Some(80)), (2, None), (1, Some(10)), (0, Some(1))];
        let sampling = Sampling { statements: 3, longest: 1, seed: 7 };
        let (taken, sample) = take(&workload(&made), sampling);
        assert_eq!(ids(&sample), ["q1", "q2", "q3"]);
        assert_eq!((taken.longest, taken.one_of_its_kind, taken.drawn), (1, 2, 0));
        assert_eq!((taken.fingerprints, taken.fingerprints_missing, taken.of), (3, 0, 6));
        // Without room for all kinds the cheapest one is missing, and is told.
        let sampling = Sampling { statements: 2, longest: 0, seed: 7 };
        let (taken, sample) = take(&workload(&made), sampling);
        assert_eq!(ids(&sample), ["q1", "q2"]);
        assert_eq!(taken.fingerprints_missing, 1);
    }

    #[test]
    fn what_takes_longer_is_drawn_more_often() {
        let made: Vec<_> = (0..40).map(|n| (0, Some(if n < 20 { 1 } else { 9 }))).collect();
        let workload = workload(&made);
        let mut long = 0;
        for seed in 0..200 {
            // One is taken for its kind, which is a long one.
            let (_, sample) = take(&workload, Sampling { statements: 2, longest: 0, seed });
            let drawn = sample.statements.iter().filter(|s| s.latency_us == Some(9)).count();
            long += drawn - 1;
        }
        // 171 of 191 parts of the weight: 179 of 200 in the mean, 4.3 of deviation.
        assert!((160..=196).contains(&long), "{long}");
    }

    proptest! {
        /// A sample has the size that was asked for, is a part of the workload in its order, has the
        /// longest statements and, where there is room, every kind; the same seed gives the same.
        #[test]
        fn a_sample_is_a_part_with_all_that_it_promises(
            made in proptest::collection::vec((0..6_u8, proptest::option::of(0..1_000_u64)), 0..60),
            statements in 0..70_u64, longest in 0..20_u64, seed in any::<u64>(),
        ) {
            let workload = workload(&made);
            let sampling = Sampling { statements, longest, seed };
            let (taken, sample) = take(&workload, sampling);
            let expected = statements.min(made.len() as u64);
            prop_assert_eq!(sample.statements.len() as u64, expected);
            prop_assert_eq!(taken.longest + taken.one_of_its_kind + taken.drawn, expected);
            let all: Vec<_> = workload.statements.iter().filter(|s| sample.statements.contains(s)).collect();
            prop_assert_eq!(all, sample.statements.iter().collect::<Vec<_>>());
            let kinds = |w: &Workload| -> BTreeSet<String> {
                w.statements.iter().map(|s| stats::fingerprint(s, None)).collect()
            };
            prop_assert_eq!(taken.fingerprints, kinds(&workload).len() as u64);
            prop_assert!(kinds(&sample).len() as u64 >= taken.fingerprints - taken.fingerprints_missing);
            if statements >= longest + taken.fingerprints {
                prop_assert_eq!(taken.fingerprints_missing, 0);
            }
            let cost = |s: &Statement| s.latency_us.unwrap_or(0).max(1);
            let left_out = workload.statements.iter().filter(|s| !sample.statements.contains(s)).map(cost).max();
            let mut costs: Vec<u64> = sample.statements.iter().map(cost).collect();
            costs.sort_unstable_by(|a, b| b.cmp(a));
            if let (Some(most), Some(least)) = (
                left_out, costs.get(usize::try_from(taken.longest).unwrap().wrapping_sub(1))) {
                prop_assert!(*least >= most);
            }
            prop_assert_eq!(take(&workload, sampling), (taken, sample));
        }
    }
}
