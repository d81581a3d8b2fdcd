//! The comparison as text for a terminal: what matters first, like a diff where rows differ.

mod change;
mod glyph;
mod grid;
mod rows;

use super::examples::{Examples, key_columns, which};
use super::words;
use super::{Comparison, Input};
use crate::causes::causes;
use crate::console::Style;
use crate::console::paint::{Page, Tone};
use crate::figures::{Figures, HEAD_COLUMN, HEAD_PAIR, HEAD_TYPE, HEADS, figures};
use crate::format::{count, counted};
use crate::visible::{fit, line};
use grid::{Grid, Head, Row};
use model::{Side, Verdict};
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr;

/// Examples shown of each kind.
const EXAMPLES_MAX: usize = 20;
/// Names, drifts, tolerances or notes shown.
const LINES_MAX: usize = 20;

/// The whole text.
pub(super) fn text(comparison: &Comparison<'_>, style: Style) -> String {
    let mut page = Page::new(style);
    verdict(&mut page, comparison);
    if has_details(comparison) {
        inputs(&mut page, comparison);
        shape(&mut page, comparison);
        why(&mut page, comparison);
        drifts(&mut page, comparison);
        columns(&mut page, comparison);
        differences(&mut page, comparison, EXAMPLES_MAX);
        tolerances(&mut page, comparison);
        notes(&mut page, comparison);
        if let Some(confidence) = &comparison.confidence {
            page.heading("Confidence");
            page.wrapped("  ", Tone::Dim, &words::message(confidence), None);
        }
    }
    page.finish()
}

/// The differences alone, without colour: what other formats show as a diff.
pub(super) fn plain_differences(
    comparison: &Comparison<'_>,
    width: usize,
    examples_max: usize,
) -> String {
    let mut page = Page::new(Style { color: false, width });
    differences(&mut page, comparison, examples_max);
    page.finish()
}

/// Is there more to say than the verdict?
fn has_details(comparison: &Comparison<'_>) -> bool {
    let found = &comparison.judgement.differences;
    !matches!(comparison.judgement.verdict, Verdict::Match)
        || !found.type_drifts.is_empty()
        || !found.notes.is_empty()
        || !comparison.unused_tolerances.is_empty()
}

fn verdict(page: &mut Page, comparison: &Comparison<'_>) {
    let verdict = &comparison.judgement.verdict;
    let (word, tone) = match verdict {
        Verdict::Match => ("MATCH  ", Tone::Good),
        Verdict::Tolerated => ("TOLERATED  ", Tone::Accepted),
        Verdict::Mismatch => ("MISMATCH  ", Tone::Bad),
        Verdict::Inconclusive { .. } => ("INCONCLUSIVE  ", Tone::Caution),
        Verdict::Skipped { .. } => ("SKIPPED  ", Tone::Caution),
    };
    page.wrapped(word, tone, &words::headline(comparison), Some(Tone::Title));
    if let Some(found) = words::found_so_far(comparison) {
        page.wrapped("", Tone::Dim, &format!("found: {found}"), None);
    }
    if !has_details(comparison) {
        let room = page.width().saturating_sub(word.len());
        let [legacy, governed] = [comparison.legacy.label, comparison.governed.label]
            .map(|label| words::input(label, room));
        let text = match &comparison.confidence {
            Some(confidence) => words::message(confidence),
            None => format!("{legacy} = {governed}"),
        };
        page.wrapped("       ", Tone::Dim, &text, Some(Tone::Dim));
    }
}

fn inputs(page: &mut Page, comparison: &Comparison<'_>) {
    page.line("");
    for (label, Input { label: name, rows, columns }) in
        [("  legacy    ", &comparison.legacy), ("  governed  ", &comparison.governed)]
    {
        // The colon behind it belongs to it.
        let name = words::input(name, page.width().saturating_sub(label.len() + 1));
        let text = format!("{name}: {}", words::size(*rows, columns.len()));
        page.wrapped(label, Tone::Dim, &text, None);
    }
    if let Some(pairing) = words::pairing(&comparison.judgement.differences) {
        page.wrapped("  rows      ", Tone::Dim, &pairing, None);
    }
}

