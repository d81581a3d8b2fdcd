//! The SQL texts of a statement, with what differs between them highlighted.

use super::text::{line, marked, segments};
use crate::excerpt::excerpt;
use crate::format::{count, engine_short};
use crate::text_diff::{self, SideBySide, Work};
use crate::visible::{Blanks, cut};
use maud::{Markup, html};
use model::report::{ItemReport, RunHeader};
use model::{Diagnostic, Disposition, Severity, Side};

/// Characters shown of one text.
const CHARS_MAX: usize = 20_000;

/// Both texts: the legacy text, and the text that reached the governed engine.
pub(super) fn texts(item: &ItemReport, run: &RunHeader, work: &mut Work) -> Markup {
    let plan = &item.item;
    let Disposition::Run { legacy, translated, .. } = &plan.disposition else {
        return one("captured", "", &plan.sql);
    };
    let executed =
        |outcome: &Option<model::Outcome>| outcome.as_ref().map(|o| o.executed_sql.clone());
    let legacy = executed(&item.legacy).unwrap_or_else(|| legacy.sql.clone());
    let governed = executed(&item.governed);
    let reached = governed.is_some();
    let governed = governed.unwrap_or_else(|| translated.clone());
    if legacy == governed {
        return one("both engines", "the same text", &legacy);
    }
    let (old, old_cut) = cut(&legacy, CHARS_MAX);
    let (new, new_cut) = cut(&governed, CHARS_MAX);
    let found = text_diff::sql(old, new, work);
    let hint = match &found {
        None => "The texts are too large to look for single differences.",
        Some(found) if !found.legacy.iter().chain(&found.governed).any(|s| s.differs) => {
            "Only white space and the case of bare words differ."
        }
        Some(_) => "White space and the case of bare words are not highlighted.",
    };
    let found = found.unwrap_or_else(|| whole(old, new));
    let about = engine_short(&run.governed);
    let about =
        if reached { format!("as it reached {about}") } else { format!("planned for {about}") };
    html! {
        div.sqls {
            (panel("legacy", &format!("as sent to {}", engine_short(&run.legacy)), &segments(&found.legacy, Side::Legacy, Blanks::Keep), old_cut))
            (panel("governed", &about, &segments(&found.governed, Side::Governed, Blanks::Keep), new_cut))
        }
        p.hint { (hint) }
    }
}

fn whole<'a>(legacy: &'a str, governed: &'a str) -> SideBySide<'a> {
    let all = |text| vec![text_diff::Segment { text, differs: false }];
    SideBySide { legacy: all(legacy), governed: all(governed) }
}

fn one(title: &str, about: &str, sql: &str) -> Markup {
    let (shown, left_out) = cut(sql, CHARS_MAX);
    html! { div.sqls.one { (panel(title, about, &marked(shown, Blanks::Keep), left_out)) } }
}

fn panel(title: &str, about: &str, text: &Markup, left_out: usize) -> Markup {
    html! {
        div.panel.copy-box {
            header {
                b { (title) } span { (line(about)) }
                button.copy type="button" aria-label={ "copy the text of " (title) } { "Copy" }
            }
            // A reader with a keyboard must be able to scroll the box.
            pre tabindex="0" { code.copy-text { (text) } }
            @if left_out > 0 {
                p.cut { " " (count(left_out as u64)) " more characters in the JSON report." }
            }
        }
    }
}

/// A finding about the captured text, with its place underlined.
pub(super) fn diagnostic(found: &Diagnostic, sql: &str) -> Markup {
    let class = match found.severity {
        Severity::Error => "k-silent",
        Severity::Warning => "k-inconclusive",
        Severity::Note => "k-skipped",
    };
    let place = found.span.and_then(|span| excerpt(sql, span));
    html! {
        div class={ "frame " (class) } {
            p.say { code { (line(&found.code)) } " " (line(&found.message)) }
            @if let Some(place) = place {
                pre {
                    span.ln { (place.line) ":" (place.column) }
                    code { (place.before) u { (place.marked) } (place.after) }
                }
            }
            @if let Some(hint) = &found.hint { p.hint { "What to do: " (line(hint)) } }
        }
    }
}
