//! Does the governed result keep the order that the statement asks for?
//!
//! The legacy result is the reference: no collation or NULL order is assumed, the governed side
//! must show the same order keys at the same positions. Rows with equal keys are a multiset. Rows
//! that differ anyway are left out on both sides, so that one missing row is not also a wrong order.

mod digest;

pub(crate) use digest::is_same;

use crate::{
    ledger::Ledger,
    render::cell_text,
    shape::Column,
    table::Table,
    tolerances::{CellVerdict, compare_cells},
};
use model::{Difference, StatementFacts};

/// Whether the order holds.
#[derive(Debug, PartialEq)]
pub(crate) enum Order {
    /// As in the legacy result.
    Held,
    /// Some keys at the same position are equal only within a tolerance.
    HeldWithin,
    /// Another order.
    Broken(Difference),
}

/// The output columns of the leading order keys that can be seen in the result.
pub(crate) fn visible_keys<'c, 'r>(
    facts: &StatementFacts,
    columns: &'c [Column<'r>],
) -> Vec<&'c Column<'r>> {
    let key = |index: Option<usize>| index.and_then(|index| columns.get(index));
    facts.order_by.iter().map_while(|order| key(order.column)).collect()
}

/// Rows that stay when those at the places `without` (ascending) are taken away.
pub(crate) fn remaining(table: &Table, without: &[u64]) -> Vec<usize> {
    let stays = |row: &usize| without.binary_search(&table.number(*row)).is_err();
    (0..table.rows()).filter(stays).collect()
}

/// Compares the order of the rows kept on both sides, which are equal as multisets.
///
/// Behind a key that a tolerance covers, two engines may break near-ties differently: rows whose
/// keys are tied within the tolerance, and of which at least two are not exactly equal, may
/// come in any order of the later keys.
pub(crate) fn check(
    keys: &[&Column<'_>],
    (legacy, kept_legacy): (&Table, &[usize]),
    (governed, kept_governed): (&Table, &[usize]),
    mut ledger: Option<&mut Ledger<'_>>,
    cell_bytes_max: usize,
) -> Result<Order, String> {
    // Keys up to and with the first inexact one are compared everywhere.
    let firm =
        keys.iter().position(|key| !key.is_exact()).map_or(keys.len(), |inexact| inexact + 1);
    let mut order = Order::Held;
    let mut loose_until = 0;
    for (position, (&l, &g)) in kept_legacy.iter().zip(kept_governed).enumerate() {
        for (depth, key) in keys.iter().enumerate() {
            if depth >= firm && position < loose_until {
                break;
            }
            let (a, b) = (legacy.value(l, key.index)?, governed.value(g, key.index)?);
            match compare_cells(&a, &b, &key.meet, &key.rules) {
                CellVerdict::Equal => {}
                verdict @ CellVerdict::Excused(_) => {
                    order = Order::HeldWithin;
                    if let Some(ledger) = &mut ledger {
                        ledger.record(verdict, (key, legacy.number(l)), || {
                            Ok([a.clone(), b.clone()])
                        })?;
                    }
                }
                CellVerdict::Different => {
                    let run = near_tie(
                        keys.get(..firm).unwrap_or_default(),
                        (legacy, kept_legacy),
                        (governed, kept_governed),
                        position,
                    )?;
                    if depth >= firm
                        && let Some(end) = run
                    {
                        order = Order::HeldWithin;
                        loose_until = end;
                        break;
                    }
                    let shown = |value| {
                        cell_text(value, cell_bytes_max)
                            .map_or("NULL".to_owned(), |t| format!("`{t}`"))
                    };
                    return Ok(Order::Broken(Difference::Order {
                        row: u64::try_from(g).unwrap_or(u64::MAX),
                        message: format!(
                            "row {g} of the governed side has {} in the order key `{}` where the legacy side has {}",
                            shown(&b),
                            key.name,
                            shown(&a)
                        ),
                    }));
                }
            }
        }
    }
    Ok(order)
}

type Kept<'t> = (&'t Table, &'t [usize]);

/// The end of the run of near-ties around `position`, if it holds keys that are not all the same.
fn near_tie(
    keys: &[&Column<'_>],
    (legacy, kept_legacy): Kept<'_>,
    (governed, kept_governed): Kept<'_>,
    position: usize,
) -> Result<Option<usize>, String> {
    // 0: the same; 1: tied within a tolerance; 2: not tied.
    let gap = |a: (&Table, usize), b: (&Table, usize)| -> Result<u8, String> {
        let mut gap = 0;
        for key in keys {
            let (x, y) = (a.0.value(a.1, key.index)?, b.0.value(b.1, key.index)?);
            gap = gap.max(match compare_cells(&x, &y, &key.meet, &key.rules) {
                CellVerdict::Equal => 0,
                CellVerdict::Excused(_) => 1,
                CellVerdict::Different => 2,
            });
        }
        Ok(gap)
    };
    let at = |position: usize| kept_legacy.get(position).map(|row| (legacy, *row));
    let tied = |a: usize, b: usize| match (at(a), at(b)) {
        (Some(a), Some(b)) => gap(a, b).map(|gap| gap < 2),
        _ => Ok(false),
    };
    let (mut start, mut end) = (position, position + 1);
    while start > 0 && tied(start - 1, start)? {
        start -= 1;
    }
    while tied(end - 1, end)? {
        end += 1;
    }
    let Some(first) = at(start) else { return Ok(None) };
    for position in start..end {
        let other = kept_governed.get(position).map(|row| (governed, *row));
        for row in [at(position), other].into_iter().flatten() {
            if gap(first, row)? > 0 {
                return Ok(Some(end));
            }
        }
    }
    Ok(None)
}