/// What is wrong with the columns, beyond what the headline says: names that one side alone has.
fn shape(page: &mut Page, comparison: &Comparison<'_>) {
    let shape = Examples::of(comparison).shape;
    if shape.is_empty() {
        return;
    }
    page.heading("Columns that do not fit");
    // The headline has the first.
    for message in shape.iter().skip(1).take(LINES_MAX) {
        page.wrapped("  ", Tone::Dim, &words::message(message), None);
    }
    more(page, shape.len() as u64, LINES_MAX as u64 + 1, "message");
    let names = |input: &Input<'_>| -> BTreeSet<String> {
        input.columns.iter().map(|column| column.name.clone()).collect()
    };
    let (legacy, governed) = (names(&comparison.legacy), names(&comparison.governed));
    for (sign, tone, other, side) in [
        ("  - ", Tone::Legacy, &governed, Side::Legacy),
        ("  + ", Tone::Governed, &legacy, Side::Governed),
    ] {
        let input = if side == Side::Legacy { &comparison.legacy } else { &comparison.governed };
        let lone: Vec<_> =
            input.columns.iter().filter(|column| !other.contains(&column.name)).collect();
        for column in lone.iter().take(LINES_MAX) {
            let text =
                format!("{}  {}", words::label(&column.name), words::label(&column.data_type));
            page.wrapped(sign, tone, &text, Some(tone));
        }
        more(page, lone.len() as u64, LINES_MAX as u64, "column");
    }
}

/// What explains the differences, and what settles each.
fn why(page: &mut Page, comparison: &Comparison<'_>) {
    let shown = causes(&comparison.judgement.differences.causes);
    if shown.is_empty() {
        return;
    }
    page.heading("Causes");
    for cause in &shown {
        let code = format!("  {}  ", fit(&cause.code, 12));
        let indent = " ".repeat(code.width());
        page.wrapped(&code, Tone::Caution, &cause.sentence, None);
        page.wrapped(&format!("{indent}→ "), Tone::Dim, &cause.advice, Some(Tone::Dim));
        for line in &cause.block {
            page.wrapped(&format!("{indent}    "), Tone::Dim, line, Some(Tone::Dim));
        }
    }
    let all = comparison.judgement.differences.causes.len() as u64;
    more(page, all, shown.len() as u64, "cause");
}

fn drifts(page: &mut Page, comparison: &Comparison<'_>) {
    let drifts = &comparison.judgement.differences.type_drifts;
    if drifts.is_empty() {
        return;
    }
    page.heading(&format!("Type drifts: {}", counted(drifts.len() as u64, "column")));
    let heads = ["column", "legacy", "governed"].map(|text| Head::new(text, false)).into();
    let row = |drift: &model::TypeDrift| {
        let cells = [&drift.name, &drift.legacy, &drift.governed].map(|text| words::label(text));
        Row { sign: "", tone: None, cells: cells.into() }
    };
    let rows = drifts.iter().take(LINES_MAX).map(row).collect();
    Grid { heads, rows }.write(page);
    more(page, drifts.len() as u64, LINES_MAX as u64, "column");
}

/// The columns with changed cells, the most changed first.
fn columns(page: &mut Page, comparison: &Comparison<'_>) {
    let found = &comparison.judgement.differences;
    if found.columns.is_empty() {
        return;
    }
    let (shown, left_out) =
        figures(found, [comparison.legacy.columns, comparison.governed.columns]);
    page.heading(&format!(
        "Changed columns: {} of {}",
        count(found.columns.len() as u64),
        count(comparison.legacy.columns.len() as u64)
    ));
    // Figures stand to the right, names, types and pairs to the left.
    let heads = HEADS.iter().enumerate().map(|(at, text)| Head::new(text, (2..8).contains(&at)));
    let rows = shown.into_iter().map(Figures::fields);
    let rows = rows.map(|cells| Row { sign: "", tone: None, cells: cells.into() }).collect();
    let mut grid = Grid { heads: heads.collect(), rows };
    grid.drop_empty_columns();
    // The type is elsewhere too, so it goes first where there is little room; then the pairs go
    // beneath the figures.
    if !grid.fits(page.width()) {
        grid.keep_columns(|name| name != HEAD_TYPE);
    }
    if !grid.fits(page.width()) {
        let (mut figures, mut pairs) = (grid.clone(), grid.clone());
        figures.keep_columns(|name| name != HEAD_PAIR);
        pairs.keep_columns(|name| [HEAD_COLUMN, HEAD_PAIR].contains(&name));
        if figures.fits(page.width()) && pairs.fits(page.width()) {
            figures.write(page);
            page.line("");
            grid = pairs;
        }
    }
    grid.write(page);
    if let Some(left_out) = left_out {
        page.wrapped("  ", Tone::Dim, &left_out, Some(Tone::Dim));
    }
}

