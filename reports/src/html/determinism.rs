//! What the text of a statement says about whether its answer can be the same twice, and how sure the
//! comparison is.

use super::text::line;
use crate::summary::columns;
use maud::{Markup, html};
use model::report::ItemReport;
use model::{OrderKey, StatementFacts};

/// Keys or constructs named.
const NAMED_MAX: usize = 12;

/// Order, limit, volatile parts and confidence; nothing where the text was not read.
pub(super) fn evidence(item: &ItemReport) -> Markup {
    let bound = item.judgement.as_ref().and_then(|judged| judged.differences.collision_bound);
    let Some(facts) = &item.item.facts else { return html! {} };
    html! {
        h3 { "Determinism and confidence" }
        dl.kv {
            dt { "order" } dd { (order(item, facts)) }
            dt { "rows" }
            dd {
                @if facts.limited { "limited: rows that tie at the cut may be others each time" }
                @else { "all of them, copies counted" }
            }
            dt { "volatile" }
            dd {
                @if facts.volatile.is_empty() { "nothing known to give other values each time" }
                @for (at, part) in facts.volatile.iter().take(NAMED_MAX).enumerate() {
                    @if at > 0 { ", " }
                    code { (line(part)) }
                }
                @if facts.volatile.len() > NAMED_MAX { ", …" }
            }
            @if let Some(bound) = bound { dt { "confidence" } dd { (bound) } }
        }
    }
}

fn order(item: &ItemReport, facts: &StatementFacts) -> Markup {
    let columns = columns(item);
    let name = |key: &OrderKey| match key.column {
        Some(at) => columns.iter().find_map(|side| side.get(at)).map_or_else(
            || format!("column {}", at.saturating_add(1)),
            |column| line(&column.name),
        ),
        None => "a key that is not in the output".to_owned(),
    };
    html! {
        @if facts.order_by.is_empty() { "none asked for: the rows are a bag" }
        @for (at, key) in facts.order_by.iter().take(NAMED_MAX).enumerate() {
            @if at > 0 { ", " }
            (name(key)) @if key.descending { " descending" }
            @if key.nulls_first { ", NULLs first" }
        }
        @if facts.order_by.len() > NAMED_MAX { ", …" }
    }
}
