//! What a statement's line opens to: the finding, both texts, the rules, the rows, how to repeat.

use super::facets::Facets;
use super::findings::fidelity;
use super::sql;
use super::text::line;
use super::{causes, cells, columns, determinism};
use crate::format::{bytes, count, counted, latency};
use crate::summary::{self, mismatch_reason, noise_line, ties_line};
use crate::text_diff::Work;
use crate::visible;
use maud::{Markup, html};
use model::plan::{Disposition, SkipReason};
use model::report::{ItemReport, RunHeader};
use model::{AppliedRule, Bind, Difference, Differences, Outcome, OutcomeResult, Verdict};

/// Type drifts, ledger entries, notes or parameters shown of one statement.
const LINES_MAX: usize = 50;

/// Places shown of one rule, and how wide each of the two texts may be.
const PLACES_MAX: usize = 3;
const EXCERPT_WIDTH: usize = 48;

/// Everything about one statement.
pub(super) fn detail(
    item: &ItemReport,
    run: &RunHeader,
    (anchor, facets): (&str, &Facets<'_>),
    work: &mut Work,
) -> Markup {
    let found = item.judgement.as_ref().map(|judgement| &judgement.differences);
    html! {
        (finding(item))
        @if let Some(found) = found {
            (causes::of_statement(found, facets))
            (columns::table(found, summary::columns(item)))
            (cells::rows(item, found))
        }
        h3 { "SQL" }
        (sql::texts(item, run, work))
        @if let Disposition::Run { rules, translated, .. } = &item.item.disposition {
            (applied(rules, &item.item.sql, translated))
        }
        @if let Some(found) = found { (differences(found)) }
        @if item.legacy.is_some() || item.governed.is_some() {
            (determinism::evidence(item))
            (answers(item))
        }
        (repeat(item, anchor))
    }
}

/// Did the sides answer other rows, as a limit that cuts through a tie lets them?
fn has_other_rows(item: &ItemReport) -> bool {
    item.judgement.as_ref().is_some_and(|judgement| judgement.differences.cut.is_some())
}

fn finding(item: &ItemReport) -> Markup {
    let sql = &item.item.sql;
    let verdict = item.judgement.as_ref().map(|judgement| &judgement.verdict);
    let skip = match &item.item.disposition {
        Disposition::Skip { reason } => Some(reason),
        Disposition::Run { .. } => None,
    };
    html! {
        @match verdict {
            None => { p.say { "No verdict yet: the run is incomplete." } }
            Some(Verdict::Match) => {
                @if item.legacy.as_ref().is_some_and(|o| o.failure().is_some()) {
                    p.say { "Both sides failed alike." }
                } @else if has_other_rows(item) {
                    p.say { "Each side took other rows of the same tie; those that the limit may take agree." }
                } @else {
                    p.say { "Both sides gave the same answer." }
                }
            }
            Some(Verdict::Tolerated) => { p.say { "Different only within the tolerances in force." } }
            Some(Verdict::Mismatch) => { p.say { b { (sentence(&mismatch_reason(item))) } } }
            Some(Verdict::Inconclusive { reason }) => { p.say { "It cannot be said: " (line(reason)) "." } }
            Some(Verdict::Skipped { reason }) => { p.say { "Not replayed: " (line(reason)) "." } }
        }
        @match skip {
            Some(SkipReason::Unparsable { diagnostic }) => (sql::diagnostic(diagnostic, sql)),
            Some(SkipReason::Refused { diagnostics }) => {
                @for diagnostic in diagnostics.iter().take(LINES_MAX) { (sql::diagnostic(diagnostic, sql)) }
            }
            _ => {}
        }
    }
}

fn sentence(reason: &str) -> String {
    if reason.is_empty() { "Different.".to_owned() } else { format!("{}.", line(reason)) }
}

fn applied(rules: &[AppliedRule], sql: &str, translated: &str) -> Markup {
    html! {
        @if !rules.is_empty() {
            h3 { "Rules applied" }
            div.scroll.fit tabindex="0" {
                table.stack {
                    thead { tr { th { "code" } th { "rule" } th { "where" } th { "fidelity" } th.n { "places" } } }
                    tbody {
                        @for rule in rules.iter().take(LINES_MAX) {
                            tr {
                                td { code { (line(&rule.code)) } }
                                td.wrap { (line(&rule.name)) }
                                td.wrap { (places(rule, sql, translated)) }
                                td {
                                    (fidelity(rule.fidelity))
                                    @if let Some(caveat) = rule.caveat {
                                        " " (line(&caveat.to_string()))
                                    }
                                }
                                td.n { (rule.times) }
                            }
                        }
                    }
                }
            }
            (more(rules.len()))
        }
    }
}

/// The first places of a rule: what stood there, and what stands there now.
fn places(rule: &AppliedRule, sql: &str, translated: &str) -> Markup {
    let excerpt = |text: &str| visible::sql_line(text, EXCERPT_WIDTH);
    let mut shown: Vec<(String, String)> = Vec::new();
    for span in &rule.spans {
        let place = (excerpt(span.source.slice(sql)), excerpt(span.target.slice(translated)));
        if shown.len() < PLACES_MAX && !shown.contains(&place) {
            shown.push(place);
        }
    }
    html! {
        @for (from, to) in &shown {
            div { code { (from) } " → " code { (to) } }
        }
    }
}

fn differences(found: &Differences) -> Markup {
    html! {
        @for difference in found.examples.iter().take(LINES_MAX) {
            @match difference {
                Difference::Order { row, message } => {
                    h3 { "Order" } p.say { "From row " (count(row + 1)) ": " (line(message)) "." }
                }
                Difference::Shape { message } => { h3 { "Columns" } p.say { (line(message)) "." } }
                _ => {}
            }
        }
        @if !found.type_drifts.is_empty() {
            h3 { "Types that differ" }
            div.scroll.fit tabindex="0" {
                table {
                    thead { tr { th { "column" } th { "legacy" } th { "governed" } } }
                    tbody {
                        @for drift in found.type_drifts.iter().take(LINES_MAX) {
                            tr { td { (line(&drift.name)) } td.mono { (line(&drift.legacy)) } td.mono { (line(&drift.governed)) } }
                        }
                    }
                }
            }
            (more(found.type_drifts.len()))
        }
        @if !found.ledger.is_empty() {
            h3 { "Excused by tolerances" }
            div.scroll.fit tabindex="0" {
                table {
                    thead { tr { th { "code" } th { "reason" } th.n { "cells" } th { "worst" } th { "column" } th { "legacy" } th { "governed" } } }
                    tbody {
                        @for entry in found.ledger.iter().take(LINES_MAX) {
                            @let example = entry.examples.first();
                            tr {
                                td { code { (line(&entry.code)) } }
                                td.wrap { (line(&entry.reason)) }
                                td.n { (count(entry.cells)) }
                                td.nowrap { (line(&entry.worst)) }
                                @if let Some(example) = example {
                                    td { (line(&example.name)) }
                                    td.v { (cells::value(example.legacy.as_deref())) }
                                    td.v { (cells::value(example.governed.as_deref())) }
                                } @else {
                                    td {} td {} td {}
                                }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(ties) = ties_line(found) {
            h3 { "The rows that the limit may take" }
            p.say { (sentence(&ties)) }
        }
        @if let Some(noise) = noise_line(found) {
            h3 { "The legacy against itself" }
            p.say { (sentence(&noise)) }
        }
        @if !found.notes.is_empty() {
            h3 { "Notes" }
            @for note in found.notes.iter().take(LINES_MAX) { p.say { (line(note)) "." } }
        }
    }
}

fn answers(item: &ItemReport) -> Markup {
    html! {
        h3 { "Answers" }
        div.scroll.fit tabindex="0" {
            table {
                thead { tr { th { "side" } th { "answer" } th.n { "latency" } th.n { "sent" } th.n { "size" } } }
                tbody {
                    @for (side, outcome) in [("legacy", &item.legacy), ("governed", &item.governed)] {
                        tr { th scope="row" { (side) } (answer(outcome.as_ref())) }
                    }
                }
            }
        }
    }
}

fn answer(outcome: Option<&Outcome>) -> Markup {
    let Some(outcome) = outcome else {
        return html! { td.dim colspan="4" { "none recorded" } };
    };
    html! {
        td.wrap {
            @match &outcome.result {
                OutcomeResult::Rows { rows, columns, .. } => {
                    (counted(*rows, "row")) ", " (counted(columns.len() as u64, "column"))
                }
                OutcomeResult::Failed(failure) => {
                    span.badge.k-loud { "failed" } " SQLSTATE " code { (failure.sqlstate) } ": " (line(&failure.message))
                    @if let Some(code) = &failure.code { " " code { (line(code)) } }
                }
            }
        }
        td.n { (latency(outcome.latency_us)) }
        td.n { @if outcome.attempts == 1 { "once" } @else { (outcome.attempts) " times" } }
        td.n { @if let OutcomeResult::Rows { bytes: size, .. } = &outcome.result { (bytes(*size)) } }
    }
}

fn repeat(item: &ItemReport, anchor: &str) -> Markup {
    let plan = &item.item;
    html! {
        h3 { "Repeat it" }
        div.cmd.copy-box {
            code.copy-text { "gnomon run -c gnomon.toml --only " (line(&plan.fingerprint)) }
            button.copy type="button" aria-label="copy the command" { "Copy" }
        }
        dl.kv {
            dt { "session" } dd { (line(&plan.session)) ", position " (plan.sequence) ", plan item " (plan.index) }
            @if !plan.binds.is_empty() {
                dt { "parameters" } dd { (binds(&plan.binds)) }
            }
            @if let Disposition::Run { legacy, governed, .. } = &plan.disposition {
                dt { "dialects" } dd { "legacy text " (legacy.dialect) ", governed text handed in as " (governed.dialect) }
            }
        }
        p.hint { "Both texts are above; the settings of both engines are under Run. " a.perma href={ "#" (anchor) } { "Permalink" } }
    }
}

fn binds(binds: &[Bind]) -> Markup {
    html! {
        @for (i, bind) in binds.iter().take(LINES_MAX).enumerate() {
            div {
                code { "$" (i + 1) } " = " span.v { (cells::value(bind.value.as_deref())) }
                span.dim { " type oid " (bind.type_oid) }
            }
        }
        (more(binds.len()))
    }
}

fn more(all: usize) -> Markup {
    let left_out = all.saturating_sub(LINES_MAX);
    html! { @if left_out > 0 { p.cut { (count(left_out as u64)) " more in the JSON report." } } }
}
