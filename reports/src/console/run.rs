//! The summary of one run.

use super::Style;
use super::paint::{Page, Tone};
use crate::causes::{told_cluster, tolerances_left_out};
use crate::excerpt::excerpt;
use crate::figures::{figure, most_changed};
use crate::format::{count, counted, engine, latency, source_settings, times};
use crate::summary::{
    DataSummary, Group, MismatchKind, Percentiles, Summary, by_impact, mismatch_kind,
    mismatch_reason,
};
use crate::visible::{self, fit, line, pad, value};
use crate::words::{self, message, pairing};
use model::difference::CellText;
use model::plan::{Disposition, SkipReason};
use model::report::{ItemReport, RunReport};
use model::{CauseCluster, DataState, Difference, Span};
use unicode_width::UnicodeWidthStr;

/// Causes over statements shown.
const CLUSTERS_MAX: usize = 8;
/// Causes and columns shown of one mismatch.
const CAUSES_MAX: usize = 3;
const COLUMNS_MAX: usize = 3;
/// Mismatches shown.
const MISMATCHES_MAX: usize = 12;
/// Cells or rows shown of one mismatch.
const CELLS_MAX: usize = 3;
/// Refused statements, tolerances, reasons or names shown.
const GROUPS_MAX: usize = 12;

pub(super) fn text(report: &RunReport, style: Style) -> String {
    let summary = Summary::of(report);
    let mut page = Page::new(style);
    let (gate, tone) =
        if summary.gate.holds { ("GATE HOLDS  ", Tone::Good) } else { ("GATE FAILS  ", Tone::Bad) };
    page.wrapped(gate, tone, &summary.verdict_line(), Some(Tone::Title));
    page.wrapped("            ", Tone::Dim, &summary.gate_reason(), None);
    facts(&mut page, report, &summary);
    data(&mut page, &summary.data);
    causes(&mut page, &summary.causes);
    mismatches(&mut page, report, &summary);
    refused(&mut page, report, &summary);
    groups(&mut page, "Skipped", &summary.skipped);
    groups(&mut page, "Inconclusive", &summary.inconclusive);
    ledger(&mut page, &summary);
    if let Some(bound) = summary.collision_bound {
        page.heading("Confidence");
        page.wrapped("  ", Tone::Dim, &format!("all comparisons: {bound}"), None);
    }
    page.finish()
}

fn facts(page: &mut Page, report: &RunReport, summary: &Summary) {
    let run = &report.run;
    page.heading("Run");
    let side = |p: Percentiles| {
        let [p50, p95, p99] = [p.p50_us, p.p95_us, p.p99_us].map(latency);
        format!("p50 {p50}, p95 {p95}, p99 {p99}")
    };
    let measured = &summary.latency;
    for (label, value) in [
        ("  title     ", line(&run.title)),
        ("  id        ", line(&run.run_id)),
        (
            "  workload  ",
            format!("{} (sha256 {})", line(&run.workload_source), run.workload.short(12)),
        ),
        ("  started   ", times(run)),
        ("  legacy    ", line(&engine(&run.legacy))),
        ("  governed  ", line(&engine(&run.governed))),
        (
            "  latency   ",
            format!(
                "legacy {}; governed {} ({} with rows on both sides)",
                side(measured.legacy),
                side(measured.governed),
                counted(measured.statements, "statement")
            ),
        ),
    ] {
        page.wrapped(label, Tone::Dim, &value, None);
    }
    if summary.data.tables > 0 {
        page.wrapped("  data      ", Tone::Dim, &summary.data.line(), None);
    }
    if summary.lag.statements > 0 {
        page.wrapped("  lag       ", Tone::Dim, &words::lateness(&summary.lag), None);
    }
    if let Some(recorded) = &run.judged_from {
        page.wrapped("  judged    ", Tone::Dim, &format!("from run {}", line(recorded)), None);
    }
    if let Some(settings) = source_settings(run) {
        page.wrapped("  settings  ", Tone::Dim, &line(&settings), None);
    }
    if summary.failed_alike > 0 {
        let alike = counted(summary.failed_alike, "match");
        page.wrapped(
            "  note      ",
            Tone::Dim,
            &format!("{alike} failed alike on both sides"),
            None,
        );
    }
}

