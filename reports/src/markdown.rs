//! The run as a short comment for a pull request, in GitHub's Markdown.
//!
//! Bounded below the 65,536 characters that GitHub accepts: a section for which no room is left is
//! left out, and the comment says so. Text from outside is shown as
//! code, with every character that Markdown could act on written as an entity.

use crate::causes::{Told, causes, told_cluster, tolerances_left_out};
use crate::figures::{Figures, HEADS, Sides, figures};
use crate::format::{count, counted, engine_short, latency, times};
use crate::summary::{DataSummary, MismatchKind, Summary, by_impact, columns};
use crate::words::{more as more_of, pairing};
use crate::{ReportError, visible};
use model::report::{ItemReport, RunHeader, RunReport};
use model::{CauseCluster, Differences};
use std::fmt::Write as _;
use std::io::Write;

/// Characters of the whole comment.
const CHARS_MAX: usize = 60_000;
/// Causes over statements listed.
const CLUSTERS_MAX: usize = 8;
/// Mismatches listed.
const MISMATCHES_MAX: usize = 30;
/// Of these, how many with the figures of their columns: those with the most differences.
const DETAILS_MAX: usize = 5;
/// Causes told of one statement.
const CAUSES_MAX: usize = 4;
/// Terminal columns of a name of a statement.
const NAME_WIDTH_MAX: usize = 60;
/// Groups, codes or tolerances listed.
const GROUPS_MAX: usize = 20;
/// Characters of one reason.
const REASON_CHARS_MAX: usize = 200;
/// Statements named in one group.
const NAMES_MAX: usize = 8;

/// Writes `report` as Markdown.
///
/// # Errors
/// The writer failed.
pub fn write_markdown(report: &RunReport, mut out: impl Write) -> Result<(), ReportError> {
    let text = document(report);
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(ReportError::io("markdown"))
}

fn document(report: &RunReport) -> String {
    let summary = Summary::of(report);
    let run = &report.run;
    let mut text = String::new();
    let gate = if summary.gate.holds { "✅ gate holds" } else { "❌ gate fails" };
    let _ = writeln!(text, "### Gnomon: {gate} ({})\n", summary.gate_reason());
    let _ = writeln!(text, "**{}**\n", summary.verdict_line());
    let mut sections = [String::new(), String::new(), String::new(), String::new()];
    let [why, list, more, details] = &mut sections;
    data(why, &summary.data);
    clusters(why, &summary.causes);
    mismatches(list, &summary);
    tolerances(more, &summary);
    refused(more, &summary);
    reasons(more, "Inconclusive", &summary.inconclusive);
    reasons(more, "Skipped", &summary.skipped);
    statements(details, report);
    let mut used = text.chars().count();
    let mut left_out = 0;
    for section in sections {
        let chars = section.chars().count();
        if used + chars > CHARS_MAX {
            left_out += 1;
            continue;
        }
        used += chars;
        text.push_str(&section);
    }
    if left_out > 0 {
        let sections = counted(left_out, "section");
        let _ = writeln!(text, "{sections} left out to keep this short: see the full report.\n");
    }
    if let Some(bound) = summary.collision_bound {
        let _ = writeln!(text, "<sub>All comparisons: {bound}.</sub>\n");
    }
    let _ = writeln!(
        text,
        "<sub>{} · run {}{} · {} → {} · {} · p50 / p95 legacy {} / {}, governed {} / {} over {} · gnomon {}</sub>",
        code(&run.title),
        code(&run.run_id),
        judged_from(run),
        code(&engine_short(&run.legacy)),
        code(&engine_short(&run.governed)),
        times(run),
        latency(summary.latency.legacy.p50_us),
        latency(summary.latency.legacy.p95_us),
        latency(summary.latency.governed.p50_us),
        latency(summary.latency.governed.p95_us),
        counted(summary.latency.statements, "statement"),
        code(&run.gnomon_version),
    );
    text
}

/// Tables whose data are not known to be the same.
fn data(text: &mut String, data: &DataSummary) {
    if data.open.is_empty() {
        return;
    }
    let _ = writeln!(text, "**Data: {}**\n", data.line());
    for of in data.open.iter().take(GROUPS_MAX) {
        let told = visible::fit(&of.told, REASON_CHARS_MAX);
        let _ = writeln!(text, "- {} {}: {}", of.state.as_str(), code(&of.table), code(&told));
    }
    more(text, data.open.len(), GROUPS_MAX);
}

fn judged_from(run: &RunHeader) -> String {
    let recorded = run.judged_from.as_deref();
    recorded.map(|recorded| format!(", judged from run {}", code(recorded))).unwrap_or_default()
}

fn clusters(text: &mut String, clusters: &[CauseCluster]) {
    for cluster in clusters.iter().take(CLUSTERS_MAX) {
        cause_item(text, &told_cluster(cluster), REASON_CHARS_MAX);
        let in_statements = named(&cluster.first_statements, cluster.statements);
        let left_out = tolerances_left_out(cluster).map(|more| format!("; {more}"));
        let _ = writeln!(text, "  in {in_statements}{}", left_out.unwrap_or_default());
    }
    if !clusters.is_empty() {
        more(text, clusters.len(), CLUSTERS_MAX);
    }
}

