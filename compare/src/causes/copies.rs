//! `DC0502`: rows that stand several times on one side.

use super::{
    cause::About,
    rows::{Alone, RowCause, Told},
};
use crate::{
    hash::{HashKey, RowHasher},
    scan::{Source, scan},
    table::Table,
    watch::Pass,
};
use model::{InMemory, Rows, Side};
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
    let hasher = |side| RowHasher::new(side, alone.all.columns, schemas, &secret);
    let hashers = [hasher(Side::Legacy), hasher(Side::Governed)];
    let (own, _) = alone.own([&hashers[0], &hashers[1]]);
    let mut counts: BTreeMap<u128, (u64, u64)> = BTreeMap::new();
    let contents = alone.table.hashes(own)?;
    for hash in alone.rows.iter().filter_map(|row| contents.get(*row)) {
        counts.entry(*hash).or_default().0 += 1;
    }
    // The own side has nothing to say.
    let [legacy, governed] = alone.all.rows;
    let nothing = |rows: &dyn Rows| {
        InMemory::new(rows.schema().clone(), Vec::new()).map_err(|error| error.to_string())
    };
    let (no_legacy, no_governed) = (nothing(legacy)?, nothing(governed)?);
    let sides: [&dyn Rows; 2] = match alone.side {
        Side::Legacy => [&no_legacy, governed],
        Side::Governed => [legacy, &no_governed],
    };
    let source =
        |rows, hasher| Source { rows, hasher, columns: RowHasher::reads(hasher), with_rows: false };
    let sources = [source(sides[0], &hashers[0]), source(sides[1], &hashers[1])];
    let found = scan(sources, (Pass::Keys, alone.all.watch), BTreeMap::new, |seen, hashed| {
        for hash in hashed.hashes.iter().filter(|hash| counts.contains_key(hash)) {
            *seen.entry(*hash).or_insert(0_u64) += 1;
        }
        Ok(())
    })?;
    for (hash, times) in found.into_iter().flatten() {
        if let Some((_, others)) = counts.get_mut(&hash) {
            *others += times;
        }
    }
    Ok(counts.into_values().collect())
}
