//! Two values as they appear on a terminal, cut so that their first difference is seen.

use crate::text_diff::{self, Segment};
use crate::visible::{self, Blanks, Piece};
use crate::window::{Window, window};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Characters of a value that are compared.
const CHARS_MAX: usize = 400;
/// Characters of a differing stretch whose code points are worth telling.
const POINTS_MAX: usize = 3;

/// What stands in one place of a terminal: a character with what combines with it, or a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glyph {
    pub(super) text: String,
    /// Terminal columns.
    pub(super) width: usize,
    /// Is it different on the other side?
    pub(super) differs: bool,
}

/// Two values beneath each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) legacy: Vec<Glyph>,
    pub(super) governed: Vec<Glyph>,
    /// 1-based character at which they first differ, where what is before it is not shown.
    pub(super) at: Option<usize>,
    /// The code points of the first stretch that differs, where they can hardly be seen apart.
    pub(super) points: Option<String>,
}

/// Lays two values out in `room` terminal columns each.
pub(super) fn pair(legacy: Option<&str>, governed: Option<&str>, room: usize) -> Pair {
    let ambiguous = |text: Option<&str>| text.is_some_and(visible::is_ambiguous);
    let quoted = ambiguous(legacy) || ambiguous(governed);
    let (Some(old), Some(new)) = (legacy, governed) else {
        // Beside NULL there is nothing to compare character by character.
        let alone = |text: Option<&str>| match text {
            Some(text) => {
                let (shown, left_out) = visible::cut(text, CHARS_MAX);
                let segments = [Segment { text: shown, differs: false }];
                cut(&glyphs(&segments, quoted, left_out > 0), 0, room, left_out > 0)
            }
            None => vec![Glyph { text: "NULL".to_owned(), width: 4, differs: false }],
        };
        return Pair { legacy: alone(legacy), governed: alone(governed), at: None, points: None };
    };
    let Window { skipped, legacy: old, governed: new } = window(old, new, CHARS_MAX);
    let diff = text_diff::cell(old.text, new.text);
    let mut left = glyphs(&diff.legacy, quoted, old.left_out > 0);
    let mut right = glyphs(&diff.governed, quoted, new.left_out > 0);
    if !has_shape(&left, &right) {
        for glyph in left.iter_mut().chain(&mut right) {
            glyph.differs = false;
        }
    }
    let first = equal_start(&left, &right);
    let start = start(&left, first, room, skipped > 0);
    let hidden = skipped > 0 || start > 0;
    let shown = |glyphs: &[Glyph], more: bool| {
        let tail = glyphs.get(start..).unwrap_or(&[]);
        let mut shown = cut(tail, usize::from(hidden), room, more);
        if hidden {
            shown.insert(0, dots());
        }
        shown
    };
    let equal = old.text.chars().zip(new.text.chars()).take_while(|(a, b)| a == b).count();
    Pair {
        legacy: shown(&left, old.left_out > 0),
        governed: shown(&right, new.left_out > 0),
        at: hidden.then_some(skipped.saturating_add(equal).saturating_add(1)),
        points: points(&diff.legacy, &diff.governed),
    }
}

/// Do they have enough in common for the rest to be the difference? A third of both, or all of one
/// that the other goes on from, or leads up to.
fn has_shape(legacy: &[Glyph], governed: &[Glyph]) -> bool {
    let equal = |glyphs: &[Glyph]| glyphs.iter().filter(|glyph| !glyph.differs).count();
    let is_whole = |glyphs: &[Glyph]| glyphs.iter().all(|glyph| !glyph.differs);
    let is_one_more =
        |glyphs: &[Glyph]| glyphs.chunk_by(|a, b| a.differs == b.differs).count() <= 2;
    let common = equal(legacy).min(equal(governed));
    common > 0
        && (common.saturating_mul(3) >= legacy.len().max(governed.len())
            || is_whole(legacy) && is_one_more(governed)
            || is_whole(governed) && is_one_more(legacy))
}

/// How many glyphs both start with.
fn equal_start(legacy: &[Glyph], governed: &[Glyph]) -> usize {
    legacy.iter().zip(governed).take_while(|(a, b)| a.text == b.text).count()
}

/// The glyph to start with, so that the first difference is seen with something before it.
fn start(glyphs: &[Glyph], first: usize, room: usize, hidden: bool) -> usize {
    let before: Vec<&Glyph> = glyphs.iter().take(first).collect();
    let column: usize = before.iter().map(|glyph| glyph.width).sum();
    if column + usize::from(hidden) + room / 4 <= room {
        return 0;
    }
    let mut context = 0;
    let kept = before.iter().rev().take_while(|glyph| {
        context += glyph.width;
        context <= room / 4
    });
    first.saturating_sub(kept.count())
}

/// The glyphs that fit behind `used` columns; the last is `…` where something is left out.
fn cut(glyphs: &[Glyph], used: usize, room: usize, more: bool) -> Vec<Glyph> {
    let all: usize = glyphs.iter().map(|glyph| glyph.width).sum();
    if !more && used + all <= room {
        return glyphs.to_vec();
    }
    let mut used = used + 1;
    let mut shown: Vec<Glyph> = glyphs
        .iter()
        .take_while(|glyph| {
            used += glyph.width;
            used <= room
        })
        .cloned()
        .collect();
    shown.push(dots());
    shown
}

fn dots() -> Glyph {
    Glyph { text: "…".to_owned(), width: 1, differs: false }
}

