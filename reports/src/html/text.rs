//! Text from outside on a page: escaped, cut, its invisible characters marked.

use crate::text_diff::Segment;
use crate::visible::{self, Blanks, Piece};
use maud::{Markup, html};
use model::Side;

/// Characters of a message, name or reason.
pub(super) const LINE_CHARS_MAX: usize = 400;

/// One line of text, without marks of its own.
pub(super) fn line(text: &str) -> String {
    let (shown, left_out) = visible::cut(text, LINE_CHARS_MAX);
    let dots = if left_out > 0 { "…" } else { "" };
    format!("{}{dots}", visible::line(shown))
}

/// Text whose invisible characters have marks. A mark carries the character, so that copying gives
/// the text and not the mark.
pub(super) fn marked(text: &str, blanks: Blanks) -> Markup {
    html! {
        @for piece in visible::pieces(text, blanks) {
            @match piece {
                Piece::Plain(plain) => (plain),
                Piece::Mark { original, shown } => {
                    span.m data-c=(u32::from(original)) { (shown) }
                    // A line end is shown, and ends the line.
                    @if original == '\n' { wbr; }
                }
            }
        }
    }
}

/// Text of one side, with the stretches that differ highlighted: `del` for what only the legacy
/// has, `ins` for what only the governed side has.
pub(super) fn segments(segments: &[Segment<'_>], side: Side, blanks: Blanks) -> Markup {
    html! {
        @for segment in segments {
            @if !segment.differs {
                (marked(segment.text, blanks))
            } @else if side == Side::Legacy {
                del { (marked(segment.text, blanks)) }
            } @else {
                ins { (marked(segment.text, blanks)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_carry_their_character() {
        let page = marked("a\u{202e}<b", Blanks::Keep).into_string();
        assert_eq!(page, "a<span class=\"m\" data-c=\"8238\">⟨U+202E⟩</span>&lt;b");
    }

    #[test]
    fn differing_stretches_are_escaped_too() {
        let parts = [
            Segment { text: "<a>", differs: false },
            Segment { text: "</ins><script>", differs: true },
        ];
        let page = segments(&parts, Side::Governed, Blanks::Keep).into_string();
        assert_eq!(page, "&lt;a&gt;<ins>&lt;/ins&gt;&lt;script&gt;</ins>");
    }

    #[test]
    fn a_long_line_is_cut() {
        assert_eq!(line(&"x".repeat(500)).chars().count(), LINE_CHARS_MAX + 1);
    }
}
