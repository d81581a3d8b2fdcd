//! Results that differ although both engines may be right: the statement does not say which rows
//! or values it wants.

use crate::{
    matching::{Checks, match_residue},
    order::visible_keys,
    render::cell_text,
    residue::{self, Input},
    settings::Settings,
    shape::Column,
    table::Table,
    tolerances::compare_cells,
};
use model::{CutKind, Rows, Side, StatementFacts};

/// Constructs whose value may change from run to run.
pub(crate) fn volatile(facts: &StatementFacts) -> Option<String> {
    let listed: Vec<_> = facts.volatile.iter().map(|what| format!("`{what}`")).collect();
    (!listed.is_empty()).then(|| {
        format!(
            "the results differ, and the statement leaves {} open, which may change from run to run",
            listed.join(", ")
        )
    })
}

/// Do the open values explain all that differs? Where they are known to stay in some columns, the
/// rows without those must agree, and an order by other columns must hold.
pub(crate) fn reaches_all(
    facts: &StatementFacts,
    input: Input<'_, '_>,
    order_broken: bool,
    checks_max: u64,
) -> Result<bool, String> {
    let Some(open) = &facts.volatile_columns else { return Ok(true) };
    let sorted_by_open =
        facts.order_by.iter().any(|key| key.column.is_none_or(|index| open.contains(&index)));
    if order_broken && !sorted_by_open {
        return Ok(false);
    }
    let rest: Vec<Column<'_>> =
        input.columns.iter().filter(|column| !open.contains(&column.index)).cloned().collect();
    let input = Input { columns: &rest, key: None, ..input };
    let mut checks = Checks::new(checks_max);
    let residue = residue::collect(input)?;
    let mut all = true;
    for piles in residue.partitions {
        residue::each_piece(input, residue.split.as_ref(), piles, |[legacy, governed]| {
            let matched = match_residue(
                (&legacy, legacy.all_rows()),
                (&governed, governed.all_rows()),
                &rest,
                &mut checks,
                &mut |_, _, _| Ok(()),
            )?;
            all &= matched.legacy.is_empty() && matched.governed.is_empty();
            Ok(())
        })?;
        if !all {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Rows that LIMIT, OFFSET or FETCH cut where the order leaves open which ones, and what to say of it.
///
/// How many rows come is never open, so results of unequal length are not excused. With order keys
/// in the output, only rows with the last key may differ, and after an OFFSET those with the first
/// one: rows with the same key may lie beyond the cut, where nobody sees them.
pub(crate) fn cut(
    facts: &StatementFacts,
    (rows, [legacy_count, governed_count]): ([&dyn Rows; 2], [u64; 2]),
    columns: &[Column<'_>],
    differing: &[Vec<u64>; 2],
    settings: &Settings,
) -> Result<Option<(CutKind, String)>, String> {
    if !facts.limited || legacy_count != governed_count {
        return Ok(None);
    }
    let found = |kind, text: &str| Ok(Some((kind, text.to_owned())));
    if facts.order_by.is_empty() {
        return found(
            CutKind::Unordered,
            "LIMIT without ORDER BY: the statement does not say which rows it wants",
        );
    }
    let keys = visible_keys(facts, columns);
    if keys.is_empty() {
        return found(
            CutKind::Hidden,
            "LIMIT by an order key that is not in the output: a tie at the cut cannot be ruled out",
        );
    }
    let legacy = Table::of_columns(Side::Legacy, rows[0], &keys)?;
    let governed = Table::of_columns(Side::Governed, rows[1], &keys)?;
    let Some(last) = legacy.rows().checked_sub(1) else { return Ok(None) };
    let tied =
        |end: usize, table: &Table, row: usize| all_equal(&keys, (&legacy, end), (table, row));
    if !tied(last, &governed, last)? {
        return Ok(None);
    }
    let first = facts.skips && tied(0, &governed, 0)?;
    let (mut at_first, mut at_last) = (false, false);
    for (table, places) in [&legacy, &governed].into_iter().zip(differing) {
        for place in places {
            let row = usize::try_from(*place).unwrap_or(usize::MAX);
            if tied(last, table, row)? {
                at_last = true;
            } else if first && tied(0, table, row)? {
                at_first = true;
            } else {
                return Ok(None);
            }
        }
    }
    let shown = |row| key_text(&keys, &legacy, row, settings);
    let text = match (at_first, at_last) {
        (false, _) => format!(
            "LIMIT cuts through a tie: all rows that differ have the last order key, {}",
            shown(last)?
        ),
        (true, false) => format!(
            "OFFSET cuts through a tie: all rows that differ have the first order key, {}",
            shown(0)?
        ),
        (true, true) => format!(
            "OFFSET and LIMIT cut through ties: all rows that differ have the first order key, {}, \
             or the last one, {}",
            shown(0)?,
            shown(last)?
        ),
    };
    let kind = if keys.len() < facts.order_by.len() { CutKind::Hidden } else { CutKind::Tied };
    Ok(Some((kind, text)))
}

/// Are the order keys of two rows the same, perhaps within the tolerances?
pub(crate) fn all_equal(
    keys: &[&Column<'_>],
    (table, row): (&Table, usize),
    (other, at): (&Table, usize),
) -> Result<bool, String> {
    for key in keys {
        let (a, b) = (table.value(row, key.index)?, other.value(at, key.index)?);
        if compare_cells(&a, &b, &key.meet, &key.rules).is_different() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The order keys of a row, as people read them.
fn key_text(
    keys: &[&Column<'_>],
    table: &Table,
    row: usize,
    settings: &Settings,
) -> Result<String, String> {
    let shown = keys.iter().map(|key| {
        let text = cell_text(&table.value(row, key.index)?, settings.cell_bytes_max);
        let text = text.map_or("NULL".to_owned(), |text| format!("`{text}`"));
        Ok(format!("`{}` = {text}", key.name))
    });
    Ok(shown.collect::<Result<Vec<_>, String>>()?.join(", "))
}
