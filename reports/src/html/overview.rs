//! The verdict of a run as one sees it first: counts, bar, legend.

use crate::format::count;
use crate::summary::{Counts, MismatchKind, Summary, mismatch_kind};
use maud::{Markup, html};
use model::Verdict;
use model::report::ItemReport;

/// What a statement is shown as: its verdict, with mismatches split by how they show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Silent,
    Loud,
    Pending,
    Inconclusive,
    Skipped,
    Tolerated,
    Match,
}

impl Kind {
    /// Every kind, in the order of the bar and of the legend.
    pub(super) const ALL: [Self; 7] = [
        Self::Match,
        Self::Tolerated,
        Self::Silent,
        Self::Loud,
        Self::Inconclusive,
        Self::Skipped,
        Self::Pending,
    ];

    /// The kind of `item`. The order of kinds is by severity, the worst first.
    pub(super) fn of(item: &ItemReport) -> Self {
        match item.judgement.as_ref().map(|judgement| &judgement.verdict) {
            Some(Verdict::Match) => Self::Match,
            Some(Verdict::Tolerated) => Self::Tolerated,
            Some(Verdict::Mismatch) => match mismatch_kind(item) {
                Some(MismatchKind::Loud) => Self::Loud,
                _ => Self::Silent,
            },
            Some(Verdict::Inconclusive { .. }) => Self::Inconclusive,
            Some(Verdict::Skipped { .. }) => Self::Skipped,
            None => Self::Pending,
        }
    }

    /// Name in classes and attributes.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Tolerated => "tolerated",
            Self::Silent => "silent",
            Self::Loud => "loud",
            Self::Inconclusive => "inconclusive",
            Self::Skipped => "skipped",
            Self::Pending => "pending",
        }
    }

    /// Name for people.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Silent => "silent mismatch",
            Self::Loud => "loud mismatch",
            _ => self.key(),
        }
    }

    /// Name where there is little room.
    const fn short(self) -> &'static str {
        self.key()
    }

    /// What it means, in a sentence without a final period.
    const fn meaning(self) -> &'static str {
        match self {
            Self::Match => "both sides gave the same answer, or failed alike",
            Self::Tolerated => "different only within the tolerances in force",
            Self::Silent => "both sides returned rows, but not the same",
            Self::Loud => "a side failed",
            Self::Inconclusive => "it cannot be said",
            Self::Skipped => "not replayed",
            Self::Pending => "no verdict yet",
        }
    }

    /// Its class.
    pub(super) fn class(self) -> String {
        format!("k-{}", self.key())
    }

    /// How often it is in `counts`.
    pub(super) const fn count(self, counts: &Counts) -> u64 {
        match self {
            Self::Match => counts.matched,
            Self::Tolerated => counts.tolerated,
            Self::Silent => counts.silent,
            Self::Loud => counts.loud,
            Self::Inconclusive => counts.inconclusive,
            Self::Skipped => counts.skipped,
            Self::Pending => counts.pending,
        }
    }

    /// The kinds that `counts` has.
    pub(super) fn present(counts: &Counts) -> impl Iterator<Item = (Self, u64)> {
        let counts = *counts;
        Self::ALL.into_iter().map(move |kind| (kind, kind.count(&counts))).filter(|(_, n)| *n > 0)
    }
}

/// A badge: the kind, in its colour and in words.
pub(super) fn badge(kind: Kind) -> Markup {
    html! { span class={ "badge " (kind.class()) } title=(kind.meaning()) { (kind.label()) } }
}

/// Counts in the sticky header.
pub(super) fn tally(counts: &Counts) -> Markup {
    html! {
        ul.tally aria-label="counts of verdicts" {
            @for (kind, n) in Kind::present(counts) {
                li class=(kind.class()) { i.dot aria-hidden="true" {} b { (count(n)) } span.dim { (kind.short()) } }
            }
        }
    }
}

/// The stacked bar. Its parts grow with the counts and are never rounded away.
pub(super) fn bar(counts: &Counts) -> Markup {
    let label = Kind::present(counts)
        .map(|(kind, n)| format!("{} {}", count(n), kind.label()))
        .collect::<Vec<_>>()
        .join(", ");
    html! {
        div.bar role="img" aria-label=(label) {
            @for (kind, n) in Kind::present(counts) {
                i class=(kind.class()) style=(format!("flex-grow:{n}")) title=(format!("{} {}", count(n), kind.label())) {}
            }
        }
    }
}

/// All kinds with their counts and meanings.
pub(super) fn legend(counts: &Counts) -> Markup {
    html! {
        ul.legend {
            @for kind in Kind::ALL {
                @let n = kind.count(counts);
                li class={ (kind.class()) @if n == 0 { " zero" } } title=(kind.meaning()) {
                    i.dot aria-hidden="true" {} b { (count(n)) } span { (kind.label()) }
                }
            }
        }
    }
}

/// The kinds that either of two runs has, without counts: what the colours of two bars mean.
pub(super) fn key(a: &Counts, b: &Counts) -> Markup {
    html! {
        ul.legend {
            @for kind in Kind::ALL.into_iter().filter(|kind| kind.count(a) + kind.count(b) > 0) {
                li class=(kind.class()) title=(kind.meaning()) { i.dot aria-hidden="true" {} span { (kind.label()) } }
            }
        }
    }
}

/// The first section of a page: does the gate hold, how many of what.
pub(super) fn hero(summary: &Summary) -> Markup {
    let kind = gate_kind(summary);
    html! {
        section.hero aria-labelledby="page-verdict" {
            p class="gate" {
                span class={ "badge " (kind.class()) } { @if summary.gate.holds { "gate holds" } @else { "gate fails" } }
                " " span.dim { (summary.gate_reason()) }
            }
            h1 id="page-verdict" { (headline(summary)) }
            p.line { (summary.verdict_line()) "." }
            (bar(&summary.counts))
            (legend(&summary.counts))
        }
    }
}

/// The colour of the gate.
pub(super) fn gate_kind(summary: &Summary) -> Kind {
    if summary.gate.holds { Kind::Match } else { Kind::Silent }
}

/// The one thing to know, exact.
fn headline(summary: &Summary) -> String {
    let c = &summary.counts;
    let of = count(summary.statements);
    if c.silent > 0 {
        return format!("{} of {of} statements differ without anybody being told", count(c.silent));
    }
    if c.loud > 0 {
        return format!("{} of {of} statements fail on one side", count(c.loud));
    }
    if c.pending > 0 {
        return format!("{} of {of} statements have no verdict yet", count(c.pending));
    }
    format!(
        "{} of {of} statements give the same answer, no mismatch",
        count(c.matched + c.tolerated)
    )
}
