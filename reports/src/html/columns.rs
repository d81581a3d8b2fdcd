//! The figures of the changed columns of a statement, and how its rows were paired.

use super::cells::value;
use super::text::line;
use crate::figures::{Figures, HEADS, Sides, most_changed};
use crate::format::count;
use crate::words;
use maud::{Markup, html};
use model::{ColumnDifferences, Differences, ValuePair};

/// Heads of names and of texts; the others are figures.
const TEXT_HEADS: [usize; 3] = [0, 1, HEADS.len() - 1];

/// The key, and a table that can be sorted and copied.
pub(super) fn table(found: &Differences, sides: Sides<'_>) -> Markup {
    let (columns, left_out) = most_changed(found);
    let pairing = words::pairing(found);
    html! {
        @if !columns.is_empty() {
            h3 { "Changed columns" }
        } @else if pairing.is_some() {
            h3 { "Rows" }
        }
        @if let Some(pairing) = pairing { p.say { "Rows are " (pairing) "." } }
        @if !columns.is_empty() {
            div.copy-table {
                div.scroll tabindex="0" role="region" aria-label="changed columns" {
                    table.sortable {
                        thead {
                            tr {
                                @for (at, head) in HEADS.iter().enumerate() {
                                    th.n[!TEXT_HEADS.contains(&at)] { (head) }
                                }
                            }
                        }
                        tbody { @for column in columns { (row(column, sides)) } }
                    }
                }
                @if let Some(left_out) = left_out { p.cut { (left_out) ", see the JSON report." } }
                p.copies {
                    button.copy type="button" data-as="csv" { "Copy as CSV" }
                    button.copy type="button" data-as="markdown" { "Copy as Markdown" }
                }
            }
        }
    }
}

fn row(column: &ColumnDifferences, sides: Sides<'_>) -> Markup {
    let shown = Figures::of(column, sides);
    // What is shown may be shortened; what is sorted and copied is exact.
    let relative = column.max_relative.filter(|most| most.is_finite()).map(|most| most.to_string());
    let ulps = column.max_ulps.map(|most| most.to_string());
    html! {
        tr {
            th scope="row" { (line(&column.name)) }
            td.mono { (shown.data_type) }
            (figure(&shown.changed_cells, Some(&column.changed_cells.to_string())))
            (figure(&shown.became_null, Some(&column.became_null.to_string())))
            (figure(&shown.was_null, Some(&column.was_null.to_string())))
            (figure(&shown.max_absolute, column.max_absolute.as_deref().map(line).as_deref()))
            (figure(&shown.max_relative, relative.as_deref()))
            (figure(&shown.max_ulps, ulps.as_deref()))
            td.pairs { @for found in &column.top_pairs { (pair(found)) } }
        }
    }
}

fn figure(shown: &str, exact: Option<&str>) -> Markup {
    html! { td.n data-v=[exact] { (shown) } }
}

fn pair(pair: &ValuePair) -> Markup {
    html! {
        div {
            span.v { (value(pair.legacy.as_deref())) }
            span.arrow { "→" }
            span.v { (value(pair.governed.as_deref())) }
            @if pair.cells > 1 { span.dim { " × " (count(pair.cells)) } }
        }
    }
}
