//! `DC0504`: rows that one side lacks have one value in common.

use super::{
    cause::About,
    lone::SharedValue,
    rows::{Alone, RowCause, Told},
};
use crate::{encode::encoded, shape::Column, table::Table};

pub(crate) static CAUSE: RowCause = RowCause {
    about: About {
        code: "DC0504",
        name: "rows of one value",
        page: "\
All rows that one side alone has have one value in a column, which other rows have not: NULL, a
region, a day. It is told where chance would hardly do that, judged by the first rows of the whole
result. NULLs are mostly an inner join for an outer one, `NOT IN` against a list with NULL, or a
condition `x <> 'a'`, which drops NULL; another value is mostly a partition that was not loaded, a
filter, or a row filter of a policy.

Look for that value on the side that lacks the rows. No tolerance speaks for it.",
    },
    find,
};

/// Rows of the whole result that are looked at.
const PEEK_ROWS: usize = 4_096;
/// So likely may it be that chance did it.
const CHANCE_MAX: f64 = 0.001;

fn find(alone: &Alone<'_>) -> Result<Option<Told>, String> {
    for (column, shared) in alone.all.columns.iter().zip(alone.lone.shared()) {
        if let Some(shared) = shared
            && chance(alone, column, &shared.bytes)? <= CHANCE_MAX
        {
            return Ok(Some(told(alone, column, shared)));
        }
    }
    Ok(None)
}

/// How likely it is that as many rows have the value, by the share of rows that have it.
fn chance(alone: &Alone<'_>, column: &Column<'_>, value: &[u8]) -> Result<f64, String> {
    let (rows, _) = alone.own(alone.all.rows);
    let (mut seen, mut with) = (0_u32, 0_u32);
    for part in 0..rows.parts() {
        let batches = rows.read(part, &[column.index], PEEK_ROWS);
        for batch in batches.map_err(|error| error.to_string())? {
            let batch = batch.map_err(|error| error.to_string())?;
            let table = Table::new(alone.side, &batch.schema(), &[batch])?;
            for row in 0..table.rows().min(PEEK_ROWS) {
                seen += 1;
                with += u32::from(encoded(&table.value(row, 0)?, &column.meet) == value);
            }
            if usize::try_from(seen).is_ok_and(|seen| seen >= PEEK_ROWS) {
                break;
            }
        }
        if seen > 0 {
            break;
        }
    }
    if seen == 0 {
        return Ok(1.0);
    }
    // As if one more had it: what was not seen is rare and not impossible.
    let share = f64::from(with + 1) / f64::from(seen + 1);
    Ok(share.powi(i32::try_from(alone.count()).unwrap_or(i32::MAX)))
}

fn told(alone: &Alone<'_>, column: &Column<'_>, shared: &SharedValue) -> Told {
    let text = shared.text.as_ref().map_or("NULL".to_owned(), |text| format!("`{text}`"));
    let has = format!("`{}` = {text}", column.name);
    let rows = alone.count();
    let reasons = match shared.text {
        None => "an inner join for an outer one, `NOT IN`, or a condition that drops NULL",
        Some(_) => "data of it that was not loaded, or a condition or row filter that drops it",
    };
    Told {
        parameter: format!("{}: {has}", alone.side),
        columns: vec![column.name.clone()],
        rows,
        sentence: format!("all of {} have {has}, as few other rows do", alone.told_rows(rows)),
        remedy: format!("look on {} for {reasons}", alone.the_other_side()),
    }
}
