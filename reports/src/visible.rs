//! Text from outside, made visible: what cannot be seen, or would move what is beside it, gets a
//! mark. The same marks serve all formats, so that a terminal cannot be driven by a cell and a
//! page cannot be reordered by a direction character.

use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Are spaces, tabs and line ends shown by marks too?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blanks {
    /// No: the text is laid out as it is, for example SQL.
    Keep,
    /// Yes, for values in which a blank may be the difference.
    Show,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Shown as it is.
    Plain(&'a str),
    /// A character that is shown by a mark.
    Mark {
        /// The character in the text.
        original: char,
        /// What is shown for it.
        shown: Cow<'static, str>,
    },
}

/// Splits `text` into plain parts and marks; nothing is lost.
pub(crate) fn pieces(text: &str, blanks: Blanks) -> Vec<Piece<'_>> {
    let mut parts = Vec::new();
    let mut plain_from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next_is_newline = chars.peek().is_some_and(|(_, next)| *next == '\n');
        // A Windows line end is layout; a carriage return alone would overwrite the line.
        if c == '\r' && next_is_newline && blanks == Blanks::Keep {
            continue;
        }
        if let Some(shown) = mark(c, blanks) {
            if let Some(plain) = text.get(plain_from..at).filter(|plain| !plain.is_empty()) {
                parts.push(Piece::Plain(plain));
            }
            parts.push(Piece::Mark { original: c, shown });
            plain_from = at + c.len_utf8();
        }
    }
    if let Some(plain) = text.get(plain_from..).filter(|plain| !plain.is_empty()) {
        parts.push(Piece::Plain(plain));
    }
    parts
}

/// `text` on one line, with every invisible character marked. Spaces stay.
pub(crate) fn line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' => shown.push(' '),
            _ => match mark(c, Blanks::Show) {
                Some(mark) => shown.push_str(&mark),
                None => shown.push(c),
            },
        }
    }
    shown
}

/// `text` over several lines, with every invisible character but the line ends marked.
pub(crate) fn block(text: &str) -> String {
    pieces(text, Blanks::Keep)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(plain) => Cow::Borrowed(plain),
            Piece::Mark { shown, .. } => shown,
        })
        .collect()
}

/// SQL on one line: each run of white space becomes one space.
pub(crate) fn sql_line(sql: &str, width: usize) -> String {
    // No more than what could be shown is read: a statement may be megabytes long.
    let start: String = sql.chars().take(width.saturating_mul(8).saturating_add(64)).collect();
    let collapsed = start.split_whitespace().collect::<Vec<_>>().join(" ");
    fit(&line(&collapsed), width)
}

/// A value on one line: `NULL` is SQL's NULL; a text that could be mistaken for it or for a text in
/// quotes, or that starts or ends with a blank, is in quotes.
pub(crate) fn value(cell: Option<&str>) -> String {
    let Some(text) = cell else { return "NULL".to_owned() };
    let blank_end = |c: Option<char>| c.is_some_and(char::is_whitespace);
    let quoted =
        is_ambiguous(text) || blank_end(text.chars().next()) || blank_end(text.chars().next_back());
    if quoted { format!("'{}'", line(text)) } else { line(text) }
}

/// Would this text, shown without quotes, be taken for nothing, for NULL, or for a text in quotes?
pub(crate) fn is_ambiguous(text: &str) -> bool {
    text.is_empty()
        || text.eq_ignore_ascii_case("null")
        || text.starts_with('\'')
        || text.ends_with('\'')
}

/// Cuts `text` to `width` terminal columns; the last one is `…` where something was cut.
pub(crate) fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 0;
    let mut kept = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used >= width {
            break;
        }
        kept.push(c);
    }
    // A sequence may be wider than its characters one by one: an emoji with its selector.
    while kept.width() >= width && kept.pop().is_some() {}
    kept.push('…');
    kept
}

/// Cuts `text` in front to `width` terminal columns; the first one is `…` where something was cut.
/// The end of a path says more than its start.
pub(crate) fn fit_end(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 0;
    let from = text.char_indices().rev().take_while(|(_, c)| {
        used += c.width().unwrap_or(0);
        used < width
    });
    let start = from.last().map_or(text.len(), |(at, _)| at);
    let mut chars = text.get(start..).unwrap_or("").chars();
    // A sequence may be wider than its characters one by one.
    while chars.as_str().width() >= width && chars.next().is_some() {}
    format!("…{}", chars.as_str())
}