/// Tables whose data are not known to be the same.
fn data(page: &mut Page, data: &DataSummary) {
    if data.open.is_empty() {
        return;
    }
    page.heading(&format!("Data: {}", data.line()));
    for of in data.open.iter().take(GROUPS_MAX) {
        let tone = match of.state {
            DataState::Unknown => Tone::Caution,
            _ => Tone::Bad,
        };
        let head = format!("  {}  ", pad(of.state.as_str(), 7));
        let told = format!("{}: {}", line(&of.table), line(&of.told));
        page.wrapped(&head, tone, &told, None);
    }
    let more = data.open.len().saturating_sub(GROUPS_MAX) as u64;
    if more > 0 {
        page.wrapped("  ", Tone::Dim, &format!("and {}", counted(more, "more table")), None);
    }
}

/// What explains differences, over all statements.
fn causes(page: &mut Page, clusters: &[CauseCluster]) {
    if clusters.is_empty() {
        return;
    }
    page.heading(&format!("Causes: {}", count(clusters.len() as u64)));
    for cluster in clusters.iter().take(CLUSTERS_MAX) {
        let told = told_cluster(cluster);
        let code = format!("  {}  ", fit(&told.code, 12));
        let indent = " ".repeat(code.width());
        page.wrapped(&code, Tone::Caution, &told.sentence, None);
        let shown = cluster.first_statements.iter().take(GROUPS_MAX);
        let shown: Vec<String> = shown.map(|name| fit(&line(name), 32)).collect();
        let left_out = cluster.statements.saturating_sub(shown.len() as u64);
        let more =
            if left_out == 0 { String::new() } else { format!(" and {} more", count(left_out)) };
        let shown = format!("{}{more}", shown.join(", "));
        page.wrapped(&format!("{indent}in "), Tone::Dim, &shown, None);
        page.wrapped(&format!("{indent}→ "), Tone::Dim, &told.advice, Some(Tone::Dim));
        let left_out = tolerances_left_out(cluster);
        for line in told.block.iter().chain(&left_out) {
            // Between two tolerances nothing is to be painted.
            let label = if line.is_empty() { String::new() } else { format!("{indent}    ") };
            page.wrapped(&label, Tone::Dim, line, Some(Tone::Dim));
        }
    }
    more(page, clusters.len() as u64, CLUSTERS_MAX);
}

/// Why one statement differs, how its rows were paired, and which columns changed.
fn why(page: &mut Page, item: &ItemReport) {
    let Some(judgement) = &item.judgement else { return };
    let found = &judgement.differences;
    for cause in found.causes.iter().take(CAUSES_MAX) {
        let sentence = message(&cause.sentence);
        page.wrapped("    why      ", Tone::Caution, &sentence, None);
    }
    if let Some(more) = words::more(found.causes.len() as u64, CAUSES_MAX as u64, "cause") {
        page.wrapped("             ", Tone::Dim, &more, Some(Tone::Dim));
    }
    if let Some(pairing) = pairing(found) {
        page.wrapped("    rows     ", Tone::Dim, &pairing, Some(Tone::Dim));
    }
    let (columns, _) = most_changed(found);
    let told = columns.iter().take(COLUMNS_MAX).map(|column| {
        let cells = counted(column.changed_cells, "cell");
        let max = column.max_absolute.as_deref().map(figure);
        let max = max.map(|max| format!(" by at most {max}")).unwrap_or_default();
        format!("{} ({cells}{max})", fit(&line(&column.name), 32))
    });
    let told = told.collect::<Vec<_>>().join(", ");
    let left_out = found.columns.len().saturating_sub(COLUMNS_MAX) as u64;
    let more = if left_out == 0 { String::new() } else { format!(" and {} more", count(left_out)) };
    if !told.is_empty() {
        page.wrapped("    columns  ", Tone::Dim, &format!("{told}{more}"), Some(Tone::Dim));
    }
}

