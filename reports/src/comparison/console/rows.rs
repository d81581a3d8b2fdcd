//! Rows that one side alone has.

use super::grid::{Grid, Head, Row};
use crate::comparison::examples::Copies;
use crate::comparison::words::label;
use crate::console::paint::{Page, Tone};
use crate::format::{count, counted, is_numeric};
use crate::words::value;
use model::{ColumnInfo, Side};

/// Columns shown beside each other, if they fit.
const COLUMNS_MAX: usize = 24;
/// Columns shown beneath each other.
const LINES_MAX: usize = 12;
/// Rows shown as lines.
const ROWS_AS_LINES_MAX: usize = 5;

/// Writes rows in the shape of the input; says how many rows that is, copies counted. `key` are the
/// 0-based columns that say which row is which; they are never left out for others.
pub(super) fn write(
    page: &mut Page,
    side: Side,
    columns: &[ColumnInfo],
    key: &[usize],
    rows: &[Copies<'_>],
    rows_max: usize,
) -> u64 {
    if rows.is_empty() {
        return 0;
    }
    let all = rows.iter().map(|row| row.row.len()).max().unwrap_or(0);
    let mut rows = rows.get(..rows_max.min(rows.len())).unwrap_or(rows);
    let mut wanted = chosen(all, key, COLUMNS_MAX);
    let mut grid = grid(side, columns, &wanted, rows);
    if !grid.fits(page.width()) {
        rows = rows.get(..ROWS_AS_LINES_MAX.min(rows.len())).unwrap_or(rows);
        wanted = chosen(all, key, LINES_MAX);
        grid = self::grid(side, columns, &wanted, rows);
    }
    grid.write(page);
    let left_out = all.saturating_sub(wanted.len()) as u64;
    if left_out > 0 {
        let text = format!("{} not shown", counted(left_out, "column"));
        page.wrapped("    ", Tone::Dim, &text, Some(Tone::Dim));
    }
    rows.iter().map(|row| row.times).fold(0, u64::saturating_add)
}

/// At most `max` of the columns, those of the key and the first others, in their order.
fn chosen(all: usize, key: &[usize], max: usize) -> Vec<usize> {
    let others = (0..all).filter(|at| !key.contains(at));
    let mut chosen: Vec<usize> =
        key.iter().copied().filter(|at| *at < all).chain(others).take(max).collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

fn grid(side: Side, columns: &[ColumnInfo], wanted: &[usize], rows: &[Copies<'_>]) -> Grid {
    let (sign, tone) = match side {
        Side::Legacy => ("-", Tone::Legacy),
        Side::Governed => ("+", Tone::Governed),
    };
    let head = |at: &usize| {
        let column = columns.get(*at);
        let name = column.map_or_else(
            || format!("column {}", at.saturating_add(1)),
            |column| label(&column.name),
        );
        Head::new(&name, column.is_some_and(is_numeric))
    };
    let mut heads: Vec<Head> = wanted.iter().map(head).collect();
    let copies = rows.iter().any(|row| row.times > 1);
    if copies {
        heads.push(Head::new("copies", false));
    }
    let row = |row: &Copies<'_>| {
        let cell = |at: &usize| row.row.get(*at).map(|cell| value(cell.as_deref()));
        let mut cells: Vec<String> = wanted.iter().map(|at| cell(at).unwrap_or_default()).collect();
        if copies {
            let more = row.times > 1;
            cells.push(if more { format!("× {}", count(row.times)) } else { String::new() });
        }
        Row { sign, tone: Some(tone), cells }
    };
    Grid { heads, rows: rows.iter().map(row).collect() }
}