/// `text` padded with spaces, or cut, to exactly `width` terminal columns.
pub(crate) fn pad(text: &str, width: usize) -> String {
    let mut fitted = fit(text, width);
    let missing = width.saturating_sub(fitted.width());
    fitted.extend(std::iter::repeat_n(' ', missing));
    fitted
}

/// The first `max` characters, and how many were left out.
pub(crate) fn cut(text: &str, max: usize) -> (&str, usize) {
    match text.char_indices().nth(max) {
        Some((at, _)) => {
            let rest = text.get(at..).unwrap_or("");
            (text.get(..at).unwrap_or(""), rest.chars().count())
        }
        None => (text, 0),
    }
}

/// Abbreviations of the control characters: ISO/IEC 6429.
const CONTROL: [&str; 32] = [
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR",
    "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC",
    "FS", "GS", "RS", "US",
];

fn mark(c: char, blanks: Blanks) -> Option<Cow<'static, str>> {
    let code = u32::from(c);
    Some(match c {
        ' ' | '\t' | '\n' if blanks == Blanks::Keep => return None,
        ' ' => "·".into(),
        '\t' => "⇥".into(),
        '\n' => "↵".into(),
        // Names, because few fonts have the pictures of control characters.
        '\0'..='\u{1f}' => format!("⟨{}⟩", CONTROL.get(usize::try_from(code).ok()?)?).into(),
        '\u{7f}' => "⟨DEL⟩".into(),
        '\u{a0}' => "⟨NBSP⟩".into(),
        _ if is_invisible(c) => format!("⟨U+{code:04X}⟩").into(),
        _ => return None,
    })
}

/// C1 controls, soft hyphen, odd spaces, zero-width and direction characters, non-characters, tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{1680}' | '\u{180e}'
        | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{3000}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_is_left() {
        let all: String = (0..=0x2100_u32)
            .chain(0xfe00..=0xffff)
            .chain(0xe_0000..=0xe_0100)
            .filter_map(char::from_u32)
            .collect();
        let shown = line(&all);
        let left: Vec<char> =
            shown.chars().filter(|c| *c != ' ' && (c.is_control() || is_invisible(*c))).collect();
        assert_eq!(left, []);
    }

    #[test]
    fn pieces_lose_nothing() {
        let text = "a b\tc\r\nd\u{202e}e\u{1b}[31m\rz";
        for blanks in [Blanks::Keep, Blanks::Show] {
            let back: String = pieces(text, blanks)
                .iter()
                .map(|piece| match piece {
                    Piece::Plain(plain) => (*plain).to_owned(),
                    Piece::Mark { original, .. } => original.to_string(),
                })
                .collect();
            assert_eq!(back, text);
        }
    }

    #[test]
    fn blanks_get_their_marks() {
        assert_eq!(block("a\u{202e}\nb\tc"), "a⟨U+202E⟩\nb\tc");
        assert_eq!(line("a\tb\nc\u{1b}d"), "a⇥b↵c⟨ESC⟩d");
        assert_eq!(line("\u{9b}31m"), "⟨U+009B⟩31m");
    }

    #[test]
    fn null_is_not_the_text_null() {
        assert_eq!(value(None), "NULL");
        assert_eq!(value(Some("NULL")), "'NULL'");
        assert_eq!(value(Some("")), "''");
        assert_eq!(value(Some("ab ")), "'ab '");
        assert_eq!(value(Some("ab")), "ab");
        assert_eq!(value(Some("'NULL'")), "''NULL''");
    }

    #[test]
    fn fits_by_terminal_columns() {
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit("abcdefg", 6), "abcde…");
        assert_eq!(fit("漢字漢字", 6), "漢字…");
        assert_eq!(pad("漢", 4), "漢  ");
        assert_eq!(fit("abc", 0), "…");
        assert_eq!(fit("❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}", 4), "❤\u{fe0f}❤…");
    }

    #[test]
    fn the_end_of_a_path_is_kept() {
        assert_eq!(fit_end("a/b/c.csv", 9), "a/b/c.csv");
        assert_eq!(fit_end("aa/b/c.csv", 6), "…c.csv");
        assert_eq!(fit_end("漢字漢字", 6), "…漢字");
        assert_eq!(fit_end("abc", 0), "…");
    }

    #[test]
    fn cut_counts_what_is_left_out() {
        assert_eq!(cut("añb", 2), ("añ", 1));
        assert_eq!(cut("añb", 3), ("añb", 0));
    }

    #[test]
    fn sql_goes_on_one_line() {
        assert_eq!(sql_line("SELECT\n   1,\t2", 40), "SELECT 1, 2");
        assert_eq!(sql_line(&"x ".repeat(100_000), 5), "x x …");
    }
}
