//! `TL0011`: texts of the same characters in other code points.
//!
//! Two texts are one where their normal forms C are equal: `é` as one code point and as `e` with an
//! accent. Compatibility is not equivalence: `ﬁ` is not `fi`, and a wide letter is not a narrow one.
//! Source: Unicode Standard Annex #15.

use super::{
    margin::Margin,
    normal::{Form, Leaf, Step},
};
use crate::kind::Meet;
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

#[derive(Debug)]
pub(super) struct TextNfc;

impl Form for TextNfc {
    fn step(&self) -> Step {
        Step::Nfc
    }

    fn applies(&self, meet: &Meet) -> bool {
        *meet == Meet::Text
    }

    fn bring<'v>(&self, leaf: Leaf<'v>) -> Leaf<'v> {
        match leaf {
            Leaf::Text(text)
                if !text.is_ascii() && is_nfc_quick(text.chars()) != IsNormalized::Yes =>
            {
                Leaf::Text(Cow::Owned(text.nfc().collect()))
            }
            other => other,
        }
    }

    fn margin(&self, _: &Leaf<'_>, _: &Leaf<'_>) -> Margin {
        Margin::Form("the code points")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let form = |text: &str| match TextNfc.bring(Leaf::Text(Cow::Owned(text.to_owned()))) {
            Leaf::Text(text) => text.into_owned(),
            other => panic!("{other:?}"),
        };
        form(a) == form(b)
    }

    #[test]
    fn canonical_equivalence_and_no_more() {
        assert!(same("caf\u{e9}", "cafe\u{301}"));
        assert!(same("\u{212b}", "\u{c5}"));
        assert!(same("a\u{323}\u{302}", "a\u{302}\u{323}"));
        assert!(same("\u{ac00}", "\u{1100}\u{1161}"));
        assert!(!same("\u{fb01}", "fi"));
        assert!(!same("\u{ff21}", "A"));
        assert!(!same("e", "\u{e9}"));
    }

    /// No blank takes part in a composed character, so trimming and composing do not meet.
    #[test]
    fn no_character_is_made_of_blanks() {
        for letter in ('\0'..=char::MAX).filter(|letter| *letter != ' ') {
            assert!(!letter.nfd().any(|part| part == ' '), "{letter:?}");
        }
    }
}
