//! Rows in aligned columns; where they do not fit, each row as lines of name and value.

use crate::console::paint::{Page, Tone};
use crate::visible::{fit, pad};
use unicode_width::UnicodeWidthStr;

/// A figure up to this width is never cut.
const FIGURE_WIDTH_MAX: usize = 40;
/// Columns are cut down to this before rows become lines.
const COLUMN_WIDTH_MIN: usize = 14;
/// A name in front of its value has at least this much room, if it needs it.
const NAME_WIDTH_MIN: usize = 14;
/// Between columns.
const GAP: &str = "  ";
/// Before each line.
const INDENT: &str = "  ";

/// How a column is headed.
#[derive(Debug, Clone)]
pub(super) struct Head {
    text: String,
    /// Do its values stand to the right?
    right: bool,
}

impl Head {
    pub(super) fn new(text: &str, right: bool) -> Self {
        Self { text: text.to_owned(), right }
    }
}

/// One row; its cells have no invisible characters.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// `-`, `+`, or nothing: the same width in all rows.
    pub(super) sign: &'static str,
    pub(super) tone: Option<Tone>,
    pub(super) cells: Vec<String>,
}

/// Rows of the same columns.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<Row>,
}

impl Grid {
    /// Removes columns without a value.
    pub(super) fn drop_empty_columns(&mut self) {
        let is_used = |at: usize| {
            self.rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| !cell.is_empty()))
        };
        let used: Vec<bool> = (0..self.heads.len()).map(is_used).collect();
        self.keep(&used);
    }

    /// Removes the columns whose head is not wanted.
    pub(super) fn keep_columns(&mut self, is_wanted: impl Fn(&str) -> bool) {
        let kept: Vec<bool> = self.heads.iter().map(|head| is_wanted(&head.text)).collect();
        self.keep(&kept);
    }

    fn keep(&mut self, kept: &[bool]) {
        let is_kept = |at: usize| kept.get(at).copied().unwrap_or(false);
        let mut at = 0..;
        self.heads.retain(|_| at.next().is_some_and(is_kept));
        for row in &mut self.rows {
            let mut at = 0..;
            row.cells.retain(|_| at.next().is_some_and(is_kept));
        }
    }

    /// Is there room for aligned columns, perhaps with long values cut?
    pub(super) fn fits(&self, room: usize) -> bool {
        self.widths(room).is_some()
    }

    /// Writes aligned columns, or lines where there is no room for them.
    pub(super) fn write(&self, page: &mut Page) {
        match self.widths(page.width()) {
            Some(widths) => self.aligned(page, &widths),
            None => self.lines(page),
        }
    }

    /// The width of each column, if all columns fit beside each other.
    fn widths(&self, room: usize) -> Option<Vec<usize>> {
        let natural: Vec<usize> = self
            .heads
            .iter()
            .enumerate()
            .map(|(at, head)| {
                let cells = self.rows.iter().filter_map(|row| row.cells.get(at));
                cells.map(|cell| cell.width()).max().unwrap_or(0).max(head.text.width())
            })
            .collect();
        let gaps = GAP.len() * self.heads.len().saturating_sub(1);
        let room = room.checked_sub(INDENT.len() + self.sign_width() + gaps)?;
        (COLUMN_WIDTH_MIN..=room).rev().find_map(|max| {
            // A figure that is cut is another figure.
            let widths = natural.iter().zip(&self.heads).map(|(width, head)| {
                if head.right && *width <= FIGURE_WIDTH_MAX { *width } else { (*width).min(max) }
            });
            let widths: Vec<usize> = widths.collect();
            (widths.iter().sum::<usize>() <= room).then_some(widths)
        })
    }

    fn aligned(&self, page: &mut Page, widths: &[usize]) {
        let sign = " ".repeat(self.sign_width());
        let heads = self.heads.iter().map(|head| head.text.as_str());
        let text = self.join(heads, widths);
        let text = page.paint(Tone::Dim, &text);
        page.line(&format!("{INDENT}{sign}{text}"));
        for row in &self.rows {
            let text = self.join(row.cells.iter().map(String::as_str), widths);
            let space = if row.sign.is_empty() { "" } else { " " };
            let text = format!("{}{space}{text}", row.sign);
            let text = row.tone.map_or_else(|| text.clone(), |tone| page.paint(tone, &text));
            page.line(&format!("{INDENT}{text}"));
        }
    }

    fn join<'t>(&self, cells: impl Iterator<Item = &'t str>, widths: &[usize]) -> String {
        let cells = cells.zip(&self.heads).zip(widths).map(|((cell, head), width)| {
            if head.right {
                let shown = fit(cell, *width);
                let space = " ".repeat(width.saturating_sub(shown.width()));
                format!("{space}{shown}")
            } else {
                pad(cell, *width)
            }
        });
        cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    }

    /// Each row over several lines: a row without a sign has its first cell as a title.
    fn lines(&self, page: &mut Page) {
        let titled = self.sign_width() == 0;
        let indent = if titled { INDENT.len() * 2 } else { INDENT.len() + self.sign_width() };
        let room = page.width().saturating_sub(indent);
        let skipped = usize::from(titled);
        let names = self.heads.iter().skip(skipped).map(|head| head.text.width());
        let names = names.max().unwrap_or(0).min((room / 3).max(NAME_WIDTH_MIN));
        let values = room.saturating_sub(names + GAP.len());
        for row in &self.rows {
            let mut before = if titled { INDENT.to_owned() } else { format!("{} ", row.sign) };
            if let Some(title) = row.cells.first().filter(|_| titled) {
                let title = page.paint(Tone::Title, &fit(title, room));
                page.line(&format!("{INDENT}{title}"));
            }
            for (head, cell) in self.heads.iter().zip(&row.cells).skip(skipped) {
                if cell.is_empty() {
                    continue;
                }
                let name = pad(&head.text, names);
                let text = format!("{before}{name}{GAP}{}", fit(cell, values));
                let text = text.trim_end();
                let text = row.tone.map_or_else(|| text.to_owned(), |tone| page.paint(tone, text));
                page.line(&format!("{INDENT}{text}"));
                // The next lines belong to the same row.
                before = " ".repeat(before.len());
            }
        }
    }

    /// The sign and the blank behind it.
    fn sign_width(&self) -> usize {
        self.rows.iter().map(|row| row.sign.len()).max().map_or(0, |max| max + usize::from(max > 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Style;

    fn grid(value: &str) -> Grid {
        let heads = vec![Head::new("id", true), Head::new("name", false), Head::new("none", false)];
        let row = |id: &str, value: &str| Row {
            sign: "-",
            tone: None,
            cells: vec![id.to_owned(), value.to_owned(), String::new()],
        };
        Grid { heads, rows: vec![row("1", value), row("1,000", "漢")] }
    }

    fn shown(grid: &Grid, width: usize) -> String {
        let mut page = Page::new(Style { color: false, width });
        grid.write(&mut page);
        page.finish()
    }

    #[test]
    fn numbers_stand_to_the_right_and_texts_to_the_left() {
        let mut grid = grid("a");
        grid.drop_empty_columns();
        assert_eq!(shown(&grid, 80), "       id  name\n  -     1  a\n  - 1,000  漢\n");
    }

    #[test]
    fn a_long_text_is_cut_and_a_number_is_not() {
        let text = shown(&grid(&"x".repeat(100)), 40);
        assert!(text.contains(&format!("  - 1,000  漢{}", "")), "{text}");
        assert!(text.lines().all(|line| line.width() <= 40), "{text}");
        assert!(text.contains("xxx…"), "{text}");
    }

    #[test]
    fn what_does_not_fit_becomes_lines() {
        let heads = (0..10).map(|i| Head::new(&format!("column{i}"), false)).collect();
        let cells = (0..10).map(|i| format!("value{i}")).collect();
        let grid = Grid { heads, rows: vec![Row { sign: "+", tone: None, cells }] };
        assert!(!grid.fits(60));
        let text = shown(&grid, 60);
        assert!(text.starts_with("  + column0  value0\n    column1  value1\n"), "{text}");
        let mut titled = grid;
        titled.rows[0].sign = "";
        let text = shown(&titled, 60);
        assert!(text.starts_with("  value0\n    column1  value1\n"), "{text}");
    }
}
