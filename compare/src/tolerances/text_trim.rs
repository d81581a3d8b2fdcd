//! `TL0009`: texts that differ in blanks at their ends: padding.
//!
//! A blank is the space, U+0020, which SQL pads and trims with; tabs, line ends and other white space
//! are characters like any other. Blanks inside a text count.

use super::{
    margin::Margin,
    normal::{Form, Leaf, Step},
};
use crate::kind::Meet;
use model::Blanks;
use std::borrow::Cow;

const BLANK: char = ' ';

#[derive(Debug)]
pub(super) struct TextTrim(pub(super) Blanks);

impl TextTrim {
    fn trimmed<'t>(&self, text: &'t str) -> &'t str {
        match self.0 {
            Blanks::Trailing => text.trim_end_matches(BLANK),
            Blanks::Both => text.trim_matches(BLANK),
        }
    }
}

impl Form for TextTrim {
    fn step(&self) -> Step {
        Step::Trim
    }

    fn applies(&self, meet: &Meet) -> bool {
        *meet == Meet::Text
    }

    fn bring<'v>(&self, leaf: Leaf<'v>) -> Leaf<'v> {
        match leaf {
            Leaf::Text(Cow::Borrowed(text)) => Leaf::Text(Cow::Borrowed(self.trimmed(text))),
            Leaf::Text(Cow::Owned(text)) => {
                let trimmed = self.trimmed(&text);
                let owned = if trimmed.len() == text.len() { text } else { trimmed.to_owned() };
                Leaf::Text(Cow::Owned(owned))
            }
            other => other,
        }
    }

    fn margin(&self, legacy: &Leaf<'_>, governed: &Leaf<'_>) -> Margin {
        let blanks = |leaf: &Leaf<'_>| match leaf {
            Leaf::Text(text) => text.len() - self.trimmed(text).len(),
            _ => 0,
        };
        let (a, b) = (blanks(legacy), blanks(governed));
        // As many on both sides, at other ends.
        Margin::Blanks(if a == b { a } else { a.abs_diff(b) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn form(blanks: Blanks, text: &str) -> String {
        match TextTrim(blanks).bring(Leaf::of(&Value::Text(text))) {
            Leaf::Text(text) => text.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn blanks_at_the_chosen_ends_only() {
        assert_eq!(form(Blanks::Trailing, "  a b  "), "  a b");
        assert_eq!(form(Blanks::Both, "  a b  "), "a b");
        assert_eq!(form(Blanks::Trailing, "   "), "");
    }

    #[test]
    fn other_white_space_is_no_blank() {
        for text in ["a\t", "a\n", "a\u{a0}", "a\u{3000}", "a \n"] {
            assert_eq!(form(Blanks::Both, text), text);
        }
    }

    #[test]
    fn texts_only() {
        let rule = TextTrim(Blanks::Both);
        assert!(rule.applies(&Meet::Text) && !rule.applies(&Meet::Bytes));
        assert_eq!(rule.bring(Leaf::Null), Leaf::Null);
    }

    #[test]
    fn the_margin_counts_blanks() {
        let leaf = |text: &'static str| Leaf::Text(Cow::Borrowed(text));
        let margin = |a, b| TextTrim(Blanks::Both).margin(&leaf(a), &leaf(b)).to_string();
        assert_eq!(margin("a", "a   "), "3 blanks");
        assert_eq!(margin(" a", "a "), "1 blanks");
    }
}
