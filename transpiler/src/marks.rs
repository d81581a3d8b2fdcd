//! Places of applied rules in the emitted text.
//!
//! Rules put strings together in any way they like and may repeat an operand, so places cannot be
//! counted on the way. Each piece that a rule made is put between marks instead: characters that are
//! no text to anyone (U+FDD0 to U+FDD3 are set aside for use inside programs), taken out at the end,
//! when the places are known. Such a character of the statement's own is written in another way in
//! between. Whoever compares emitted pieces compares them [`plain`].

use model::Span;
use std::{borrow::Cow, fmt::Write as _};

const OPEN: char = '\u{FDD0}';
const MIDDLE: char = '\u{FDD1}';
const CLOSE: char = '\u{FDD2}';
/// Followed by a letter: one of the four as a character of the statement.
const ESCAPE: char = '\u{FDD3}';

/// In front of the number of an item, which is no application of a rule.
const ITEM: char = 'i';

const ESCAPED: [(char, char); 4] = [(OPEN, 'a'), (MIDDLE, 'b'), (CLOSE, 'c'), (ESCAPE, 'd')];

const fn is_mark(c: char) -> bool {
    matches!(c, OPEN..=ESCAPE)
}

/// Where one application of a rule, or of a definition of the dialect, stands in both texts.
pub(crate) struct Place {
    pub(crate) by: &'static str,
    pub(crate) source: Span,
    pub(crate) target: Span,
}

/// The applications so far: the marks name them by their position.
#[derive(Default)]
pub(crate) struct Marks {
    applied: Vec<(&'static str, Span)>,
}

impl Marks {
    /// `text` between marks of what made it from what stands at `source`: the code of a rule, or a
    /// definition of the dialect.
    pub(crate) fn around(&mut self, by: &'static str, source: Span, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 12);
        // Writing to a string cannot fail.
        let _ = write!(out, "{OPEN}{}{MIDDLE}{text}{CLOSE}", self.applied.len());
        self.applied.push((by, source));
        out
    }

    /// The text without marks, and the places that they named. Nothing where the marks do not fit
    /// together.
    pub(crate) fn taken_out(&self, text: &str) -> Option<Taken> {
        let mut out = String::with_capacity(text.len());
        let mut places: Vec<Place> = Vec::new();
        let mut items: Vec<(usize, Span)> = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(is_mark) {
            let (before, marked) = rest.split_at(at);
            out.push_str(before);
            let mut chars = marked.chars();
            let mark = chars.next()?;
            rest = chars.as_str();
            match mark {
                OPEN => {
                    let (number, after) = rest.split_once(MIDDLE)?;
                    let target = Span::new(out.len(), out.len());
                    if let Some(index) = number.strip_prefix(ITEM) {
                        open.push(Open::Item(items.len()));
                        items.push((index.parse().ok()?, target));
                    } else {
                        let (by, source) = *self.applied.get(number.parse::<usize>().ok()?)?;
                        open.push(Open::Rule(places.len()));
                        places.push(Place { by, source, target });
                    }
                    rest = after;
                }
                CLOSE => match open.pop()? {
                    Open::Rule(at) => places.get_mut(at)?.target.end = out.len(),
                    Open::Item(at) => items.get_mut(at)?.1.end = out.len(),
                },
                ESCAPE => {
                    let letter = chars.next()?;
                    out.push(ESCAPED.iter().find(|(_, l)| *l == letter)?.0);
                    rest = chars.as_str();
                }
                _ => return None,
            }
        }
        out.push_str(rest);
        open.is_empty().then_some(Taken { text: out, places, items })
    }
}

/// What an open mark belongs to.
enum Open {
    Rule(usize),
    Item(usize),
}

/// A text and what its marks said.
pub(crate) struct Taken {
    pub(crate) text: String,
    /// Places of rules, in the order of the text.
    pub(crate) places: Vec<Place>,
    /// Items of the outermost SELECT by position, with their places.
    pub(crate) items: Vec<(usize, Span)>,
}

/// An item of the outermost SELECT between marks.
pub(crate) fn item(index: usize, text: &str) -> String {
    format!("{OPEN}{ITEM}{index}{MIDDLE}{text}{CLOSE}")
}

/// A text of the statement with its marks written in another way.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_mark) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match ESCAPED.iter().find(|(mark, _)| *mark == c) {
            Some((_, letter)) => out.extend([ESCAPE, *letter]),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// How many bytes the mark takes that the text starts with; 0 where it starts with none.
pub(crate) fn length(text: &str) -> usize {
    match text.chars().next() {
        Some(OPEN) => text.find(MIDDLE).map_or(text.len(), |at| at + MIDDLE.len_utf8()),
        Some(CLOSE) => CLOSE.len_utf8(),
        _ => 0,
    }
}

/// An emitted piece without its marks, for comparisons.
pub(crate) fn plain(piece: &str) -> Cow<'_, str> {
    if !piece.contains(is_mark) {
        return Cow::Borrowed(piece);
    }
    let mut out = String::with_capacity(piece.len());
    let mut rest = piece;
    while let Some((before, marked)) = rest.split_once(OPEN) {
        out.push_str(before);
        rest = marked.split_once(MIDDLE).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    Cow::Owned(out.replace(CLOSE, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "TR0101";

    #[test]
    fn places_are_counted_without_the_marks() {
        let mut marks = Marks::default();
        let inner = marks.around(RULE, Span::new(3, 4), "x // 2");
        let outer = marks.around(RULE, Span::new(1, 9), &format!("f({inner}, {inner})"));
        let list = item(0, &format!("{outer} AS a"));
        let Taken { text, places, items } = marks.taken_out(&format!("SELECT {list}")).unwrap();
        assert_eq!(text, "SELECT f(x // 2, x // 2) AS a");
        let shown: Vec<(usize, &str)> =
            places.iter().map(|p| (p.source.start, p.target.slice(&text))).collect();
        assert_eq!(shown, [(1, "f(x // 2, x // 2)"), (3, "x // 2"), (3, "x // 2")]);
        assert_eq!(items, [(0, Span::new(7, text.len()))]);
        assert_eq!(plain(&outer), "f(x // 2, x // 2)");
    }

    #[test]
    fn such_characters_of_the_statement_stay() {
        let mut marks = Marks::default();
        let hostile = "é\u{FDD0}0\u{FDD1}x\u{FDD2}\u{FDD3}a";
        let piece = marks.around(RULE, Span::new(0, 1), &format!("'{}'", escaped(hostile)));
        let Taken { text, places, .. } = marks.taken_out(&piece).unwrap();
        assert_eq!(text, format!("'{hostile}'"));
        assert_eq!(places[0].target, Span::new(0, text.len()));
    }

    #[test]
    fn marks_that_do_not_fit_are_no_text() {
        let marks = Marks::default();
        for text in ["\u{FDD0}0\u{FDD1}x\u{FDD2}", "\u{FDD2}", "\u{FDD0}", "\u{FDD3}z", "\u{FDD1}"]
        {
            assert!(marks.taken_out(text).is_none(), "{text:?}");
        }
    }
}
