//! The comparison as a comment for a pull request.

use super::{Comparison, console, words};
use crate::causes::{CAUSES_MAX, causes};
use crate::markdown::{cause_item, code, code_within, figures_table};
use model::Verdict;
use std::fmt::Write as _;

/// Examples shown of each kind.
const EXAMPLES_MAX: usize = 5;
/// Terminal columns of the diff.
const DIFF_WIDTH: usize = 100;
/// Terminal columns of a sentence.
const SENTENCE_WIDTH_MAX: usize = 1_000;
/// Tolerances or notes listed.
const LINES_MAX: usize = 20;

/// The whole document.
pub(super) fn document(comparison: &Comparison<'_>) -> String {
    let found = &comparison.judgement.differences;
    let mut text = String::new();
    let (sign, verdict) = match comparison.judgement.verdict {
        Verdict::Match => ("✅", "match"),
        Verdict::Tolerated => ("☑️", "tolerated"),
        Verdict::Mismatch => ("❌", "mismatch"),
        Verdict::Inconclusive { .. } => ("❔", "inconclusive"),
        Verdict::Skipped { .. } => ("❔", "skipped"),
    };
    let _ = writeln!(
        text,
        "### Gnomon: {sign} {verdict}\n\n{}\n",
        sentence(&words::headline(comparison))
    );
    for (side, input) in [("legacy", &comparison.legacy), ("governed", &comparison.governed)] {
        let size = words::size(input.rows, input.columns.len());
        let _ = writeln!(text, "- {side}: {}, {size}", code(input.label));
    }
    if let Some(pairing) = words::pairing(found) {
        let _ = writeln!(text, "- rows: {}", sentence(&pairing));
    }
    text.push('\n');
    why(&mut text, comparison);
    drifts(&mut text, comparison);
    columns(&mut text, comparison);
    // Signs go to the start of the line, where a diff has them.
    let diff = console::plain_differences(comparison, DIFF_WIDTH, EXAMPLES_MAX);
    let diff: Vec<&str> =
        diff.trim().lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
    if diff.iter().any(|line| !line.is_empty()) {
        let _ = writeln!(text, "```diff\n{}\n```\n", diff.join("\n"));
    }
    tolerances(&mut text, comparison);
    for note in found.notes.iter().take(LINES_MAX) {
        let _ = writeln!(text, "- {}", sentence(note));
    }
    if let Some(confidence) = &comparison.confidence {
        let _ = writeln!(text, "\n<sub>{}</sub>", sentence(confidence));
    }
    text
}

/// A sentence is no table's cell: it may be longer.
fn sentence(text: &str) -> String {
    code_within(text, SENTENCE_WIDTH_MAX)
}

/// What explains the differences; what can be copied is a block of its own.
fn why(text: &mut String, comparison: &Comparison<'_>) {
    for cause in causes(&comparison.judgement.differences.causes) {
        cause_item(text, &cause, SENTENCE_WIDTH_MAX);
    }
    let all = comparison.judgement.differences.causes.len();
    if let Some(more) = words::more(all as u64, CAUSES_MAX.min(all) as u64, "cause") {
        let _ = writeln!(text, "- {more}");
    }
    text.push('\n');
}

fn drifts(text: &mut String, comparison: &Comparison<'_>) {
    let drifts = &comparison.judgement.differences.type_drifts;
    if drifts.is_empty() {
        return;
    }
    let _ = writeln!(text, "| other type | legacy | governed |\n|---|---|---|");
    for drift in drifts.iter().take(LINES_MAX) {
        let cells = [&drift.name, &drift.legacy, &drift.governed].map(|cell| code(cell));
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    more(text, drifts.len(), "column");
}

fn columns(text: &mut String, comparison: &Comparison<'_>) {
    let found = &comparison.judgement.differences;
    figures_table(text, found, [comparison.legacy.columns, comparison.governed.columns]);
}

fn tolerances(text: &mut String, comparison: &Comparison<'_>) {
    let ledger = &comparison.judgement.differences.ledger;
    let unused = comparison.unused_tolerances;
    if ledger.is_empty() && unused.is_empty() {
        return;
    }
    let _ = writeln!(text, "| tolerance | cells | worst | reason |\n|---|--:|---|---|");
    for entry in ledger.iter().take(LINES_MAX) {
        let cells = crate::format::count(entry.cells);
        let (code_, worst, reason) = (code(&entry.code), code(&entry.worst), code(&entry.reason));
        let _ = writeln!(text, "| {code_} | {cells} | {worst} | {reason} |");
    }
    for tolerance in unused.iter().take(LINES_MAX) {
        let (code_, reason) = (code(tolerance.kind.code()), code(&tolerance.reason));
        let _ = writeln!(text, "| {code_} | 0 | unused | {reason} |");
    }
    more(text, ledger.len().max(unused.len()), "tolerance");
}

fn more(text: &mut String, all: usize, noun: &str) {
    if let Some(more) = words::more(all as u64, LINES_MAX as u64, noun) {
        let _ = writeln!(text, "\n{more}");
    }
    text.push('\n');
}
