//! `DC0502`: rows that stand several times on one side.

use super::{
    cause::About,
    rows::{Alone, RowCause, Told},
};
use crate::{
    hash::{HashKey, RowHasher},
    scan::{Source, scan},
    seen::Seen,
    table::Table,
    watch::Pass,
};
use model::Side;
use std::{cmp::Reverse, collections::BTreeMap};

pub(crate) static CAUSE: RowCause = RowCause {
    about: About {
        code: "DC0502",
        name: "copies of rows",
        page: "\
The rows that one side has too many are copies of rows that the other side has too, each so many
times: 3 times as often means two more. It is recognised by counting each of them among all rows of
the other side. Usual reasons: a join whose key is not unique on one side (a dimension loaded twice,
a history without its end dates), a load that ran twice, `UNION ALL` for `UNION`.

Look for the join's key that stands several times: `SELECT key, count(*) … GROUP BY key HAVING
count(*) > 1`. No tolerance speaks for it.",
    },
    find,
};

/// Rows that are counted.
const ROWS_MAX: usize = 1_000_000;

fn find(alone: &Alone<'_>) -> Result<Option<Told>, String> {
    // Reading all rows once more is dear: not where it would find nothing, and of rows that were
    // paired by a given key only where one side alone has some.
    let is_vain = alone.all.is_keyed || (alone.all.has_given_key && alone.of_other > 0);
    if is_vain || alone.rows.len() > ROWS_MAX {
        return Ok(None);
    }
    let mut by_factor: BTreeMap<u64, u64> = BTreeMap::new();
    for (own, others) in times(alone)? {
        if others > 0 && own.is_multiple_of(others) {
            *by_factor.entry((own + others) / others).or_default() += own;
        }
    }
    let most = by_factor.into_iter().min_by_key(|(factor, rows)| (Reverse(*rows), *factor));
    Ok(most.map(|(factor, rows)| Told {
        parameter: format!("{}: × {factor}", alone.side),
        columns: Vec::new(),
        rows,
        sentence: format!(
            "{} are copies of rows that both sides have: {} has them {factor} times as often",
            alone.told_part(rows),
            alone.the_side(),
        ),
        remedy: format!("look on {} for a join whose key stands several times, a load that ran twice, or `UNION ALL` for `UNION`", alone.the_side()),
    }))
}

/// How often each content stands alone on its side, and how often the other side has it.
fn times(alone: &Alone<'_>) -> Result<Vec<(u64, u64)>, String> {
    let secret = HashKey::random();
    let schemas = alone.all.tables.map(Table::schema);
    let hashers = match alone.all.copies {
        Some(counted) => counted.hashers.clone(),
        None => RowHasher::both(alone.all.columns, schemas, &secret),
    };
    let contents = alone.table.hashes(alone.side.of(hashers.each_ref()))?;
    let mut own: BTreeMap<u128, u64> = BTreeMap::new();
    for hash in alone.rows.iter().filter_map(|row| contents.get(*row)) {
        *own.entry(*hash).or_default() += 1;
    }
    let others = match alone.all.copies {
        Some(counted) => {
            let of_other = |hash: &u128| alone.side.other().of(counted.left.copies(*hash));
            own.keys().map(|hash| (*hash, of_other(hash))).collect()
        }
        None => counted_among_others(alone, &hashers, &own)?,
    };
    Ok(own.into_iter().map(|(hash, own)| (own, others.get(&hash).copied().unwrap_or(0))).collect())
}

/// How often the other side has these rows: reads all its rows.
fn counted_among_others(
    alone: &Alone<'_>,
    hashers: &[RowHasher; 2],
    own: &BTreeMap<u128, u64>,
) -> Result<BTreeMap<u128, u64>, String> {
    // The own side has nothing to say.
    let sources = Side::BOTH.map(|side| {
        let hasher = side.of(hashers.each_ref());
        let parts = (side == alone.side).then_some(&[][..]);
        Source {
            rows: side.of(alone.all.rows),
            hasher,
            columns: hasher.reads(),
            with_rows: false,
            parts,
        }
    });
    let seen = Seen::new(own.keys());
    let found = scan(sources, (Pass::Keys, alone.all.watch), BTreeMap::new, |counts, hashed| {
        let may = hashed.hashes.iter().filter(|hash| seen.may_have(**hash));
        for hash in may.filter(|hash| own.contains_key(hash)) {
            *counts.entry(*hash).or_insert(0_u64) += 1;
        }
        Ok(())
    })?;
    let mut all = BTreeMap::new();
    for (hash, times) in found.into_iter().flatten() {
        *all.entry(hash).or_default() += times;
    }
    Ok(all)
}
