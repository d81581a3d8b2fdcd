//! Colour where it is wanted, and lines that fit.

use super::Style;
use crate::visible;
use anstyle::{AnsiColor, Style as Ansi};
use unicode_width::UnicodeWidthStr;

/// What a text means; the colour follows from it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tone {
    Title,
    Good,
    Bad,
    Caution,
    Accepted,
    Dim,
    /// What the legacy side has.
    Legacy,
    /// The characters of it that differ.
    LegacyMark,
    /// What the governed side has.
    Governed,
    /// The characters of it that differ.
    GovernedMark,
}

/// A text being laid out.
pub(crate) struct Page {
    style: Style,
    text: String,
}

impl Page {
    pub(crate) fn new(style: Style) -> Self {
        Self { style, text: String::new() }
    }

    /// Columns available.
    pub(crate) fn width(&self) -> usize {
        self.style.columns()
    }

    /// `text` in the colour of `tone`, or as it is.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.style.color || text.is_empty() {
            return text.to_owned();
        }
        let style = match tone {
            Tone::Title => Ansi::new().bold(),
            Tone::Good => AnsiColor::Green.on_default().bold(),
            Tone::Bad => AnsiColor::Red.on_default().bold(),
            Tone::Caution => AnsiColor::Yellow.on_default(),
            Tone::Accepted => AnsiColor::Cyan.on_default(),
            Tone::Dim => Ansi::new().dimmed(),
            Tone::Legacy => AnsiColor::Red.on_default(),
            Tone::LegacyMark => AnsiColor::Red.on_default().bold().invert(),
            Tone::Governed => AnsiColor::Green.on_default(),
            Tone::GovernedMark => AnsiColor::Green.on_default().bold().invert(),
        };
        format!("{style}{text}{style:#}")
    }

    /// A line that the caller has fitted.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// An empty line, then a heading.
    pub(crate) fn heading(&mut self, title: &str) {
        let title = self.paint(Tone::Title, &visible::fit(title, self.width()));
        self.text.push('\n');
        self.line(&title);
    }

    /// `label`, then `value` wrapped at spaces below itself. Both are plain text.
    pub(crate) fn wrapped(
        &mut self,
        label: &str,
        tone: Tone,
        value: &str,
        value_tone: Option<Tone>,
    ) {
        let indent = label.width();
        let room = self.width().saturating_sub(indent).max(1);
        for (i, part) in wrap(value, room).into_iter().enumerate() {
            let head = if i == 0 { self.paint(tone, label) } else { " ".repeat(indent) };
            let part = value_tone.map_or_else(|| part.clone(), |tone| self.paint(tone, &part));
            self.line(&format!("{head}{part}"));
        }
    }

    /// The text laid out so far.
    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// Breaks `text` at spaces into lines of at most `room` columns; a longer word is cut.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let wanted = line.width() + usize::from(!line.is_empty()) + word.width();
        if !line.is_empty() && wanted > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&visible::fit(word, room));
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces_and_cuts_long_words() {
        assert_eq!(wrap("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrap("aaaaaaaa b", 5), ["aaaa…", "b"]);
        assert_eq!(wrap("", 5), [""]);
    }

    #[test]
    fn paints_only_where_wanted() {
        let plain = Page::new(Style { color: false, width: 80 });
        assert_eq!(plain.paint(Tone::Bad, "x"), "x");
        let colored = Page::new(Style { color: true, width: 80 });
        assert_eq!(colored.paint(Tone::Bad, "x"), "\u{1b}[1m\u{1b}[31mx\u{1b}[0m");
    }
}
