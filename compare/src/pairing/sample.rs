//! A key from a sample of all rows, for inputs of which too much differs to look at all of it.
//!
//! Of each candidate the rows are sampled whose value hashes to zero in some bits: on both sides the
//! same values, and all rows that have them. So a candidate that is no key shows a value twice, and
//! one whose values both sides do not share shows that too.

use super::key::candidates;
use crate::{
    hash::{HashKey, RowHasher},
    scan::{Source, scan},
    shape::Column,
    watch::{Pass, Watch},
};
use model::{Rows, Side};
use std::cmp::Reverse;

/// Values of a side in the sample, about.
const SAMPLE: u64 = 16_384;

/// Shares of shared values are told apart in so many steps: what is less is chance of the sample, and
/// the first columns are a key more often than the last.
const SHARES: usize = 32;

/// The first rows of a side, which tell most columns that are no key.
const FIRST_ROWS: usize = 16_384;
/// So many of them are read at once.
const BATCH_ROWS: usize = 8_192;
/// Columns of which so many values stand twice among the first rows are not looked at further. A
/// column that is a key but for fewer is left to the sample.
const TWICE_MAX: usize = 4;

/// The columns of the best candidate, if there is one.
pub(crate) fn key(
    sides: [&dyn Rows; 2],
    columns: &[Column<'_>],
    watch: &dyn Watch,
) -> Result<Option<Vec<usize>>, String> {
    // Always the same: the sample decides which rows are shown as one.
    let secret = HashKey::from_seed(0, 0);
    let schemas = sides.map(|side| side.schema().as_ref());
    let hashed = |columns: Vec<_>| {
        let hashers = RowHasher::both(columns.iter().copied(), schemas, &secret);
        Candidate { columns, hashers }
    };
    let mut candidates: Vec<Candidate<'_, '_>> =
        candidates(columns).into_iter().map(hashed).collect();
    for side in Side::BOTH {
        candidates = without_twins(side, side.of(sides), candidates)?;
    }
    // Tables often open with their key, and of columns together each has to be read: what comes
    // later is looked at only where it may be better.
    let single = candidates.iter().take_while(|candidate| candidate.columns.len() == 1).count();
    let mut found = Vec::new();
    for more in [1.min(single), single, candidates.len()] {
        if !found.contains(&Some(SHARES)) {
            let candidates = candidates.get(found.len()..more).unwrap_or_default();
            found.extend(shares(sides, candidates, watch)?);
        }
    }
    Ok(best(&candidates, &found))
}

/// The columns of the candidate whose values the other side has most; where that is the same, of the
/// first.
fn best(candidates: &[Candidate<'_, '_>], shares: &[Option<usize>]) -> Option<Vec<usize>> {
    let ranked = shares.iter().enumerate();
    let best = ranked.filter_map(|(rank, share)| Some((Reverse((*share)?), rank))).min();
    let candidate = best.and_then(|(_, rank)| candidates.get(rank))?;
    Some(candidate.columns.iter().map(|column| column.index).collect())
}

/// Columns that may be a key.
struct Candidate<'c, 'r> {
    columns: Vec<&'c Column<'r>>,
    hashers: [RowHasher; 2],
}

/// The columns of the candidates, ascending.
fn reads(candidates: &[Candidate<'_, '_>]) -> Vec<usize> {
    let columns = candidates.iter().flat_map(|candidate| &candidate.columns);
    let mut reads: Vec<usize> = columns.map(|column| column.index).collect();
    reads.sort_unstable();
    reads.dedup();
    reads
}

/// The candidates of which the first rows of a side have hardly a value twice.
fn without_twins<'c, 'r>(
    side: Side,
    rows: &dyn Rows,
    candidates: Vec<Candidate<'c, 'r>>,
) -> Result<Vec<Candidate<'c, 'r>>, String> {
    let told = |error| format!("the {side} side: {error}");
    let reads = reads(&candidates);
    let mut open: Vec<(Candidate<'c, 'r>, Vec<u128>)> =
        candidates.into_iter().map(|candidate| (candidate, Vec::new())).collect();
    let (mut states, mut hashes) = (Vec::new(), Vec::new());
    let (mut seen, parts) = (0, if open.is_empty() { 0 } else { rows.parts() });
    'parts: for part in 0..parts {
        for batch in rows.read(part, &reads, BATCH_ROWS).map_err(told)? {
            let batch = batch.map_err(told)?;
            for (candidate, found) in &mut open {
                let own = side.of(candidate.hashers.each_ref());
                own.hash(&batch, &reads, 0, (&mut states, &mut hashes))?;
                found.extend_from_slice(&hashes);
                found.sort_unstable();
            }
            open.retain(|(_, found)| {
                let values = found.chunk_by(|a, b| a == b);
                values.filter(|rows| rows.len() > 1).count() < TWICE_MAX
            });
            seen += batch.num_rows();
            if seen >= FIRST_ROWS || open.is_empty() {
                break 'parts;
            }
        }
    }
    Ok(open.into_iter().map(|(candidate, _)| candidate).collect())
}

