//! Why answers differ: over all statements, and of one of them.

use super::cells::value;
use super::facets::{CLUSTERS_MAX, Facets};
use super::findings::{Links, names};
use super::text::{line, marked};
use crate::causes::{CAUSES_MAX, counts, title};
use crate::format::count;
use crate::summary::Summary;
use crate::visible::Blanks;
use crate::words;
use maud::{Markup, html};
use model::{Cause, CauseCluster, CellChange, Differences};

/// Characters of what can be copied of one cause; it is shown whole or not at all, because half a
/// tolerance is none.
const BLOCK_CHARS_MAX: usize = 4_000;

/// The causes of most statements first; nothing where none was found.
pub(super) fn section(summary: &Summary, facets: &Facets<'_>, links: &Links<'_>) -> Markup {
    let all = summary.causes.len() as u64;
    html! {
        @if all > 0 {
            section.causes {
                h2 { "Root causes" }
                @for (number, cluster) in summary.causes.iter().take(CLUSTERS_MAX).enumerate() {
                    (card(cluster, number, facets, links))
                }
                @if let Some(more) = words::more(all, all.min(CLUSTERS_MAX as u64), "cause") {
                    p.cut { (more) " in the JSON report." }
                }
            }
        }
    }
}

fn card(cluster: &CauseCluster, number: usize, facets: &Facets<'_>, links: &Links<'_>) -> Markup {
    let anchor = facets.anchor(number);
    let block = cluster.tolerances.join("\n\n");
    html! {
        details.cause id=(anchor) open[number == 0] {
            summary {
                code { (line(&cluster.code)) }
                b { (title(cluster)) }
                span.tail { (counts(cluster)) }
            }
            div.in {
                p.say { "First of them: " (words::message(&cluster.sentence)) "." }
                p.say { span.dim { "What settles it: " } (advice(cluster.advice())) }
                (copyable(&block))
                p.names {
                    span.dim { "Statements: " }
                    (names(&cluster.first_statements, links))
                    @let left_out = cluster.statements.saturating_sub(cluster.first_statements.len() as u64);
                    @if left_out > 0 { span.dim { "and " (count(left_out)) " more " } }
                    button.tool.only type="button" data-by="c" data-value=(number) { "Show these alone" }
                    a.perma href={ "#" (anchor) } { "Permalink" }
                }
            }
        }
    }
}

/// What explains the differences of one statement.
pub(super) fn of_statement(found: &Differences, facets: &Facets<'_>) -> Markup {
    html! {
        @if !found.causes.is_empty() {
            h3 { "Why" }
            @for cause in found.causes.iter().take(CAUSES_MAX) { (told(cause, facets)) }
            @let all = found.causes.len() as u64;
            @if let Some(more) = words::more(all, all.min(CAUSES_MAX as u64), "cause") {
                p.cut { (more) " in the JSON report." }
            }
        }
    }
}

fn told(cause: &Cause, facets: &Facets<'_>) -> Markup {
    let (settles, block) = cause.remedy_parts();
    html! {
        div.frame.why {
            p.say {
                code { (line(&cause.code)) } " " (words::message(&cause.sentence)) ". "
                @if let Some(number) = facets.number(cause) {
                    a.perma href={ "#" (facets.anchor(number)) } { "all statements" }
                }
            }
            @if !cause.examples.is_empty() {
                p.examples { @for example in &cause.examples { span { (change(example)) } } }
            }
            p.hint { "What settles it: " (advice(settles)) }
            (copyable(block))
        }
    }
}

fn change(example: &CellChange) -> Markup {
    html! {
        span.v { (value(example.legacy.as_deref())) }
        span.arrow { "→" }
        span.v { (value(example.governed.as_deref())) }
    }
}

fn advice(text: &str) -> String {
    words::message(&text.lines().collect::<Vec<_>>().join(" "))
}

/// A block of TOML with its button.
fn copyable(block: &str) -> Markup {
    html! {
        @if block.chars().count() > BLOCK_CHARS_MAX {
            p.cut { "The tolerances to copy are in the JSON report." }
        } @else if !block.is_empty() {
            div.panel.copy-box.toml {
                header {
                    b { "gnomon.toml" }
                    button.copy type="button" aria-label="copy the tolerance" { "Copy" }
                }
                pre tabindex="0" { code.copy-text { (marked(block, Blanks::Keep)) } }
            }
        }
    }
}