/// The statements with the most differences: what explains them, and the figures of their columns.
fn statements(text: &mut String, report: &RunReport) {
    for item in by_impact(report).into_iter().take(DETAILS_MAX) {
        if let Some(judgement) = &item.judgement {
            statement(text, item, &judgement.differences);
        }
    }
}

fn statement(text: &mut String, item: &ItemReport, found: &Differences) {
    if found.columns.is_empty() && found.causes.is_empty() {
        return;
    }
    let name = code_within(&item.item.statement, NAME_WIDTH_MAX);
    let _ = writeln!(text, "<details><summary>{name}: why and in which columns</summary>\n");
    for cause in causes(&found.causes).iter().take(CAUSES_MAX) {
        cause_item(text, cause, REASON_CHARS_MAX);
    }
    let all = found.causes.len() as u64;
    if let Some(more) = more_of(all, all.min(CAUSES_MAX as u64), "cause") {
        let _ = writeln!(text, "- {more}");
    }
    if let Some(pairing) = pairing(found) {
        let _ = writeln!(text, "\nrows {}", code(&pairing));
    }
    text.push('\n');
    figures_table(text, found, columns(item));
    let _ = writeln!(text, "</details>\n");
}

fn mismatches(text: &mut String, summary: &Summary) {
    if summary.mismatches.is_empty() {
        return;
    }
    let _ = writeln!(text, "| mismatch | kind | what differs |\n|---|---|---|");
    for mismatch in summary.mismatches.iter().take(MISMATCHES_MAX) {
        let kind = match mismatch.kind {
            MismatchKind::Silent => "**silent**",
            MismatchKind::Loud => "loud",
        };
        let _ = writeln!(
            text,
            "| {} | {kind}: {} | {} |",
            code(&mismatch.statement),
            mismatch.class,
            code(&mismatch.reason)
        );
    }
    more(text, summary.mismatches.len(), MISMATCHES_MAX);
}

fn tolerances(text: &mut String, summary: &Summary) {
    if summary.tolerances.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "| tolerance | statements | cells | worst | reason |\n|---|--:|--:|---|---|"
    );
    for tolerance in summary.tolerances.iter().take(GROUPS_MAX) {
        let unused = if tolerance.in_scope == 0 { "never in scope" } else { "unused" };
        let worst = tolerance.worst.as_deref().map_or_else(|| unused.to_owned(), code);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {worst} | {} |",
            code(&tolerance.code),
            count(tolerance.statements),
            count(tolerance.cells),
            code(&tolerance.reason)
        );
    }
    more(text, summary.tolerances.len(), GROUPS_MAX);
}

fn refused(text: &mut String, summary: &Summary) {
    if summary.refused.is_empty() {
        return;
    }
    let _ = writeln!(text, "| refused by | why | statements |\n|---|---|---|");
    for group in summary.refused.iter().take(GROUPS_MAX) {
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            code(&group.code),
            code(&group.message),
            names(&group.statements)
        );
    }
    more(text, summary.refused.len(), GROUPS_MAX);
}

fn reasons(text: &mut String, title: &str, groups: &[crate::summary::Group]) {
    if groups.is_empty() {
        return;
    }
    let _ = writeln!(text, "| {} | statements |\n|---|---|", title.to_lowercase());
    for group in groups.iter().take(GROUPS_MAX) {
        let _ = writeln!(text, "| {} | {} |", code(&group.reason), names(&group.statements));
    }
    more(text, groups.len(), GROUPS_MAX);
}

/// The first names of so many.
fn named(first: &[String], all: u64) -> String {
    let shown = first.iter().take(NAMES_MAX).map(|name| code_within(name, NAME_WIDTH_MAX));
    let left_out = all.saturating_sub(first.len().min(NAMES_MAX) as u64);
    let more = if left_out == 0 { String::new() } else { format!(" and {} more", count(left_out)) };
    format!("{}{more}", shown.collect::<Vec<_>>().join(", "))
}

/// How many, and the first names.
fn names(statements: &[String]) -> String {
    let shown: Vec<String> = statements.iter().take(NAMES_MAX).map(|name| code(name)).collect();
    let dots = if statements.len() > NAMES_MAX { ", …" } else { "" };
    format!("{}: {}{dots}", count(statements.len() as u64), shown.join(", "))
}

fn more(text: &mut String, all: usize, shown: usize) {
    let left_out = all.saturating_sub(shown);
    if left_out > 0 {
        let _ = writeln!(text, "\n{} more: see the full report.", count(left_out as u64));
    }
    text.push('\n');
}

/// A cause as an item of a list; what can be copied is a block of its own.
pub(crate) fn cause_item(text: &mut String, cause: &Told, width_max: usize) {
    let within = |text: &str| code_within(text, width_max);
    let (code, found, advice) = (code(&cause.code), within(&cause.sentence), within(&cause.advice));
    let _ = writeln!(text, "- {code} {found}<br>→ {advice}");
    // A line that could end the block would let the rest out.
    let ends_block = |line: &String| line.trim_start().starts_with("```");
    if !cause.block.is_empty() && !cause.block.iter().any(ends_block) {
        // Indented, so that it belongs to the item.
        let _ = writeln!(text, "  ```toml\n  {}\n  ```", cause.block.join("\n  "));
    }
}