/// Every character in its place; blanks and invisible characters are marked. The closing quote is
/// left out where the end is.
fn glyphs(segments: &[Segment<'_>], quoted: bool, more: bool) -> Vec<Glyph> {
    let quote = || Glyph { text: "'".to_owned(), width: 1, differs: false };
    let mut all = Vec::new();
    if quoted {
        all.push(quote());
    }
    for segment in segments {
        for piece in visible::pieces(segment.text, Blanks::Show) {
            match piece {
                Piece::Mark { shown, .. } => all.push(Glyph {
                    width: shown.width(),
                    text: shown.into_owned(),
                    differs: segment.differs,
                }),
                Piece::Plain(text) => plain(text, segment.differs, &mut all),
            }
        }
    }
    if quoted && !more {
        all.push(quote());
    }
    all
}

fn plain(text: &str, differs: bool, all: &mut Vec<Glyph>) {
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        match all.last_mut() {
            // It has no place of its own.
            Some(last) if width == 0 => {
                last.text.push(c);
                last.width = last.text.width();
                last.differs |= differs;
            }
            _ => all.push(Glyph { text: c.to_string(), width, differs }),
        }
    }
}

/// `U+00E9 → U+0065 U+0301`, where letters of other alphabets, other forms of the same letter, or
/// the marks of this report stand in the first stretch that differs.
fn points(legacy: &[Segment<'_>], governed: &[Segment<'_>]) -> Option<String> {
    let first = |segments: &[Segment<'_>]| -> Option<Vec<char>> {
        let segment = segments.iter().find(|segment| segment.differs)?;
        let chars: Vec<char> = segment.text.chars().take(POINTS_MAX + 1).collect();
        (chars.len() <= POINTS_MAX).then_some(chars)
    };
    let (old, new) = (first(legacy)?, first(governed)?);
    if old.iter().chain(&new).all(char::is_ascii) {
        return None;
    }
    let told = |chars: &[char]| {
        let points: Vec<String> =
            chars.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        points.join(" ")
    };
    Some(format!("{} → {}", told(&old), told(&new)))
}

/// Is this a letter that is written from the right? A terminal may reorder what is beside it.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(glyphs: &[Glyph]) -> String {
        glyphs.iter().map(|glyph| glyph.text.as_str()).collect()
    }

    fn differing(glyphs: &[Glyph]) -> String {
        glyphs.iter().filter(|glyph| glyph.differs).map(|glyph| glyph.text.as_str()).collect()
    }

    #[test]
    fn the_characters_that_differ_are_marked() {
        let found = pair(Some("12.34"), Some("12.35"), 40);
        assert_eq!((text(&found.legacy), text(&found.governed)), ("12.34".into(), "12.35".into()));
        assert_eq!(
            (differing(&found.legacy), differing(&found.governed)),
            ("4".into(), "5".into())
        );
    }

    #[test]
    fn values_that_have_nothing_in_common_are_not_marked() {
        let found = pair(Some("Anna"), Some("Peter"), 40);
        assert_eq!(differing(&found.legacy) + &differing(&found.governed), "");
        let found = pair(Some("0.1"), Some("0.10000000000000002"), 40);
        assert_eq!(differing(&found.governed), "0000000000000002");
    }

    #[test]
    fn null_empty_and_the_words_for_them_are_told_apart() {
        let shown = |legacy, governed| {
            let found = pair(legacy, governed, 40);
            (text(&found.legacy), text(&found.governed))
        };
        assert_eq!(shown(None, Some("NULL")), ("NULL".into(), "'NULL'".into()));
        assert_eq!(shown(Some(""), None), ("''".into(), "NULL".into()));
        assert_eq!(shown(Some("ab "), Some("ab")), ("ab·".into(), "ab".into()));
        assert_eq!(shown(Some("''"), Some("")), ("''''".into(), "''".into()));
    }

    #[test]
    fn a_late_difference_is_reached() {
        let (a, b) = ("x".repeat(1_000_000) + "a", "x".repeat(1_000_000) + "b");
        let found = pair(Some(&a), Some(&b), 40);
        assert_eq!(found.at, Some(1_000_001));
        assert!(text(&found.legacy).starts_with('…') && text(&found.legacy).ends_with("xa"));
        assert_eq!(differing(&found.governed), "b");
    }

    #[test]
    fn characters_that_look_alike_are_told_by_their_code_points() {
        let points = |a, b| pair(Some(a), Some(b), 40).points;
        assert_eq!(points("café", "cafe\u{301}").as_deref(), Some("U+00E9 → U+0065 U+0301"));
        assert_eq!(points("a b", "a·b").as_deref(), Some("U+0020 → U+00B7"));
        assert_eq!(points("a", "b"), None);
    }

    fn hostile() -> impl Strategy<Value = String> {
        "(\\PC|[ a-c\u{fe0f}\u{301}\u{202e}\u{5d0}漢❤\n]){0,80}"
    }

    proptest! {
        /// No pair of values leaves its room, hides its first difference, or has other glyphs than
        /// it says.
        #[test]
        fn values_stay_in_their_room(
            legacy in proptest::option::of(hostile()),
            governed in proptest::option::of(hostile()),
            room in 12_usize..100,
        ) {
            let found = pair(legacy.as_deref(), governed.as_deref(), room);
            for side in [&found.legacy, &found.governed] {
                prop_assert!(text(side).width() <= room, "{}", text(side));
                let sum: usize = side.iter().map(|glyph| glyph.width).sum();
                prop_assert!(sum <= room);
                let unmarked = text(side).contains(['\u{202e}', '\n', ' ']);
                prop_assert!(!unmarked, "{}", text(side));
            }
            if legacy != governed {
                let plain = text(&found.legacy) != text(&found.governed);
                prop_assert!(plain || found.points.is_some());
            }
        }
    }
}
