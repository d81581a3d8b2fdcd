//! Statements grouped by what happened to them: reasons, refusals, tolerances, rules.

use super::text::line;
use crate::format::{count, counted};
use crate::summary::Summary;
use crate::visible;
use maud::{Markup, html};
use model::Fidelity;
use std::collections::BTreeMap;

/// Rows of one table.
const ROWS_MAX: usize = 40;
/// Statements named in one row.
const NAMES_MAX: usize = 24;

/// Where a statement is on the page, by its id.
pub(super) type Links<'a> = BTreeMap<&'a str, &'a str>;

/// The sections that have something to say.
pub(super) fn sections(summary: &Summary, links: &Links<'_>) -> Markup {
    html! {
        @if !summary.inconclusive.is_empty() || !summary.refused.is_empty() || !summary.skipped.is_empty() {
            section {
                h2 { "Not compared, and why" }
                (reasons(summary, links))
            }
        }
        (tolerances(summary))
        (rules(summary))
    }
}

fn reasons(summary: &Summary, links: &Links<'_>) -> Markup {
    let refused =
        summary.refused.iter().map(|g| ("refused", Some(&g.code), &g.message, &g.statements));
    let skipped = summary.skipped.iter().map(|g| ("skipped", None, &g.reason, &g.statements));
    let unsure =
        summary.inconclusive.iter().map(|g| ("inconclusive", None, &g.reason, &g.statements));
    let all: Vec<_> = unsure.chain(refused).chain(skipped).collect();
    html! {
        div.scroll tabindex="0" {
            table {
                thead { tr { th { "what" } th { "reason" } th.n { "statements" } th { "which" } } }
                tbody {
                    @for (what, code, reason, statements) in all.iter().take(ROWS_MAX) {
                        tr {
                            td.nowrap {
                                span class={ "badge " @if *what == "inconclusive" { "k-inconclusive" } @else { "k-skipped" } } { (what) }
                            }
                            td.wrap { @if let Some(code) = code { code { (line(code)) } " " } (line(reason)) }
                            td.n { (count(statements.len() as u64)) }
                            td.names { (names(statements, links)) }
                        }
                    }
                }
            }
        }
        (more(all.len()))
    }
}

fn tolerances(summary: &Summary) -> Markup {
    if summary.tolerances.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Tolerance ledger" }
            div.scroll tabindex="0" {
                table {
                    thead { tr { th { "code" } th { "reason" } th.n { "statements" } th.n { "cells" } th { "worst" } th { "examples" } } }
                    tbody {
                        @for tolerance in summary.tolerances.iter().take(ROWS_MAX) {
                            tr {
                                td { code { (line(&tolerance.code)) } }
                                td.wrap { (line(&tolerance.reason)) }
                                td.n { (count(tolerance.statements)) }
                                td.n { (count(tolerance.cells)) }
                                td.nowrap {
                                    @match &tolerance.worst {
                                        Some(worst) => (line(worst)),
                                        None if tolerance.in_scope == 0 => { span.badge.k-inconclusive { "never in scope" } }
                                        None => { span.badge.k-inconclusive { "unused" } }
                                    }
                                }
                                td.mono.nowrap {
                                    @for example in &tolerance.examples {
                                        div {
                                            span.dim { (short(&example.name)) } " "
                                            (short(&visible::value(example.legacy.as_deref())))
                                            span.arrow { "→" }
                                            (short(&visible::value(example.governed.as_deref())))
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            (more(summary.tolerances.len()))
        }
    }
}

fn short(text: &str) -> String {
    visible::fit(&line(text), 40)
}

fn rules(summary: &Summary) -> Markup {
    if summary.rules.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Rules applied" }
            div.scroll tabindex="0" {
                table {
                    thead { tr { th { "code" } th { "rule" } th { "fidelity" } th.n { "statements" } th.n { "places" } } }
                    tbody {
                        @for rule in summary.rules.iter().take(ROWS_MAX) {
                            tr {
                                td { code { (line(&rule.code)) } }
                                td.wrap { (line(&rule.name)) }
                                td { (fidelity(rule.fidelity)) }
                                td.n { (count(rule.statements)) }
                                td.n { (count(rule.places)) }
                            }
                        }
                    }
                }
            }
            (more(summary.rules.len()))
        }
    }
}

/// How true a rule is, in words and in colour.
pub(super) fn fidelity(fidelity: Fidelity) -> Markup {
    match fidelity {
        Fidelity::Exact => html! { span.badge.k-match { "exact" } },
        Fidelity::Approximate => html! { span.badge.k-inconclusive { "approximate" } },
    }
}

/// Names of statements, with links to them.
pub(super) fn names(statements: &[String], links: &Links<'_>) -> Markup {
    let left_out = statements.len().saturating_sub(NAMES_MAX);
    html! {
        @for statement in statements.iter().take(NAMES_MAX) {
            @match links.get(statement.as_str()) {
                Some(anchor) => { a href={ "#" (anchor) } { (short(statement)) } " " }
                None => { span { (short(statement)) } " " }
            }
        }
        @if left_out > 0 { span.dim { "and " (count(left_out as u64)) " more" } }
    }
}

fn more(all: usize) -> Markup {
    let left_out = all.saturating_sub(ROWS_MAX);
    html! {
        @if left_out > 0 { p.cut { (counted(left_out as u64, "row")) " more in the JSON report." } }
    }
}