fn mismatches(page: &mut Page, report: &RunReport, summary: &Summary) {
    let c = &summary.counts;
    if c.mismatched() == 0 {
        return;
    }
    page.heading(&format!("Mismatches: {}", count(c.mismatched())));
    for of in &summary.classes {
        let kind = MismatchKind::of(of.class).as_str();
        page.wrapped(
            "  ",
            Tone::Dim,
            &format!("{} {kind}: {}", count(of.statements), of.class),
            None,
        );
    }
    let of_kind = |kind| {
        by_impact(report)
            .into_iter()
            .filter(move |item| mismatch_kind(item) == Some(kind))
            .map(move |i| (i, kind))
    };
    // The dangerous kind first, then what differs most.
    let all = of_kind(MismatchKind::Silent).chain(of_kind(MismatchKind::Loud));
    for (item, kind) in all.take(MISMATCHES_MAX) {
        mismatch(page, item, kind);
    }
    more(page, c.mismatched(), MISMATCHES_MAX);
}

fn mismatch(page: &mut Page, item: &ItemReport, kind: MismatchKind) {
    let tone = match kind {
        MismatchKind::Silent => Tone::Bad,
        MismatchKind::Loud => Tone::Caution,
    };
    let id = fit(&line(&item.item.statement), 24);
    page.wrapped(
        &format!("  {id}  {}  ", kind.as_str()),
        tone,
        &line(&mismatch_reason(item)),
        None,
    );
    let sql = visible::sql_line(&item.item.sql, page.width().saturating_sub(4));
    let sql = page.paint(Tone::Dim, &sql);
    page.line(&format!("    {sql}"));
    why(page, item);
    cells(page, item);
}

/// The first differing cells, side by side.
fn cells(page: &mut Page, item: &ItemReport) {
    let Some(judgement) = &item.judgement else { return };
    let rows: Vec<[String; 4]> =
        judgement.differences.examples.iter().flat_map(cell_rows).take(CELLS_MAX).collect();
    if rows.is_empty() {
        return;
    }
    let head = ["", "column", "legacy", "governed"].map(str::to_owned);
    let width_of = |column: usize, max: usize| {
        let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0).min(max)
    };
    let room = page.width().saturating_sub(4 + 3 * 2);
    let (kind, name) = (width_of(0, 12), width_of(1, room / 5));
    let value = room.saturating_sub(kind + name) / 2;
    let (legacy, governed) = (width_of(2, value), width_of(3, value));
    for (i, row) in std::iter::once(&head).chain(&rows).enumerate() {
        let [a, b, c, d] = row;
        let text =
            format!("{}  {}  {}  {}", pad(a, kind), pad(b, name), pad(c, legacy), fit(d, governed));
        let text = if i == 0 { page.paint(Tone::Dim, &text) } else { text };
        page.line(&format!("    {text}"));
    }
}

/// A difference as rows of kind, column, legacy value, governed value.
fn cell_rows(difference: &Difference) -> Vec<[String; 4]> {
    let row = |cells: &[CellText]| -> String {
        cells.iter().map(|cell| value(cell.as_deref())).collect::<Vec<_>>().join(" | ")
    };
    let times = |kind: &str, times: u64| {
        if times == 1 { kind.to_owned() } else { format!("{kind} ×{}", count(times)) }
    };
    let whole = || "(row)".to_owned();
    match difference {
        Difference::Missing { row: cells, times: n } => {
            vec![[times("missing", *n), whole(), row(cells), String::new()]]
        }
        Difference::Extra { row: cells, times: n } => {
            vec![[times("extra", *n), whole(), String::new(), row(cells)]]
        }
        Difference::Changed { cells, .. } => cells
            .iter()
            .map(|change| {
                [
                    "changed".to_owned(),
                    line(&change.name),
                    value(change.legacy.as_deref()),
                    value(change.governed.as_deref()),
                ]
            })
            .collect(),
        // The reason says it already.
        Difference::Order { .. } | Difference::Shape { .. } | Difference::Failure { .. } => vec![],
    }
}

