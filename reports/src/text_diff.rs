//! Which characters of two texts differ, bounded in work by size alone: a clock would make the
//! same run give two different reports.

use crate::tokens::{Token, TokenKind, tokens};
use similar::{Algorithm, DiffTag, TextDiff, capture_diff_slices};
use std::borrow::Cow;
use std::ops::Range;

/// Most tokens of both texts together, after what is common at both ends.
const TOKENS_MAX: usize = 6_000;

/// Most characters of a replaced stretch in which single characters are looked for.
const STRETCH_CHARS_MAX: usize = 600;

/// Most characters of a cell in which single characters are looked for.
pub(crate) const CELL_CHARS_MAX: usize = 2_000;

/// Equal stretches of SQL shorter than this between two differences are counted as different:
/// scattered letters are noise.
const ISLAND_CHARS_MIN: usize = 3;

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    /// The stretch.
    pub(crate) text: &'a str,
    /// Is it different on the other side?
    pub(crate) differs: bool,
}

/// Both texts, cut into equal and different stretches.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SideBySide<'a> {
    /// The legacy text.
    pub(crate) legacy: Vec<Segment<'a>>,
    /// The governed text.
    pub(crate) governed: Vec<Segment<'a>>,
}

/// How much work is left for one page: the square of the tokens compared, summed.
#[derive(Debug)]
pub(crate) struct Work(usize);

impl Work {
    /// Enough for thousands of ordinary statements, and for about ten of the largest size.
    pub(crate) fn for_a_page() -> Self {
        Self(400_000_000)
    }

    fn take(&mut self, tokens: usize) -> bool {
        let cost = tokens.saturating_mul(tokens);
        if tokens > TOKENS_MAX || cost > self.0 {
            return false;
        }
        self.0 -= cost;
        true
    }
}

/// Which bytes of a text differ; marks cover whole characters.
struct Marks(Vec<bool>);

impl Marks {
    fn none(text: &str) -> Self {
        Self(vec![false; text.len()])
    }

    fn mark(&mut self, range: Range<usize>) {
        if let Some(bytes) = self.0.get_mut(range) {
            bytes.fill(true);
        }
    }

    fn segments<'a>(&self, text: &'a str) -> Vec<Segment<'a>> {
        let mut start = 0;
        self.0
            .chunk_by(|a, b| a == b)
            .filter_map(|run| {
                let range = start..start + run.len();
                start = range.end;
                Some(Segment { text: text.get(range)?, differs: run.first().copied()? })
            })
            .collect()
    }
}

/// Compares two SQL texts: token by token, then character by character inside replaced stretches.
/// White space and the case of bare words are not differences. Nothing where the texts are too
/// large, or `work` is used up.
pub(crate) fn sql<'a>(
    legacy: &'a str,
    governed: &'a str,
    work: &mut Work,
) -> Option<SideBySide<'a>> {
    let (old, new) = (significant(legacy), significant(governed));
    let (old_keys, new_keys) = (keys(&old), keys(&new));
    let same = |(a, b): &(&Cow<'_, str>, &Cow<'_, str>)| a == b;
    let head = old_keys.iter().zip(&new_keys).take_while(same).count();
    let tail = old_keys.iter().skip(head).rev().zip(new_keys.iter().skip(head).rev());
    let tail = tail.take_while(same).count();
    if !work.take(old.len() + new.len() - 2 * (head + tail)) {
        return None;
    }
    let (mut legacy_marks, mut governed_marks) = (Marks::none(legacy), Marks::none(governed));
    for op in capture_diff_slices(Algorithm::Myers, &old_keys, &new_keys) {
        let (tag, old_range, new_range) = op.as_tag_tuple();
        if tag == DiffTag::Equal {
            continue;
        }
        let (from, to) = (stretch(&old, old_range), stretch(&new, new_range));
        let texts = (legacy.get(from.clone()), governed.get(to.clone()));
        let refined = match texts {
            (Some(a), Some(b)) => inside(a, b),
            _ => None,
        };
        let Some((old_parts, new_parts)) = refined else {
            legacy_marks.mark(from);
            governed_marks.mark(to);
            continue;
        };
        for part in &old_parts {
            legacy_marks.mark(shift(part, from.start));
        }
        for part in &new_parts {
            governed_marks.mark(shift(part, to.start));
        }
    }
    Some(SideBySide {
        legacy: legacy_marks.segments(legacy),
        governed: governed_marks.segments(governed),
    })
}

