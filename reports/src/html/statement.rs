//! One statement: its line, and what the line opens to.

use super::facets::Facets;
use super::overview::{Kind, badge};
use super::text::line;
use crate::format::{count, latency};
use crate::summary::{impact, mismatch_reason};
use crate::visible;
use maud::{Markup, PreEscaped, html};
use model::plan::Disposition;
use model::report::ItemReport;
use model::{Outcome, OutcomeResult};

/// Characters of the SQL, or of the reason, on the line.
const WHAT_CHARS_MAX: usize = 160;
/// Rule codes on the line.
const CODES_MAX: usize = 4;

/// The line of a statement with its detail, already rendered; without it the line says so.
pub(super) fn statement(
    item: &ItemReport,
    (anchor, facets): (&str, &Facets<'_>),
    severity: usize,
    detail: Option<&str>,
) -> Markup {
    let kind = Kind::of(item);
    let id = visible::fit(&line(&item.item.statement), 80);
    let (legacy, governed) = (item.legacy.as_ref(), item.governed.as_ref());
    let latency_of = |outcome: Option<&Outcome>| outcome.map_or(0, |outcome| outcome.latency_us);
    let some = |numbers: String| (!numbers.is_empty()).then_some(numbers);
    let (causes, tables) = (some(facets.causes_of(item)), some(facets.tables_of(item)));
    html! {
        details.stmt id=(anchor) data-k=(kind.key()) data-id=(id) data-s=(severity) data-p=(item.item.index)
            data-l=(latency_of(legacy)) data-g=(latency_of(governed)) data-d=(impact(item))
            data-c=[causes] data-t=[tables] {
            summary {
                (badge(kind))
                span.id { (id) }
                span.what { (what(item)) }
                (rows(legacy, governed))
                (times(legacy, governed))
                (codes(item))
            }
            div.body {
                @match detail {
                    Some(detail) => (PreEscaped(detail)),
                    None => {
                        p.cut { "The details were left out to keep this page small; the JSON report has them." }
                    }
                }
            }
        }
    }
}

/// The headings above the lines.
pub(super) fn headings() -> Markup {
    html! {
        div.list-head aria-hidden="true" {
            span { "verdict" } span { "statement" } span { "SQL" }
            span.duo { b { "rows" } span { "legacy" } span { "governed" } }
            span.duo { b { "latency" } span { "legacy" } span { "governed" } }
            span.codes { "rules" }
        }
    }
}

fn what(item: &ItemReport) -> Markup {
    let reason = match item.judgement.as_ref().map(|judgement| &judgement.verdict) {
        Some(verdict) => verdict.reason().map_or_else(|| mismatch_reason(item), str::to_owned),
        None => String::new(),
    };
    html! {
        span.mono { (visible::sql_line(&item.item.sql, WHAT_CHARS_MAX)) }
        @if Kind::of(item) != Kind::Match && !reason.is_empty() {
            small { (visible::fit(&line(&reason), WHAT_CHARS_MAX)) }
        }
    }
}

fn rows(legacy: Option<&Outcome>, governed: Option<&Outcome>) -> Markup {
    let shown = |outcome: Option<&Outcome>| match outcome.map(|outcome| &outcome.result) {
        Some(OutcomeResult::Rows { rows, .. }) => count(*rows),
        Some(OutcomeResult::Failed(_)) => "failed".to_owned(),
        None => "–".to_owned(),
    };
    let (a, b) = (shown(legacy), shown(governed));
    html! {
        span.duo.ne[a != b] title="rows: legacy, governed" { span { (a) } span { (b) } }
    }
}

fn times(legacy: Option<&Outcome>, governed: Option<&Outcome>) -> Markup {
    let shown = |outcome: Option<&Outcome>| {
        outcome.map_or_else(|| "–".to_owned(), |outcome| latency(outcome.latency_us))
    };
    html! {
        span.duo.lat title="latency: legacy, governed" { span { (shown(legacy)) } span { (shown(governed)) } }
    }
}

fn codes(item: &ItemReport) -> Markup {
    let Disposition::Run { rules, .. } = &item.item.disposition else {
        return html! { span.codes {} };
    };
    let mut codes: Vec<String> =
        rules.iter().map(|rule| visible::fit(&line(&rule.code), 12)).collect();
    // Definitions of a dialect share one.
    codes.dedup();
    let shown = codes.iter().take(CODES_MAX).cloned().collect::<Vec<_>>().join(" ");
    let dots = if codes.len() > CODES_MAX { " …" } else { "" };
    html! { span.codes title={ "rules applied: " (shown) (dots) } { (shown) (dots) } }
}
