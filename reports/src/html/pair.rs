//! The demo's page: the same workload copied unchanged and transpiled, side by side.

use super::anchor::Anchors;
use super::facets::Facets;
use super::findings::{self, Links};
use super::overview::{Kind, badge, bar, gate_kind, key};
use super::text::line;
use super::{causes, facts, list, page as single};
use crate::format::{count, counted};
use crate::summary::{CorpusCounts, Counts, Passes, Summary, mismatch_reason};
use crate::visible;
use maud::{Markup, html};
use model::plan::Disposition;
use model::report::{ItemReport, RunReport};
use std::collections::BTreeMap;

/// Statements listed whose verdict the transpiler changed.
const CHANGED_MAX: usize = 200;

/// Everything about one of the two passes.
struct Pass<'a> {
    name: &'static str,
    title: &'static str,
    report: &'a RunReport,
    summary: Summary,
    anchors: Vec<String>,
}

impl Pass<'_> {
    fn facets(&self) -> Facets<'_> {
        Facets::of(&format!("{}-", self.name), self.report, &self.summary)
    }

    fn links(&self) -> Links<'_> {
        single::links(self.report, &self.anchors)
    }
}

/// The page of both passes.
pub(super) fn page(unchanged: &RunReport, transpiled: &RunReport) -> String {
    let mut anchors = Anchors::default();
    let after = Pass {
        name: "transpiled",
        title: "Transpiled",
        report: transpiled,
        summary: Summary::of(transpiled),
        anchors: anchors.of("", &transpiled.items),
    };
    let before = Pass {
        name: "unchanged",
        title: "Copied unchanged",
        report: unchanged,
        summary: Summary::of(unchanged),
        anchors: anchors.of("unchanged-", &unchanged.items),
    };
    let frame = |lists: [Markup; 2]| {
        let [after_list, before_list] = lists;
        let main = html! {
            (overview(&before, &after))
            (changed(&before, &after))
            nav.passes aria-label="the two passes" id="page-statements" {
                @for pass in [&after, &before] {
                    a href={ "#page-" (pass.name) } { (pass.title) " (" (counted(pass.summary.statements, "statement")) ")" }
                }
            }
            (section(&after, &after_list))
            (section(&before, &before_list))
        };
        let title = format!("{} and {}", unchanged.run.title, transpiled.run.title);
        let top = single::top(transpiled, &after.summary, &after.summary.counts);
        single::frame(&title, &top, &main, transpiled)
    };
    let bare = frame([html! {}, html! {}]).len();
    let half = single::room(bare) / 2;
    let list = |pass: &Pass<'_>| {
        let known = (&pass.summary.counts, &pass.facets());
        list::list(pass.report, &pass.anchors, known, half)
    };
    frame([list(&after), list(&before)])
}

fn section(pass: &Pass<'_>, list: &Markup) -> Markup {
    let kind = gate_kind(&pass.summary);
    html! {
        div.pass id={ "page-" (pass.name) } {
            (causes::section(&pass.summary, &pass.facets(), &pass.links()))
            section {
                h2 { (pass.title) ": statements" }
                p.line {
                    span class={ "badge " (kind.class()) } { @if pass.summary.gate.holds { "gate holds" } @else { "gate fails" } }
                    " " span.dim { (pass.summary.verdict_line()) "." }
                }
                (list)
            }
            (findings::sections(&pass.summary, &pass.links()))
            (facts::section(pass.report, &pass.summary))
        }
    }
}

fn overview(before: &Pass<'_>, after: &Pass<'_>) -> Markup {
    let passes = Passes::of(before.report, after.report);
    html! {
        section.hero aria-labelledby="page-verdict" {
            p.gate { span.dim { "Silent: both engines answered, with other rows. Nobody would have been told." } }
            h1 id="page-verdict" { (passes.sentence()) "." }
            p.line { "Silent differences, statement by statement: " (passes.fates()) "." }
            div.bars {
                span.dim { "unchanged" } (bar(&before.summary.counts))
                span.dim { "transpiled" } (bar(&after.summary.counts))
            }
            (key(&before.summary.counts, &after.summary.counts))
        }
        section {
            h2 { "Counts of both passes" }
            (counts(before, after))
        }
    }
}