/// The figures of the changed columns as a table, if there are some.
pub(crate) fn figures_table(text: &mut String, found: &Differences, sides: Sides<'_>) {
    let (shown, left_out) = figures(found, sides);
    if shown.is_empty() {
        return;
    }
    let rule =
        HEADS.iter().enumerate().map(|(at, _)| if (2..8).contains(&at) { "--:" } else { "---" });
    let rule: Vec<_> = rule.collect();
    let _ = writeln!(text, "| {} |\n| {} |", HEADS.join(" | "), rule.join(" | "));
    for column in shown.into_iter().map(Figures::fields) {
        let cells = column.map(|cell| if cell.is_empty() { cell } else { code(&cell) });
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    if let Some(left_out) = left_out {
        let _ = writeln!(text, "\n{left_out}");
    }
    text.push('\n');
}

/// Text from outside as code. Entities cannot start any Markdown construct, and GitHub looks for
/// no mention or reference inside `code`.
pub(crate) fn code(text: &str) -> String {
    code_within(text, REASON_CHARS_MAX)
}

/// The same, with at most `max` characters.
pub(crate) fn code_within(text: &str, max: usize) -> String {
    let shown = visible::fit(&visible::line(text), max);
    let mut escaped = String::with_capacity(shown.len() + 16);
    escaped.push_str("<code>");
    for c in shown.chars() {
        if matches!(c, '&' | '<' | '>' | '"' | '\'' | '`' | '*' | '_' | '|' | '[' | ']' | '(' | ')')
            || matches!(c, '#' | '@' | '~' | '\\' | '!' | '$' | ':' | '{' | '}' | '^')
        {
            let _ = write!(escaped, "&#{};", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped.push_str("</code>");
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn markdown(report: &RunReport) -> String {
        let mut out = Vec::new();
        write_markdown(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_comment_is_as_agreed() {
        insta::assert_snapshot!("markdown", markdown(&fixture::everything()));
        insta::assert_snapshot!("markdown_causes", markdown(&fixture::clustered()));
        insta::assert_snapshot!("markdown_clean", markdown(&fixture::transpiled()));
    }

    #[test]
    fn a_run_that_was_judged_again_names_the_recorded_one() {
        let mut report = fixture::transpiled();
        assert!(!markdown(&report).contains("judged from"));
        report.run.judged_from = Some("0123456789abcdef".to_owned());
        assert!(markdown(&report).contains("judged from run <code>0123456789abcdef</code>"));
    }

    #[test]
    fn text_cannot_leave_its_cell() {
        assert_eq!(
            code("a|b`c*@x <i>\n\u{1b}"),
            "<code>a&#124;b&#96;c&#42;&#64;x &#60;i&#62;↵⟨ESC⟩</code>"
        );
        let text = markdown(&fixture::everything());
        assert!(!text.contains("<img") && !text.contains("<b>"));
        for row in text.lines().filter(|line| line.starts_with('|')) {
            assert!([3, 4, 6, 10].contains(&row.matches('|').count()), "{row}");
        }
    }

    #[test]
    fn the_counts_are_the_totals() {
        for report in fixture::all() {
            let text = markdown(&report);
            let totals = report.totals;
            for (n, label) in [
                (totals.matched, "match"),
                (totals.tolerated, "tolerated"),
                (totals.mismatched, "mismatch"),
                (totals.inconclusive, "inconclusive"),
                (totals.skipped, "skipped"),
            ] {
                assert!(text.contains(&format!("{n} {label}")), "{n} {label}: {text}");
            }
        }
    }

    #[test]
    fn a_run_full_of_mismatches_stays_a_comment() {
        let mut report = fixture::everything();
        let item = report.items[16].clone();
        report.items = (0..5_000)
            .map(|i| {
                let mut item = item.clone();
                item.item.statement = format!("{i}-{}", "|".repeat(1_000));
                item
            })
            .collect();
        let text = markdown(&RunReport::new(report.run, report.items));
        assert!(text.len() < 65_536, "{}", text.len());
        assert!(text.contains("4,970 more: see the full report."));
    }

    #[test]
    fn a_run_full_of_hostile_causes_stays_a_comment() {
        let mut report = fixture::many(60);
        for (at, item) in report.items.iter_mut().enumerate() {
            item.item.statement = format!("{at}{}", "|".repeat(2_000));
            let Some(judgement) = &mut item.judgement else { continue };
            for cause in &mut judgement.differences.causes {
                cause.parameter = format!("{at}{}", "*".repeat(5_000));
                cause.remedy = format!("{}\n\n{}", "_".repeat(5_000), "```\n# x".repeat(500));
            }
        }
        let text = markdown(&report);
        assert!(!text.contains("# x"));
        assert!(text.chars().count() < 65_536, "{}", text.chars().count());
        assert!(text.contains("left out to keep this short: see the full report."));
    }
}