fn differences(page: &mut Page, comparison: &Comparison<'_>, examples_max: usize) {
    let found = &comparison.judgement.differences;
    let examples = Examples::of(comparison);
    if !examples.order.is_empty() {
        page.heading("Order");
        for (row, message) in &examples.order {
            let label = format!("  row {}  ", count(row.saturating_add(1)));
            page.wrapped(&label, Tone::Dim, &words::message(message), None);
        }
    }
    let key = key_columns(comparison);
    if found.changed_rows > 0 {
        page.heading(&format!("Changed: {}", counted(found.changed_rows, "row")));
        for changed in examples.changed.iter().take(examples_max) {
            let which = fit(&which(comparison, &key, changed), page.width().saturating_sub(4));
            let which = page.paint(Tone::Accepted, &format!("@ {which}"));
            page.line(&format!("  {which}"));
            change::cells(page, changed.cells);
        }
        let shown = examples.changed.len().min(examples_max) as u64;
        more(page, found.changed_rows, shown, "row");
    }
    for (side, rows, all) in [
        (Side::Legacy, &examples.missing, found.missing_rows),
        (Side::Governed, &examples.extra, found.extra_rows),
    ] {
        if all > 0 {
            let what = if side == Side::Legacy { "Missing" } else { "Extra" };
            page.heading(&format!("{what}: {} ({side} only)", counted(all, "row")));
            let input =
                if side == Side::Legacy { &comparison.legacy } else { &comparison.governed };
            let shown = rows::write(page, side, input.columns, &key, rows, examples_max);
            more(page, all, shown, "row");
        }
    }
}

fn tolerances(page: &mut Page, comparison: &Comparison<'_>) {
    let ledger = &comparison.judgement.differences.ledger;
    let unused = comparison.unused_tolerances;
    if ledger.is_empty() && unused.is_empty() {
        return;
    }
    page.heading("Tolerances");
    for entry in ledger.iter().take(LINES_MAX) {
        let code = format!("  {}  ", fit(&line(&entry.code), 12));
        let text = format!(
            "{}, worst {}: {}",
            counted(entry.cells, "cell"),
            words::label(&entry.worst),
            words::label(&entry.reason)
        );
        page.wrapped(&code, Tone::Accepted, &text, None);
    }
    more(page, ledger.len() as u64, LINES_MAX as u64, "tolerance");
    for tolerance in unused.iter().take(LINES_MAX) {
        let code = format!("  {}  ", tolerance.kind.code());
        let column = tolerance.scope.column.as_deref();
        let column = column.map(|name| format!(" in `{}`", words::label(name))).unwrap_or_default();
        let text =
            format!("unused, it excused nothing{column}: {}", words::label(&tolerance.reason));
        page.wrapped(&code, Tone::Caution, &text, None);
    }
    more(page, unused.len() as u64, LINES_MAX as u64, "tolerance");
}

fn notes(page: &mut Page, comparison: &Comparison<'_>) {
    let notes = &comparison.judgement.differences.notes;
    if notes.is_empty() {
        return;
    }
    page.heading("Notes");
    for note in notes.iter().take(LINES_MAX) {
        page.wrapped("  ", Tone::Dim, &words::message(note), None);
    }
    more(page, notes.len() as u64, LINES_MAX as u64, "note");
}

fn more(page: &mut Page, all: u64, shown: u64, noun: &str) {
    if let Some(text) = words::more(all, shown, noun) {
        page.wrapped("  ", Tone::Dim, &text, Some(Tone::Dim));
    }
}
