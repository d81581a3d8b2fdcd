//! Do the order keys of both sides come in the same order? Told in constant memory, by one digest of
//! the sequence of each side; which row is out of order is not seen here.

use crate::{
    hash::{HashKey, RowHasher, length},
    shape::Column,
    watch::{Pass, STOPPED, Watch},
};
use model::{Rows, Side};
use std::{panic, thread};

/// Rows that are hashed at once.
const BATCH_ROWS: usize = 8_192;

/// Do both sides show the same keys, position by position? Rows at the places `without`, ascending,
/// are passed over. Where not even that is the same, a tolerance may still accept the order.
pub(crate) fn is_same(
    sides: [&dyn Rows; 2],
    keys: &[&Column<'_>],
    without: &[Vec<u64>; 2],
    watch: &dyn Watch,
) -> Result<bool, String> {
    let mut once: Vec<&Column<'_>> = Vec::new();
    for key in keys {
        if once.iter().all(|known| known.index != key.index) {
            once.push(key);
        }
    }
    let secret = HashKey::random();
    let schemas = sides.map(|rows| rows.schema().as_ref());
    let hashers = RowHasher::both(once, schemas, &secret);
    let digest = |side: Side| {
        let (rows, hasher) = (side.of(sides), side.of(hashers.each_ref()));
        of_side(
            (side, rows, hasher),
            side.of(without.each_ref().map(Vec::as_slice)),
            &secret,
            watch,
        )
    };
    let [legacy, governed] = thread::scope(|scope| {
        let legacy = scope.spawn(|| digest(Side::Legacy));
        let governed = digest(Side::Governed);
        [legacy.join().unwrap_or_else(|payload| panic::resume_unwind(payload)), governed]
    });
    Ok(legacy? == governed?)
}

/// How many rows are left, and the digest of their keys in the order of the rows.
fn of_side(
    (side, rows, hasher): (Side, &dyn Rows, &RowHasher),
    without: &[u64],
    secret: &HashKey,
    watch: &dyn Watch,
) -> Result<(u64, u128), String> {
    let mut without = without.iter().copied().peekable();
    let (mut states, mut found) = (Vec::new(), Vec::new());
    let (mut digest, mut left, mut place) = (secret.start(), 0, 0);
    for part in 0..rows.parts() {
        let read = rows.read(part, hasher.reads(), BATCH_ROWS);
        for batch in read.map_err(|error| format!("the {side} side: {error}"))? {
            if watch.is_stopped() {
                return Err(STOPPED.to_owned());
            }
            let batch = batch.map_err(|error| format!("the {side} side: {error}"))?;
            hasher.hash(&batch, hasher.reads(), place, (&mut states, &mut found))?;
            for hash in &found {
                if without.next_if_eq(&place).is_none() {
                    digest.part(*hash, secret);
                    left += 1;
                }
                place += 1;
            }
            watch.read(Pass::Order, side, length(batch.num_rows()));
        }
    }
    Ok((left, digest.finish(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Settings, Unwatched,
        laws::fixtures::{rows, with_tables_under},
    };
    use model::InMemory;
    use proptest::prelude::*;

    fn same(
        legacy: &[[i32; 3]],
        governed: &[[i32; 3]],
        keys: &[usize],
        without: &[Vec<u64>; 2],
    ) -> bool {
        let settings = Settings::new(vec![]).unwrap();
        let (left, right) = (rows(legacy), rows(governed));
        let sides = [&left, &right].map(|batch| {
            InMemory::new(batch.schema(), vec![batch.slice(0, 0), batch.clone()]).unwrap()
        });
        with_tables_under(&settings, &left, &right, |_, _, columns| {
            let keys: Vec<&Column<'_>> = keys.iter().map(|key| &columns[*key]).collect();
            is_same([&sides[0], &sides[1]], &keys, without, &Unwatched).unwrap()
        })
    }

    fn table() -> impl Strategy<Value = Vec<[i32; 3]>> {
        proptest::collection::vec([0..2_i32, 0..2_i32, 0..3_i32], 0..5)
    }

    proptest! {
        /// As by looking at every position.
        #[test]
        fn a_digest_tells_sequences_apart(
            legacy in table(),
            governed in table(),
            keys in proptest::collection::vec(0..2_usize, 1..3),
            gone in proptest::collection::btree_set(0..5_u64, 0..3),
            came in proptest::collection::btree_set(0..5_u64, 0..3),
        ) {
            let kept = |table: &[[i32; 3]], without: &std::collections::BTreeSet<u64>| -> Vec<Vec<i32>> {
                let stays = (0_u64..).zip(table).filter(|(place, _)| !without.contains(place));
                stays.map(|(_, row)| keys.iter().map(|key| row[*key]).collect()).collect()
            };
            let expected = kept(&legacy, &gone) == kept(&governed, &came);
            let without = [gone.into_iter().collect(), came.into_iter().collect()];
            prop_assert_eq!(same(&legacy, &governed, &keys, &without), expected);
        }
    }

    #[test]
    fn rows_in_a_tie_are_a_multiset() {
        let none = [vec![], vec![]];
        assert!(same(&[[1, 1, 1], [1, 2, 2]], &[[1, 2, 2], [1, 1, 1]], &[0], &none));
        assert!(!same(&[[1, 1, 1], [1, 2, 2]], &[[1, 2, 2], [1, 1, 1]], &[0, 1], &none));
    }
}