/// Compares two values character by character, as people see characters. A text too long is
/// different as a whole.
pub(crate) fn cell<'a>(legacy: &'a str, governed: &'a str) -> SideBySide<'a> {
    let (mut old, mut new) = (Marks::none(legacy), Marks::none(governed));
    if too_long(legacy, CELL_CHARS_MAX) || too_long(governed, CELL_CHARS_MAX) {
        old.mark(0..legacy.len());
        new.mark(0..governed.len());
    } else {
        let diff = TextDiff::from_graphemes(legacy, governed);
        let (old_ends, new_ends) = (ends(diff.iter_old_slices()), ends(diff.iter_new_slices()));
        for op in diff.ops() {
            if op.tag() != DiffTag::Equal {
                old.mark(bytes_of(&old_ends, op.old_range()));
                new.mark(bytes_of(&new_ends, op.new_range()));
            }
        }
    }
    SideBySide { legacy: old.segments(legacy), governed: new.segments(governed) }
}

fn too_long(text: &str, max: usize) -> bool {
    text.chars().nth(max).is_some()
}

fn significant(sql: &str) -> Vec<Token<'_>> {
    tokens(sql).into_iter().filter(|token| token.kind != TokenKind::Blank).collect()
}

fn keys<'a>(tokens: &[Token<'a>]) -> Vec<Cow<'a, str>> {
    let key = |token: &Token<'a>| match token.kind {
        TokenKind::Word => Cow::Owned(token.text.to_lowercase()),
        _ => Cow::Borrowed(token.text),
    };
    tokens.iter().map(key).collect()
}

