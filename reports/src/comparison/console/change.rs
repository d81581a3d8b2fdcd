//! The changed cells of one row: both values beneath each other, what differs marked.

use super::glyph::{Glyph, Pair, is_right_to_left, pair};
use super::more;
use crate::comparison::words::label;
use crate::console::paint::{Page, Tone};
use crate::format::count;
use crate::visible::pad;
use model::CellChange;
use unicode_width::UnicodeWidthStr;

/// Cells shown of one row.
const CELLS_MAX: usize = 8;
/// Terminal columns of a name.
const NAME_WIDTH_MAX: usize = 24;

/// Writes the cells.
pub(super) fn cells(page: &mut Page, cells: &[CellChange]) {
    let shown = cells.get(..CELLS_MAX.min(cells.len())).unwrap_or(cells);
    let names = shown.iter().map(|cell| label(&cell.name).width()).max().unwrap_or(0);
    let names = names.min(NAME_WIDTH_MAX).min(page.width() / 3);
    for cell in shown {
        one(page, cell, names);
    }
    more(page, cells.len() as u64, shown.len() as u64, "cell");
}

fn one(page: &mut Page, cell: &CellChange, names: usize) {
    let indent = " ".repeat(names + 6);
    let room = page.width().saturating_sub(indent.len());
    let found = pair(cell.legacy.as_deref(), cell.governed.as_deref(), room);
    let name = pad(&label(&cell.name), names);
    let marks = marks(&found);
    value(page, &format!("- {name}  "), &found.legacy, [Tone::Legacy, Tone::LegacyMark]);
    // Where both sides differ in the same places, one line of marks serves both.
    if let Some([legacy, governed]) = &marks
        && legacy != governed
    {
        mark(page, &indent, legacy, Tone::Legacy);
    }
    let blank = " ".repeat(names);
    value(page, &format!("+ {blank}  "), &found.governed, [Tone::Governed, Tone::GovernedMark]);
    if let Some([_, governed]) = &marks {
        mark(page, &indent, governed, Tone::Governed);
    }
    let at = found.at.map(|at| format!("first difference at character {}", count(at as u64)));
    let told: Vec<String> = at.into_iter().chain(found.points).collect();
    if !told.is_empty() {
        page.wrapped(&indent, Tone::Dim, &told.join(", "), Some(Tone::Dim));
    }
}

/// A sign with a name, and a value.
fn value(page: &mut Page, head: &str, glyphs: &[Glyph], [tone, mark]: [Tone; 2]) {
    let mut text = page.paint(tone, head);
    for run in glyphs.chunk_by(|a, b| a.differs == b.differs) {
        let differs = run.first().is_some_and(|glyph| glyph.differs);
        let shown: String = run.iter().map(|glyph| glyph.text.as_str()).collect();
        text.push_str(&page.paint(if differs { mark } else { tone }, &shown));
    }
    page.line(&format!("  {text}"));
}

/// `^` beneath what differs on each side; nothing where nothing is marked, or where a terminal may
/// show the characters in another order.
fn marks(pair: &Pair) -> Option<[String; 2]> {
    let sides = [&pair.legacy, &pair.governed];
    let moves = |glyph: &Glyph| glyph.text.chars().any(is_right_to_left);
    if sides.iter().any(|side| side.iter().any(moves)) {
        return None;
    }
    let [legacy, governed] = sides.map(|side| {
        let marks =
            side.iter().map(|glyph| (if glyph.differs { "^" } else { " " }).repeat(glyph.width));
        marks.collect::<String>().trim_end().to_owned()
    });
    (!legacy.is_empty() || !governed.is_empty()).then_some([legacy, governed])
}

fn mark(page: &mut Page, indent: &str, marks: &str, tone: Tone) {
    if !marks.is_empty() {
        let marks = page.paint(tone, marks);
        page.line(&format!("{indent}{marks}"));
    }
}
