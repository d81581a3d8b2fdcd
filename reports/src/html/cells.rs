//! The rows that differ: one table in the shape of the result, both sides of a changed cell
//! beneath each other so that characters align.

use super::text::{line, marked, segments};
use crate::format::{count, counted, is_numeric};
use crate::summary::columns;
use crate::text_diff;
use crate::visible::{Blanks, cut};
use crate::window::{Window, window};
use maud::{Markup, html};
use model::difference::CellText;
use model::report::ItemReport;
use model::{CellChange, ColumnInfo, Difference, Differences, Side};
use std::collections::BTreeSet;

/// Differences shown of one statement.
const ROWS_MAX: usize = 40;
/// Columns shown; those with a changed cell come first.
const COLUMNS_MAX: usize = 30;
/// Characters shown of one value.
const CHARS_MAX: usize = 400;

/// Characters shown of one statement's rows, all cells together; the first row is always shown.
const TABLE_CHARS_MAX: usize = 40_000;

/// A column as it is headed.
struct Head {
    at: usize,
    name: String,
    legacy_type: Option<String>,
    governed_type: Option<String>,
    numeric: bool,
}

/// Everything that was found to differ in the rows; nothing where no row was recorded.
pub(super) fn rows(item: &ItemReport, found: &Differences) -> Markup {
    let shown = shown(found);
    if shown.is_empty() {
        return html! {};
    }
    let (heads, columns_cut) = heads(item, &shown);
    let all = found.missing_rows + found.extra_rows + found.changed_rows;
    let held: u64 = shown.iter().map(|difference| rows_of(difference)).sum();
    html! {
        h3 { "Rows that differ" }
        div.scroll.fit tabindex="0" role="region" aria-label="rows that differ" {
            table.cells {
                thead {
                    tr {
                        th { "side" }
                        @for head in &heads { (column(head)) }
                    }
                }
                tbody {
                    @for difference in &shown {
                        @match difference {
                            Difference::Missing { row, times } => {
                                (lone(Side::Legacy, row, *times, &heads))
                            }
                            Difference::Extra { row, times } => {
                                (lone(Side::Governed, row, *times, &heads))
                            }
                            Difference::Changed { row, cells } => (pair(row, cells, &heads)),
                            _ => {}
                        }
                    }
                }
            }
        }
        p.hint {
            "· is a space, ⇥ a tab, ↵ a line end, "
            span.null { "NULL" } " is no value. "
            @if held < all { "Shown: " (count(held)) " of " (counted(all, "differing row")) ". " }
            @if columns_cut > 0 { (counted(columns_cut, "column")) " not shown: see the JSON report." }
        }
    }
}

/// The differences of rows that there is room for, in order.
fn shown(found: &Differences) -> Vec<&Difference> {
    let mut used = 0;
    let of_rows = found.examples.iter().filter_map(|difference| match difference {
        Difference::Missing { row, .. }
        | Difference::Extra { row, .. }
        | Difference::Changed { row, .. } => Some((difference, row)),
        _ => None,
    });
    of_rows
        .take(ROWS_MAX)
        .take_while(|(_, row)| {
            let first = used == 0;
            let lengths =
                row.iter().take(COLUMNS_MAX).map(|cell| cell.as_ref().map_or(4, String::len));
            used += lengths.map(|length| length.min(CHARS_MAX) + 8).sum::<usize>();
            first || used <= TABLE_CHARS_MAX
        })
        .map(|(difference, _)| difference)
        .collect()
}

fn rows_of(difference: &Difference) -> u64 {
    match difference {
        Difference::Missing { times, .. } | Difference::Extra { times, .. } => *times,
        _ => 1,
    }
}

/// The columns to show, in order, and how many are left out.
fn heads(item: &ItemReport, shown: &[&Difference]) -> (Vec<Head>, u64) {
    let [legacy, governed] = columns(item);
    let mut width = legacy.len().max(governed.len());
    let mut changed = BTreeSet::new();
    for difference in shown {
        match difference {
            Difference::Missing { row, .. } | Difference::Extra { row, .. } => {
                width = width.max(row.len());
            }
            Difference::Changed { row, cells } => {
                width = width.max(row.len());
                changed.extend(cells.iter().map(|cell| cell.column));
            }
            _ => {}
        }
    }
    width = width.max(changed.last().map_or(0, |last| last.saturating_add(1)));
    let mut wanted: BTreeSet<usize> = changed.into_iter().take(COLUMNS_MAX).collect();
    for at in 0..width {
        if wanted.len() >= COLUMNS_MAX {
            break;
        }
        wanted.insert(at);
    }
    let left_out = width.saturating_sub(wanted.len()) as u64;
    let heads = wanted.into_iter().map(|at| head(at, legacy.get(at), governed.get(at))).collect();
    (heads, left_out)
}