/// The bytes from the first to the last token of `range`, with the white space between them.
fn stretch(tokens: &[Token<'_>], range: Range<usize>) -> Range<usize> {
    match tokens.get(range) {
        Some([only]) => only.start..only.end(),
        Some([first, .., last]) => first.start..last.end(),
        _ => 0..0,
    }
}

fn shift(part: &Range<usize>, by: usize) -> Range<usize> {
    part.start + by..part.end + by
}

/// Byte ranges.
type Parts = Vec<Range<usize>>;

/// The differing byte ranges inside two replaced stretches; nothing where they have so little in
/// common that the whole is the difference.
fn inside(old: &str, new: &str) -> Option<(Parts, Parts)> {
    if old.is_empty() || new.is_empty() {
        return None;
    }
    if too_long(old, STRETCH_CHARS_MAX) || too_long(new, STRETCH_CHARS_MAX) {
        return None;
    }
    let diff = TextDiff::from_chars(old, new);
    let (old_ends, new_ends) = (ends(diff.iter_old_slices()), ends(diff.iter_new_slices()));
    let mut common = 0;
    let (mut old_parts, mut new_parts) = (Vec::new(), Vec::new());
    let last = diff.ops().len().saturating_sub(1);
    for (i, op) in diff.ops().iter().enumerate() {
        let length = op.old_range().len();
        let island = length < ISLAND_CHARS_MIN && i != 0 && i != last;
        if op.tag() == DiffTag::Equal && !island {
            common += length;
        } else {
            old_parts.push(bytes_of(&old_ends, op.old_range()));
            new_parts.push(bytes_of(&new_ends, op.new_range()));
        }
    }
    // At least half of both texts together must be common.
    (4 * common >= old_ends.len() + new_ends.len()).then_some((old_parts, new_parts))
}

/// One past the last byte of each part.
fn ends<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<usize> {
    parts
        .scan(0, |end, part| {
            *end += part.len();
            Some(*end)
        })
        .collect()
}

/// The bytes of the parts in `range`.
fn bytes_of(ends: &[usize], range: Range<usize>) -> Range<usize> {
    let end_of = |parts: usize| match parts.checked_sub(1) {
        Some(last) => ends.get(last).or(ends.last()).copied().unwrap_or(0),
        None => 0,
    };
    end_of(range.start)..end_of(range.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn differing<'a>(segments: &[Segment<'a>]) -> Vec<&'a str> {
        segments.iter().filter(|s| s.differs).map(|s| s.text).collect()
    }

    fn joined(segments: &[Segment<'_>]) -> String {
        segments.iter().map(|s| s.text).collect()
    }

    fn of<'a>(legacy: &'a str, governed: &'a str) -> SideBySide<'a> {
        sql(legacy, governed, &mut Work::for_a_page()).unwrap()
    }

    #[test]
    fn layout_and_keyword_case_are_no_differences() {
        let found = of("select a,\n   b from t", "SELECT a, b FROM t");
        assert!(differing(&found.legacy).is_empty() && differing(&found.governed).is_empty());
    }

    #[test]
    fn the_case_of_quoted_text_is_a_difference() {
        let found = of("select 'Anna'", "SELECT 'anna'");
        assert_eq!(differing(&found.legacy), ["A"]);
        assert_eq!(differing(&found.governed), ["a"]);
    }

    #[test]
    fn an_operator_is_marked_alone() {
        let found = of("SELECT a / b FROM t", "SELECT a // b FROM t ORDER BY 1 NULLS LAST");
        assert!(differing(&found.legacy).is_empty());
        assert_eq!(differing(&found.governed), ["/", "ORDER BY 1 NULLS LAST"]);
    }

    #[test]
    fn characters_inside_a_replaced_word_are_found() {
        let found = of("SELECT date_part(x)", "SELECT date_trunc(x)");
        assert_eq!(differing(&found.legacy), ["part"]);
        assert_eq!(differing(&found.governed), ["trunc"]);
    }

    #[test]
    fn joined_segments_are_the_text() {
        let (a, b) = ("select 'é漢' || x, y --c", "SELECT concat('é汉', x) /* d */ , y");
        let found = of(a, b);
        assert_eq!((joined(&found.legacy), joined(&found.governed)), (a.into(), b.into()));
    }

    #[test]
    fn cells_differ_by_what_people_see_as_characters() {
        let found = cell("12.340", "12.34");
        assert_eq!(differing(&found.legacy), ["0"]);
        assert!(differing(&found.governed).is_empty());
        let found = cell("e\u{301}a", "ea");
        assert_eq!(differing(&found.legacy), ["e\u{301}"]);
        assert_eq!(differing(&found.governed), ["e"]);
    }

    #[test]
    fn a_long_cell_differs_as_a_whole() {
        let (a, b) = ("a".repeat(CELL_CHARS_MAX + 1), "a".repeat(CELL_CHARS_MAX));
        let found = cell(&a, &b);
        assert_eq!(differing(&found.legacy), [a.as_str()]);
        assert_eq!(differing(&found.governed), [b.as_str()]);
    }

    #[test]
    fn a_huge_text_with_a_small_change_is_still_compared() {
        let a = "SELECT a FROM t UNION ALL ".repeat(4_000);
        let b = format!("{a} SELECT 1");
        assert_eq!(differing(&of(&a, &b).governed), ["SELECT 1"]);
    }

    #[test]
    fn two_huge_different_texts_are_refused_at_once() {
        let (a, b) = ("a b c ".repeat(17_000), "d e f ".repeat(17_000));
        let start = Instant::now();
        assert_eq!(sql(&a, &b, &mut Work::for_a_page()), None);
        assert!(start.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn the_work_of_a_page_is_bounded() {
        let (a, b) = ("a b c ".repeat(900), "d e f ".repeat(900));
        let mut work = Work::for_a_page();
        let compared = (0..100).filter(|_| sql(&a, &b, &mut work).is_some()).count();
        assert!((1..=20).contains(&compared), "{compared}");
    }
}