/// Rows of verdicts; a pair of columns for each corpus, and one for all.
fn counts(before: &Pass<'_>, after: &Pass<'_>) -> Markup {
    let mut columns: Vec<(String, Counts, Counts)> = Vec::new();
    let names: Vec<&CorpusCounts> =
        before.summary.corpora.iter().chain(&after.summary.corpora).collect();
    for corpus in names {
        if columns.iter().any(|(name, ..)| *name == corpus.corpus) {
            continue;
        }
        let of = |pass: &Pass<'_>| {
            let found = pass.summary.corpora.iter().find(|c| c.corpus == corpus.corpus);
            found.map_or_else(Counts::default, |c| c.counts)
        };
        columns.push((corpus.corpus.clone(), of(before), of(after)));
    }
    columns.insert(0, ("all".to_owned(), before.summary.counts, after.summary.counts));
    html! {
        div.scroll tabindex="0" role="region" aria-label="counts of both passes" {
            table.both {
                thead {
                    tr { th {} @for (name, ..) in &columns { th.edge colspan="2" { (line(name)) } } }
                    tr { th { "verdict" } @for _ in &columns { th.n.edge { "unchanged" } th.n { "transpiled" } } }
                }
                tbody {
                    @for kind in Kind::ALL {
                        @if columns.iter().any(|(_, a, b)| kind.count(a) + kind.count(b) > 0) {
                            tr {
                                th.nowrap scope="row" { (badge(kind)) }
                                @for (_, a, b) in &columns {
                                    (cell(kind.count(a), true)) (cell(kind.count(b), false))
                                }
                            }
                        }
                    }
                    tr.sum {
                        th scope="row" { "statements" }
                        @for (_, a, b) in &columns { (cell(a.sum(), true)) (cell(b.sum(), false)) }
                    }
                }
            }
        }
    }
}

/// A count; the first of a corpus has a line on its left.
fn cell(n: u64, edge: bool) -> Markup {
    html! { td.n.edge[edge].zero[n == 0] { (count(n)) } }
}

/// The statements whose verdict is another with the transpiler, silent mismatches first.
fn changed(before: &Pass<'_>, after: &Pass<'_>) -> Markup {
    let later: BTreeMap<&str, &ItemReport> =
        after.report.items.iter().map(|item| (item.item.statement.as_str(), item)).collect();
    let mut found: Vec<(&ItemReport, &ItemReport)> = before
        .report
        .items
        .iter()
        .filter_map(|item| Some((item, *later.get(item.item.statement.as_str())?)))
        .filter(|(a, b)| Kind::of(a) != Kind::of(b))
        .collect();
    found.sort_by_key(|(a, b)| (Kind::of(a), Kind::of(b)));
    let (links, earlier) = (after.links(), before.links());
    html! {
        @if !found.is_empty() {
            section {
                h2 { "What the transpiler changed: " (counted(found.len() as u64, "statement")) }
                div.scroll tabindex="0" role="region" aria-label="statements with another verdict" {
                    table.stack {
                        thead { tr { th { "statement" } th { "unchanged" } th { "what differed" } th { "transpiled" } th { "by" } } }
                        tbody {
                            @for (a, b) in found.iter().take(CHANGED_MAX) {
                                tr {
                                    td.id { (link(&b.item.statement, &links)) }
                                    td.nowrap { (linked_badge(a, &earlier)) }
                                    td.wrap { (visible::fit(&line(&mismatch_reason(a)), 160)) }
                                    td.nowrap.to { (linked_badge(b, &links)) }
                                    td.wrap { (by(b)) }
                                }
                            }
                        }
                    }
                }
                @let left_out = found.len().saturating_sub(CHANGED_MAX);
                @if left_out > 0 { p.cut { (count(left_out as u64)) " more in the lists below." } }
            }
        }
    }
}

fn link(statement: &str, links: &Links<'_>) -> Markup {
    let name = visible::fit(&line(statement), 60);
    html! {
        @match links.get(statement) {
            Some(anchor) => { a href={ "#" (anchor) } { (name) } }
            None => (name),
        }
    }
}

fn linked_badge(item: &ItemReport, links: &Links<'_>) -> Markup {
    html! {
        @match links.get(item.item.statement.as_str()) {
            Some(anchor) => { a href={ "#" (anchor) } { (badge(Kind::of(item))) } }
            None => (badge(Kind::of(item))),
        }
    }
}

/// The rules that made the difference, or the reason why it is not replayed.
fn by(item: &ItemReport) -> Markup {
    html! {
        @match &item.item.disposition {
            Disposition::Run { rules, .. } => {
                @for (i, rule) in rules.iter().take(6).enumerate() {
                    @if i > 0 { ", " }
                    code { (line(&rule.code)) } " " (line(&rule.name))
                }
                @if rules.len() > 6 { ", …" }
            }
            Disposition::Skip { reason } => (visible::fit(&line(&reason.to_string()), 160)),
        }
    }
}