/// Of each candidate, how many of its values the other side has too, in steps; nothing where it is no
/// key. By a sample of the values.
fn shares(
    sides: [&dyn Rows; 2],
    candidates: &[Candidate<'_, '_>],
    watch: &dyn Watch,
) -> Result<Vec<Option<usize>>, String> {
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let [legacy, governed] = sides;
    let schemas = sides.map(|side| side.schema().as_ref());
    // All columns of all candidates are read at once; the hash of the rows is not asked for.
    let reads = reads(candidates);
    let none = RowHasher::both([], schemas, &HashKey::from_seed(0, 0));
    let sources = [(legacy, &none[0]), (governed, &none[1])].map(|(rows, hasher)| Source {
        rows,
        hasher,
        columns: &reads,
        with_rows: true,
        parts: None,
    });
    let rows = sides.iter().filter_map(|side| side.rows()).max().unwrap_or(u64::MAX);
    let sampled = u128::from(u64::MAX) / u128::from((rows / SAMPLE).max(1));
    let init = || (Vec::new(), Vec::new(), vec![[Vec::new(), Vec::new()]; candidates.len()]);
    let found = scan(sources, (Pass::Keys, watch), init, |(states, hashes, samples), hashed| {
        for (candidate, sample) in candidates.iter().zip(samples) {
            let hasher = hashed.side.of(candidate.hashers.each_ref());
            let sample = hashed.side.of(sample.each_mut());
            hasher.hash(hashed.batch, &reads, hashed.start, (states, hashes))?;
            sample.extend(hashes.iter().copied().filter(|hash| *hash >> 64 < sampled));
        }
        Ok(())
    })?;
    let mut all: Vec<[Vec<u128>; 2]> = vec![Default::default(); candidates.len()];
    for (_, _, more) in found {
        for (own, more) in all.iter_mut().zip(more) {
            for (own, mut more) in own.iter_mut().zip(more) {
                own.append(&mut more);
            }
        }
    }
    let shares = all.into_iter().map(|[mut legacy, mut governed]| {
        let shared = shared(&mut legacy, &mut governed)?;
        // A column of which most values are the other side's too is one by which rows can be found.
        let sampled = legacy.len().min(governed.len()).max(1);
        let share = (shared * SHARES + sampled / 2) / sampled;
        (share * 2 > SHARES).then_some(share)
    });
    Ok(shares.collect())
}

/// How many values both sides have, if none has one twice.
fn shared(legacy: &mut [u128], governed: &mut [u128]) -> Option<usize> {
    legacy.sort_unstable();
    governed.sort_unstable();
    let is_unique = |sorted: &[u128]| sorted.windows(2).all(|pair| pair.first() != pair.last());
    if !is_unique(legacy) || !is_unique(governed) {
        return None;
    }
    Some(legacy.iter().filter(|hash| governed.binary_search(hash).is_ok()).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Settings, Unwatched,
        laws::fixtures::{rows, with_tables_under},
    };
    use model::InMemory;

    fn found(legacy: &[[i32; 3]], governed: &[[i32; 3]]) -> Option<Vec<usize>> {
        let settings = Settings::new(vec![]).unwrap();
        let (left, right) = (rows(legacy), rows(governed));
        let sides = [&left, &right]
            .map(|batch| InMemory::new(batch.schema(), vec![batch.clone()]).unwrap());
        with_tables_under(&settings, &left, &right, |_, _, columns| {
            key([&sides[0], &sides[1]], columns, &Unwatched).unwrap()
        })
    }

    #[test]
    fn of_columns_that_share_about_as_many_values_the_first_is_the_key() {
        let legacy: Vec<_> = (0..5_000).map(|i| [i, i * 3, i % 10]).collect();
        // Some keys are gone from the first column, none from the second.
        let governed: Vec<_> =
            (0..5_000).map(|i| [if i % 200 == 0 { i + 9_000 } else { i }, i * 3, 11]).collect();
        assert_eq!(found(&legacy, &governed), Some(vec![0]));
        // A column of which half the values are gone is a worse one.
        let governed: Vec<_> =
            (0..5_000).map(|i| [if i % 3 == 0 { i + 9_000 } else { i }, i * 3, 11]).collect();
        assert_eq!(found(&legacy, &governed), Some(vec![1]));
        // Columns together of which all values are shared are better than one of which some are not.
        let legacy: Vec<_> = (0..5_000).map(|i| [i / 10, i % 10, i]).collect();
        let governed: Vec<_> =
            (0..5_000).map(|i| [i / 10, i % 10, if i % 3 == 0 { i + 9_000 } else { i }]).collect();
        assert_eq!(found(&legacy, &governed), Some(vec![0, 1]));
    }

    #[test]
    fn what_comes_twice_or_is_not_shared_is_no_key() {
        let legacy: Vec<_> = (0..5_000).map(|i| [i / 2, i, 7]).collect();
        let governed: Vec<_> = (0..5_000).map(|i| [i / 2, i + 9_000, 7]).collect();
        assert_eq!(found(&legacy, &governed), None);
    }
}
