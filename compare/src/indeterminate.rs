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
use model::{Rows, Side, StatementFacts};

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

/// Rows that LIMIT, OFFSET or FETCH cut where the order leaves open which ones.
///
/// How many rows come is never open, so results of unequal length are not excused. With order keys
/// in the output, only rows with the last key may differ: rows with the same key may lie beyond the
/// cut, where nobody sees them.
pub(crate) fn cut(
    facts: &StatementFacts,
    (rows, [legacy_count, governed_count]): ([&dyn Rows; 2], [u64; 2]),
    columns: &[Column<'_>],
    differing: &[Vec<u64>; 2],
    settings: &Settings,
) -> Result<Option<String>, String> {
    if !facts.limited || legacy_count != governed_count {
        return Ok(None);
    }
    let reason = |text: &str| Ok(Some(text.to_owned()));
    if facts.order_by.is_empty() {
        return reason("LIMIT without ORDER BY: the statement does not say which rows it wants");
    }
    let keys = visible_keys(facts, columns);
    if keys.is_empty() {
        return reason(
            "LIMIT by an order key that is not in the output: a tie at the cut cannot be ruled out",
        );
    }
    let legacy = Table::of_columns(Side::Legacy, rows[0], &keys)?;
    let governed = Table::of_columns(Side::Governed, rows[1], &keys)?;
    let Some(last) = legacy.rows().checked_sub(1) else { return Ok(None) };
    let mut shown = Vec::new();
    for key in &keys {
        let boundary = legacy.value(last, key.index)?;
        let equal = |table: &Table, row: usize| {
            let value = table.value(row, key.index)?;
            Ok::<_, String>(!compare_cells(&boundary, &value, &key.meet, &key.rules).is_different())
        };
        if !equal(&governed, last)? {
            return Ok(None);
        }
        for (table, places) in [&legacy, &governed].into_iter().zip(differing) {
            for place in places {
                if !equal(table, usize::try_from(*place).unwrap_or(usize::MAX))? {
                    return Ok(None);
                }
            }
        }
        let value = cell_text(&boundary, settings.cell_bytes_max);
        shown.push(format!(
            "`{}` = {}",
            key.name,
            value.map_or("NULL".to_owned(), |v| format!("`{v}`"))
        ));
    }
    Ok(Some(format!(
        "LIMIT cuts through a tie: all rows that differ have the last order key, {}",
        shown.join(", ")
    )))
}
