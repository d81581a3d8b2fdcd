//! Is an answer that a limit cut a possible choice from all that the same side could take?
//!
//! Exact, by hashes of typed values: the two answers come from one engine, and no tolerance makes a
//! row that it did not have.

use crate::{
    Settings, StatementRef,
    hash::{HashKey, RowHasher},
    order::visible_keys,
    shape,
};
use model::{Rows, Side};
use std::collections::{HashMap, HashSet};

/// Rows that are hashed at once.
const BATCH_ROWS: usize = 8_192;

/// What is known of the two answers of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// The first answer shows the order keys that the wide one has in these places, and every row of
    /// it is a row that could be taken, copies counted. Of a group that is not cut, all rows are
    /// there then: their number is given by the keys.
    pub(super) is_possible: bool,
    /// Rows of the same order keys are never parted by others in the wide answer.
    pub(super) keys_stand_together: bool,
}

impl Choice {
    /// Holds the answer `cut` of a side against the rows from `start` to before `end` of its `wide`
    /// one, in which the statement takes rows from the place `first`.
    pub(super) fn of(
        side: Side,
        statement: &StatementRef<'_>,
        [cut, wide]: [&dyn Rows; 2],
        (first, [start, end]): (usize, [usize; 2]),
        settings: &Settings,
    ) -> Result<Self, String> {
        let other = || format!("the {side} side gave other columns when it was asked again");
        let shape = shape::plan(statement, cut.schema(), wide.schema(), settings)?;
        let columns = shape.map_err(|_| other())?.columns;
        let keys = visible_keys(statement.facts, &columns);
        let secret = HashKey::random();
        let schemas = [cut.schema().as_ref(), wide.schema().as_ref()];
        let of_rows = RowHasher::both(&columns, schemas, &secret);
        let [cut_rows, wide_rows] = both([cut, wide], &of_rows)?;
        let mut is_possible = is_part(&cut_rows, wide_rows.get(start..end).unwrap_or_default());
        let mut keys_stand_together = true;
        if !keys.is_empty() {
            let mut once: Vec<_> = Vec::new();
            for key in keys {
                if once.iter().all(|known: &&shape::Column<'_>| known.index != key.index) {
                    once.push(key);
                }
            }
            let of_keys = RowHasher::both(once, schemas, &secret);
            let [cut_keys, wide_keys] = both([cut, wide], &of_keys)?;
            let taken = first.saturating_add(cut_keys.len());
            is_possible &= wide_keys.get(first..taken) == Some(cut_keys.as_slice());
            keys_stand_together = stand_together(&wide_keys);
        }
        Ok(Self { is_possible, keys_stand_together })
    }
}

fn both(sides: [&dyn Rows; 2], hashers: &[RowHasher; 2]) -> Result<[Vec<u128>; 2], String> {
    let [cut, wide] = sides;
    let [of_cut, of_wide] = hashers;
    Ok([hashes(cut, of_cut)?, hashes(wide, of_wide)?])
}

/// The hash of each row, in the order of the rows.
fn hashes(rows: &dyn Rows, hasher: &RowHasher) -> Result<Vec<u128>, String> {
    let (mut states, mut of_batch, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for part in 0..rows.parts() {
        let batches = rows.read(part, hasher.reads(), BATCH_ROWS);
        for batch in batches.map_err(|error| error.to_string())? {
            let batch = batch.map_err(|error| error.to_string())?;
            hasher.hash(&batch, hasher.reads(), 0, (&mut states, &mut of_batch))?;
            all.append(&mut of_batch);
        }
    }
    Ok(all)
}

/// Is each row among the others, copies counted?
fn is_part(rows: &[u128], of: &[u128]) -> bool {
    let mut left: HashMap<u128, usize> = HashMap::new();
    for row in of {
        *left.entry(*row).or_default() += 1;
    }
    rows.iter().all(|row| match left.get_mut(row) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    })
}

fn stand_together(keys: &[u128]) -> bool {
    let mut seen = HashSet::new();
    let mut before = None;
    keys.iter().all(|key| before.replace(key) == Some(key) || seen.insert(*key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::fixtures::{facts, ordered_by, rows, statement, tolerating};
    use model::{InMemory, StatementFacts};

    fn choice(
        facts: &StatementFacts,
        cut: &[[i32; 3]],
        wide: &[[i32; 3]],
        place: (usize, [usize; 2]),
    ) -> Choice {
        let [cut, wide] = [cut, wide].map(|table| {
            let batch = rows(table);
            InMemory::new(batch.schema(), vec![batch]).unwrap()
        });
        let statement = statement(facts);
        Choice::of(Side::Governed, &statement, [&cut, &wide], place, &tolerating(&[])).unwrap()
    }

    #[test]
    fn a_choice_has_the_keys_of_its_places_and_rows_that_are_there() {
        let wide = [[1, 1, 0], [2, 1, 0], [2, 2, 0], [2, 2, 0], [3, 1, 0]];
        let by_first = ordered_by(&[Some(0)]);
        let possible = |cut: &[[i32; 3]]| {
            // Two rows behind the first, of the group of 2.
            choice(&by_first, cut, &wide, (1, [1, 4])).is_possible
        };
        for cut in [[[2, 1, 0], [2, 2, 0]], [[2, 2, 0], [2, 2, 0]], [[2, 2, 0], [2, 1, 0]]] {
            assert!(possible(&cut), "{cut:?}");
        }
        for cut in [
            // A copy that is not there, a row that is not, and rows of other places.
            [[2, 1, 0], [2, 1, 0]],
            [[2, 1, 0], [2, 7, 0]],
            [[1, 1, 0], [2, 1, 0]],
            [[2, 1, 0], [3, 1, 0]],
        ] {
            assert!(!possible(&cut), "{cut:?}");
        }
    }

    #[test]
    fn without_an_order_any_rows_that_are_there_will_do() {
        let wide = [[1, 1, 0], [2, 1, 0], [1, 1, 0]];
        let possible = |cut: &[[i32; 3]]| choice(&facts(), cut, &wide, (0, [0, 3])).is_possible;
        assert!(possible(&[[2, 1, 0], [1, 1, 0]]) && possible(&[[1, 1, 0], [1, 1, 0]]));
        assert!(!possible(&[[2, 1, 0], [2, 1, 0]]));
    }

    #[test]
    fn keys_that_come_back_are_noticed() {
        for (keys, together) in
            [(&[1, 1, 2, 3, 3][..], true), (&[1, 2, 1], false), (&[], true), (&[1, 2, 2, 1], false)]
        {
            let keys: Vec<u128> = keys.to_vec();
            assert_eq!(stand_together(&keys), together, "{keys:?}");
        }
    }
}
