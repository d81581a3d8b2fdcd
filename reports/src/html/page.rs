//! The frame of every page, and the page of one run.

use super::anchor::Anchors;
use super::facets::Facets;
use super::findings::Links;
use super::overview::{gate_kind, hero, tally};
use super::text::line;
use super::{PAGE_BYTES_MAX, causes, facts, findings, list, theme};
use crate::summary::{Counts, Summary};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::report::RunReport;

/// The page of one run.
pub(super) fn single(report: &RunReport) -> String {
    let summary = Summary::of(report);
    let anchors = Anchors::default().of("", &report.items);
    let links = links(report, &anchors);
    let facets = Facets::of("", report, &summary);
    let frame = |list: &Markup| {
        let main = html! {
            (hero(&summary))
            (causes::section(&summary, &facets, &links))
            section id="page-statements" { h2 { "Statements" } (list) }
            (findings::sections(&summary, &links))
            (facts::section(report, &summary))
        };
        frame(&report.run.title, &top(report, &summary, &summary.counts), &main, report)
    };
    let bare = frame(&html! {}).len();
    frame(&list::list(report, &anchors, (&summary.counts, &facets), room(bare)))
}

/// What is left for lists on a page whose other parts take `bare` bytes. Some is kept for what the
/// lists say about themselves.
pub(super) fn room(bare: usize) -> usize {
    PAGE_BYTES_MAX.saturating_sub(bare).saturating_sub(20_000)
}

/// Where each statement is.
pub(super) fn links<'a>(report: &'a RunReport, anchors: &'a [String]) -> Links<'a> {
    let ids = report.items.iter().map(|item| item.item.statement.as_str());
    ids.zip(anchors.iter().map(String::as_str)).collect()
}

/// The sticky header.
pub(super) fn top(report: &RunReport, summary: &Summary, counts: &Counts) -> Markup {
    html! {
        header.top {
            div.top-in {
                span.brand { "Gnomon" }
                span class={ "badge " (gate_kind(summary).class()) } {
                    @if summary.gate.holds { "gate holds" } @else { "gate fails" }
                }
                span.run-title { (line(&report.run.title)) }
                (tally(counts))
                button.theme type="button" hidden { "Theme" }
            }
        }
    }
}

/// A whole document.
pub(super) fn frame(title: &str, top: &Markup, main: &Markup, report: &RunReport) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(theme::policy());
                meta name="referrer" content="no-referrer";
                meta name="generator" content={ "gnomon " (line(&report.run.gnomon_version)) };
                title { (line(title)) " · Gnomon" }
                link rel="icon" href="data:,";
                style { (PreEscaped(theme::style())) }
            }
            body {
                a.skip href="#page-statements" { "Skip to the statements" }
                (top)
                main id="page-main" { (main) }
                footer {
                    "Written by gnomon " (line(&report.run.gnomon_version))
                    " from recorded facts. This page loads nothing and works offline."
                }
                script { (PreEscaped(theme::SCRIPT)) }
            }
        }
    }
    .into_string()
}