fn refused(page: &mut Page, report: &RunReport, summary: &Summary) {
    if summary.refused.is_empty() {
        return;
    }
    let all: usize = summary.refused.iter().map(|group| group.statements.len()).sum();
    page.heading(&format!("Refused: {}", count(all as u64)));
    for group in summary.refused.iter().take(GROUPS_MAX) {
        page.wrapped(
            &format!("  {}  ", fit(&line(&group.code), 12)),
            Tone::Caution,
            &line(&group.message),
            None,
        );
        let first = group.statements.first();
        let item = report.items.iter().find(|item| Some(&item.item.statement) == first);
        if let Some((item, span)) =
            item.and_then(|item| Some((item, refused_at(item, &group.code)?)))
        {
            place(page, &item.item.sql, span);
        }
        page.wrapped("    in ", Tone::Dim, &names(&group.statements), None);
    }
    more(page, summary.refused.len() as u64, GROUPS_MAX);
}

fn refused_at(item: &ItemReport, code: &str) -> Option<Span> {
    let Disposition::Skip { reason: SkipReason::Refused { diagnostics } } = &item.item.disposition
    else {
        return None;
    };
    diagnostics.iter().find(|diagnostic| diagnostic.code == code)?.span
}

/// The line of the statement, with the place underlined.
fn place(page: &mut Page, sql: &str, span: Span) {
    let Some(found) = excerpt(sql, span) else { return };
    let number = format!("    {} │ ", found.line);
    let room = page.width().saturating_sub(number.width());
    let source = format!("{}{}{}", found.before, found.marked, found.after);
    // A place that does not fit on the line is not worth a picture that is cut before it.
    if found.before.width() + found.marked.width() > room {
        return;
    }
    page.line(&format!("{number}{}", fit(&source, room)));
    let carets = page.paint(Tone::Bad, &"^".repeat(found.marked.width().max(1)));
    let indent = " ".repeat(number.width().saturating_sub(2) + found.before.width() + 2);
    page.line(&format!("{indent}{carets}"));
}

fn groups(page: &mut Page, title: &str, groups: &[Group]) {
    if groups.is_empty() {
        return;
    }
    let all: usize = groups.iter().map(|group| group.statements.len()).sum();
    page.heading(&format!("{title}: {}", count(all as u64)));
    for group in groups.iter().take(GROUPS_MAX) {
        page.wrapped("  ", Tone::Dim, &line(&group.reason), None);
        page.wrapped("    in ", Tone::Dim, &names(&group.statements), None);
    }
    more(page, groups.len() as u64, GROUPS_MAX);
}

fn ledger(page: &mut Page, summary: &Summary) {
    if summary.tolerances.is_empty() {
        return;
    }
    page.heading("Tolerances");
    for tolerance in summary.tolerances.iter().take(GROUPS_MAX) {
        let excused = match &tolerance.worst {
            Some(worst) => format!(
                "{} in {}, worst {}",
                counted(tolerance.cells, "cell"),
                counted(tolerance.statements, "statement"),
                line(worst)
            ),
            None if tolerance.in_scope == 0 => {
                "unused (it was in scope of no recorded comparison)".to_owned()
            }
            None => format!(
                "unused (it excused nothing in {})",
                counted(tolerance.in_scope, "statement")
            ),
        };
        page.wrapped(
            &format!("  {}  ", fit(&line(&tolerance.code), 12)),
            Tone::Accepted,
            &format!("{excused}: {}", line(&tolerance.reason)),
            None,
        );
    }
    more(page, summary.tolerances.len() as u64, GROUPS_MAX);
}

fn names(statements: &[String]) -> String {
    let shown: Vec<String> =
        statements.iter().take(GROUPS_MAX).map(|name| fit(&line(name), 32)).collect();
    let left_out = statements.len().saturating_sub(GROUPS_MAX);
    if left_out == 0 {
        shown.join(", ")
    } else {
        format!("{} and {} more", shown.join(", "), count(left_out as u64))
    }
}

fn more(page: &mut Page, all: u64, shown: usize) {
    let left_out = all.saturating_sub(shown as u64);
    if left_out > 0 {
        page.wrapped(
            "  ",
            Tone::Dim,
            &format!("{} more: see the other reports", count(left_out)),
            None,
        );
    }
}
