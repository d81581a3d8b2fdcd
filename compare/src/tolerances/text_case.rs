//! `TL0010`: texts that differ in upper and lower case.
//!
//! Letter by letter, in no language: a letter is brought to the lower case of its single upper case
//! letter, by Unicode's tables. So `ς` is `Σ`, the Kelvin sign is `k`, and `ß` is `ẞ` but not `SS`:
//! what has no single letter in the other case stays as it is. `ı` is not `I`. `İ` alone is brought
//! to the two characters that it means, `i` with a dot above.
//!
//! This keeps canonical equivalence, so that it composes with `text_nfc`: the form of a composed
//! character is equivalent to the forms of its parts.

use super::{
    margin::Margin,
    normal::{Form, Leaf, Step},
};
use crate::kind::Meet;
use std::borrow::Cow;

#[derive(Debug)]
pub(super) struct TextCase;

/// Dotless i: its upper case is that of `i`, which is another letter.
const DOTLESS_I: char = '\u{131}';
const CAPITAL_I_WITH_DOT: char = '\u{130}';
/// A mark below vowels whose upper case is a letter: as a mark it takes part in composed characters.
const IOTA_BELOW: char = '\u{345}';

/// The single item, if it is one.
fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

fn fold(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_lowercase();
    }
    if matches!(letter, DOTLESS_I | IOTA_BELOW) {
        return letter;
    }
    let upper = single(letter.to_uppercase()).unwrap_or(letter);
    single(upper.to_lowercase()).unwrap_or(letter)
}

fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter == CAPITAL_I_WITH_DOT {
            out.push_str("i\u{307}");
        } else {
            out.push(fold(letter));
        }
    }
    out
}

impl Form for TextCase {
    fn step(&self) -> Step {
        Step::Case
    }

    fn applies(&self, meet: &Meet) -> bool {
        *meet == Meet::Text
    }

    fn bring<'v>(&self, leaf: Leaf<'v>) -> Leaf<'v> {
        let lower = |b: u8| b.is_ascii() && !b.is_ascii_uppercase();
        match leaf {
            Leaf::Text(text) if !text.bytes().all(lower) => Leaf::Text(Cow::Owned(folded(&text))),
            other => other,
        }
    }

    fn margin(&self, _: &Leaf<'_>, _: &Leaf<'_>) -> Margin {
        Margin::Form("the case")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::{UnicodeNormalization as _, char::canonical_combining_class};

    #[test]
    fn letters_of_two_cases_are_one() {
        for (a, b) in
            [("ABC", "abc"), ("Ärger", "äRGER"), ("ΣΑΣ", "σας"), ("\u{212a}", "k"), ("ẞ", "ß")]
        {
            assert_eq!(folded(a), folded(b), "{a} {b}");
        }
    }

    #[test]
    fn other_letters_are_not() {
        for (a, b) in [("ß", "ss"), ("ﬁ", "FI"), ("ı", "I"), ("é", "E"), ("a", "а")] {
            assert_ne!(folded(a), folded(b), "{a} {b}");
        }
    }

    /// Every character of Unicode: a second time changes nothing; upper and lower case meet; and the
    /// form of a character is canonically equivalent to the forms of its parts, marks staying marks.
    #[test]
    fn the_form_is_stable_and_keeps_canonical_equivalence() {
        for letter in '\0'..=char::MAX {
            let form = folded(&letter.to_string());
            assert_eq!(folded(&form), form, "{letter:?}");
            if let (Some(lower), false) = (single(letter.to_lowercase()), letter == DOTLESS_I) {
                assert_eq!(folded(&lower.to_string()), form, "{letter:?}");
            }
            let parts: String = letter.nfd().collect();
            let of_parts = folded(&parts);
            assert!(form.nfc().eq(of_parts.nfc()), "{letter:?}");
            if canonical_combining_class(letter) != 0 {
                assert!(form.chars().eq([letter]), "{letter:?}");
            }
        }
    }
}