fn head(at: usize, legacy: Option<&ColumnInfo>, governed: Option<&ColumnInfo>) -> Head {
    let either = legacy.or(governed);
    Head {
        at,
        name: either.map_or_else(|| format!("column {}", at + 1), |info| info.name.clone()),
        legacy_type: legacy.map(|info| info.data_type.clone()),
        governed_type: governed.map(|info| info.data_type.clone()),
        numeric: either.is_some_and(is_numeric),
    }
}

fn column(head: &Head) -> Markup {
    html! {
        th.n[head.numeric] {
            (line(&head.name))
            small {
                @match (&head.legacy_type, &head.governed_type) {
                    (Some(a), Some(b)) if a != b => { (line(a)) " → " (line(b)) }
                    (Some(a), _) | (_, Some(a)) => (line(a)),
                    _ => {}
                }
            }
        }
    }
}

/// A row that one side alone has.
fn lone(side: Side, row: &[CellText], times: u64, heads: &[Head]) -> Markup {
    let class = if side == Side::Legacy { "l" } else { "g" };
    html! {
        tr {
            th scope="row" class={ "side-" (class) } {
                "only " (side)
                @if times > 1 { " ×" (count(times)) }
            }
            @for head in heads {
                td class={ "v " (class) @if head.numeric { " n" } } { (value(row.get(head.at).and_then(Option::as_deref))) }
            }
        }
    }
}

/// A row that both have, with other values: two table rows; an equal cell stands in both.
fn pair(row: &[CellText], cells: &[CellChange], heads: &[Head]) -> Markup {
    let change = |head: &Head| cells.iter().find(|cell| cell.column == head.at);
    html! {
        tr.pair-l {
            th.side-l scope="row" { "legacy" }
            @for head in heads {
                @match change(head) {
                    Some(cell) => { td.v.l.n[head.numeric] { (side_of(cell, Side::Legacy)) } }
                    None => {
                        td.v.n[head.numeric] rowspan="2" { (value(row.get(head.at).and_then(Option::as_deref))) }
                    }
                }
            }
        }
        tr.pair-g {
            th.side-g scope="row" { "governed" }
            @for head in heads {
                @if let Some(cell) = change(head) {
                    td.v.g.n[head.numeric] { (side_of(cell, Side::Governed)) }
                }
            }
        }
    }
}

/// One side of a changed cell, its differing characters highlighted.
fn side_of(cell: &CellChange, side: Side) -> Markup {
    let (Some(legacy), Some(governed)) = (&cell.legacy, &cell.governed) else {
        // Beside NULL there is nothing to compare character by character.
        let text = if side == Side::Legacy { &cell.legacy } else { &cell.governed };
        return value(text.as_deref());
    };
    if legacy.is_empty() || governed.is_empty() {
        return value(Some(if side == Side::Legacy { legacy } else { governed }));
    }
    let Window { skipped, legacy, governed } = window(legacy, governed, CHARS_MAX);
    let found = text_diff::cell(legacy.text, governed.text);
    let (parts, left_out) = match side {
        Side::Legacy => (&found.legacy, legacy.left_out),
        Side::Governed => (&found.governed, governed.left_out),
    };
    html! {
        @if skipped > 0 { span.empty { "(" (counted(skipped as u64, "equal character")) ") " } }
        (segments(parts, side, Blanks::Show))
        (rest(left_out))
    }
}

/// A value; NULL and the empty text are not the words for them.
pub(super) fn value(cell: Option<&str>) -> Markup {
    let Some(text) = cell else {
        return html! { span.null { "NULL" } };
    };
    if text.is_empty() {
        return html! { span.empty { "empty text" } };
    }
    let (shown, left_out) = cut(text, CHARS_MAX);
    html! { (marked(shown, Blanks::Show)) (rest(left_out)) }
}

fn rest(left_out: usize) -> Markup {
    html! {
        @if left_out > 0 { " " span.empty { "… " (counted(left_out as u64, "more character")) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_empty_and_text_look_different() {
        let shown: BTreeSet<String> = [None, Some("NULL"), Some(""), Some(" "), Some("empty text")]
            .map(|cell| value(cell).into_string())
            .into();
        assert_eq!(shown.len(), 5);
    }

    #[test]
    fn changed_columns_are_shown_even_when_far_right() {
        let cells = vec![CellChange {
            column: 500,
            name: "late".to_owned(),
            legacy: Some("1".to_owned()),
            governed: Some("2".to_owned()),
        }];
        let row = vec![Some("x".to_owned()); 501];
        let difference = Difference::Changed { row, cells };
        let item = crate::fixture::transpiled().items[0].clone();
        let (heads, left_out) = heads(&item, &[&difference]);
        assert_eq!(heads.len(), COLUMNS_MAX);
        assert!(heads.iter().any(|head| head.at == 500));
        assert_eq!(left_out, 501 - COLUMNS_MAX as u64);
    }
}
