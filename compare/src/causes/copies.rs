//! `DC0502`: rows that stand several times on one side.

use super::{
    cause::About,
    rows::{Alone, RowCause, Told},
};
use crate::{
    hash::RowHasher,
    scan::{Source, scan},
    seen::Seen,
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

fn find(alone: &Alone<'_>) -> Result<Option<Told>, String> {
    // Reading all rows once more is dear: not where it would find nothing.
    if alone.all.is_keyed || !may_have_keys(alone)? {
        return Ok(None);
    }
    let contents = alone.lone.contents();
    let others = match alone.all.copies {
        Some(counted) => {
            let of_other = |hash: &u128| alone.side.other().of(counted.left.copies(*hash));
            contents.times().keys().map(|hash| (*hash, of_other(hash))).collect()
        }
        None => counted(alone, &alone.all.hashers.rows, contents.times())?,
    };
    let mut by_factor: BTreeMap<u64, u64> = BTreeMap::new();
    for (hash, own) in contents.times() {
        let others = others.get(hash).copied().unwrap_or(0);
        if others > 0 && own.is_multiple_of(others) {
            *by_factor.entry((own + others) / others).or_default() += own;
        }
    }
    // Of equal ones, the smaller factor.
    let most = by_factor.into_iter().min_by_key(|(factor, rows)| (Reverse(*rows), *factor));
    Ok(most.map(|(factor, rows)| {
        let about = if contents.weight() > 1 { "about " } else { "" };
        let rows = rows.saturating_mul(contents.weight()).min(alone.count());
        Told {
            parameter: format!("{}: × {factor}", alone.side),
            columns: Vec::new(),
            rows,
            sentence: format!(
                "{about}{} are copies of rows that both sides have: {} has them {factor} times as often",
                alone.told_part(rows),
                alone.the_side(),
            ),
            remedy: format!("look on {} for a join whose key stands several times, a load that ran twice, or `UNION ALL` for `UNION`", alone.the_side()),
        }
    }))
}

/// May the other side have these rows? Under a key that was given, not where it has none of the
/// first ones' keys, which costs less to see.
fn may_have_keys(alone: &Alone<'_>) -> Result<bool, String> {
    let Some(key) = &alone.all.hashers.key else { return Ok(true) };
    let keys: BTreeMap<u128, u64> = alone.lone.keys().into_iter().map(|hash| (hash, 1)).collect();
    Ok(!counted(alone, key, &keys)?.is_empty())
}

/// How often the other side has these rows, or keys: reads all its rows.
fn counted(
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
