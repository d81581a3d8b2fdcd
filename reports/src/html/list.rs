//! The list of statements, bounded in bytes: room is given by severity.

use super::detail::detail;
use super::facets::Facets;
use super::overview::Kind;
use super::statement::{headings, statement};
use crate::format::{count, counted};
use crate::summary::{Counts, impact};
use crate::text_diff::Work;
use maud::{Markup, html};
use model::report::RunReport;
use std::cmp::Reverse;

/// What of the room may go to lines alone, in tenths; the rest is for details.
const LINES_TENTHS: usize = 6;

/// Details that may turn out too large before no more are tried.
const MISSES_MAX: usize = 50;

/// The list with its tools, in at most about `room` bytes.
pub(super) fn list(
    report: &RunReport,
    anchors: &[String],
    (counts, facets): (&Counts, &Facets<'_>),
    room: usize,
) -> Markup {
    let mut order: Vec<_> = report.items.iter().zip(anchors).collect();
    order.sort_by_key(|(item, _)| (Kind::of(item), Reverse(impact(item)), item.item.index));
    let (lines, details) = fill(report, &order, facets, room);
    let left_out = order.len() - lines;
    let bare = lines - details.iter().filter(|detail| detail.is_some()).count();
    html! {
        div.statements {
            (tools(counts, facets))
            div.list {
                (headings())
                @for (severity, ((item, anchor), detail)) in order.iter().zip(&details).take(lines).enumerate() {
                    (statement(item, (anchor, facets), severity, detail.as_deref()))
                }
                p.none hidden { "No statement fits the filter." }
            }
            @if left_out > 0 {
                p.cut {
                    (counted(left_out as u64, "statement")) " not listed to keep this page small: the least severe. The JSON report has all "
                    (count(order.len() as u64)) "."
                }
            }
            @if bare > 0 {
                p.cut { (counted(bare as u64, "statement")) " listed without details to keep this page small; the JSON report has them." }
            }
        }
    }
}

type Ordered<'a> = (&'a model::report::ItemReport, &'a String);

/// How many lines fit, and the details that fit beside them, in order.
fn fill(
    report: &RunReport,
    order: &[Ordered<'_>],
    facets: &Facets<'_>,
    room: usize,
) -> (usize, Vec<Option<String>>) {
    let mut used = 0;
    let mut lines = 0;
    for (severity, (item, anchor)) in order.iter().enumerate() {
        let line = statement(item, (anchor, facets), severity, None).into_string().len();
        if used + line > room / 10 * LINES_TENTHS {
            break;
        }
        used += line;
        lines += 1;
    }
    let mut work = Work::for_a_page();
    let mut details = Vec::with_capacity(lines);
    let mut too_large = 0;
    for (item, anchor) in order.iter().take(lines) {
        // What is left would not hold another: the rest need not be rendered to find that out.
        if room.saturating_sub(used) < 1_000 || too_large >= MISSES_MAX {
            details.push(None);
            continue;
        }
        let text = detail(item, &report.run, (anchor, facets), &mut work).into_string();
        let fits = used + text.len() <= room;
        if fits {
            used += text.len();
        } else {
            too_large += 1;
        }
        details.push(fits.then_some(text));
    }
    (lines, details)
}

fn tools(counts: &Counts, facets: &Facets<'_>) -> Markup {
    html! {
        div.tools role="search" {
            div.chips role="group" aria-label="show by verdict" {
                @for (kind, n) in Kind::present(counts) {
                    button class={ "chip " (kind.class()) } type="button" aria-pressed="true" data-k=(kind.key()) {
                        i.dot aria-hidden="true" {} (kind.label()) " " (count(n))
                    }
                }
            }
            input type="search" placeholder="Search id, SQL, value; -word excludes" aria-label="search statements, a word after a minus is excluded";
            (facets.choices())
            select aria-label="sort statements" {
                option value="severity" { "by severity and impact" }
                option value="plan" { "in plan order" }
                option value="id" { "by id" }
                option value="rows" { "most differing rows and cells" }
                option value="legacy" { "slowest on legacy" }
                option value="governed" { "slowest on governed" }
            }
            button.tool.open-all type="button" { "Open all" }
            span.shown role="status" {}
        }
    }
}
