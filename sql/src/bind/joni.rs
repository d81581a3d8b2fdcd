//! Regular expressions of Joni, the engine of Ruby for Java, with Java's syntax and UTF-8: `\w`, `\d` and
//! `\s` are Unicode's, and so are the folds where case does not count.
//!
//! Letters of the scripts of Europe are written out. A text with a character of which it is not known
//! here whether it is a letter is an error.

/// What `\w` is, inside brackets: letters, digits and `_`; Latin, Greek and Cyrillic ones beyond ASCII.
pub(super) const WORD: &str = "A-Za-z0-9_ªµºÀ-ÖØ-öø-ˁΆΈ-ΊΌΎ-ΡΣ-ϵЀ-ҁ";

/// What `\s` is, inside brackets.
pub(super) const SPACE: &str = " \t\n\r\u{c}\u{b}\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";

/// Blocks in which digits beyond ASCII are.
const DIGITS: &str =
    "\u{660}-\u{1c59}\u{a620}-\u{abf9}\u{ff10}-\u{ff19}\u{104a0}-\u{1e959}\u{1fbf0}-\u{1fbf9}";

/// What may be a letter, a mark or a digit beside [`WORD`]. In between are signs: dashes, quotation
/// marks, currencies, arrows, boxes, wide punctuation, pictures.
const WORDS: &str = "²³¹¼-¾\u{2c2}-\u{385}\u{38b}\u{38d}\u{3a2}\u{3f6}-\u{3ff}\u{482}-\u{1fff}\u{200b}-\u{200f}\u{203f}-\u{209f}\u{20d0}-\u{2121}\u{2123}-\u{218f}\u{2440}-\u{24ff}\u{2800}-\u{2fff}\u{3004}-\u{ff00}\u{ff10}-\u{1f2ff}\u{1fb00}-\u{10fffd}";

/// What is not ASCII.
pub(super) const OTHERS: &str = "\u{80}-\u{10fffd}";

/// The characters, as inside brackets, with which a text could be read otherwise than here.
pub(super) fn unlike(pattern: &str, ignore_case: bool) -> String {
    let mut class = String::new();
    let (mut words, mut digits) = (false, pattern.contains("[:digit:]"));
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            match chars.next() {
                Some('w' | 'W') => words = true,
                Some('d' | 'D') => digits = true,
                _ => {}
            }
        }
    }
    if ["alnum", "alpha", "upper", "lower"]
        .iter()
        .any(|name| pattern.contains(&format!("[:{name}:]")))
    {
        class.push_str(OTHERS);
    } else if words {
        class.push_str(WORDS);
    } else if digits {
        class.push_str(DIGITS);
    }
    // What folds to letters of ASCII: the long s, the Kelvin sign, ligatures.
    if ignore_case {
        let lower = pattern.to_ascii_lowercase();
        for (part, cousins) in [
            ("s", "\u{17f}\u{fb05}\u{fb06}"),
            ("ss", "\u{df}\u{1e9e}"),
            ("k", "\u{212a}"),
            ("f", "\u{fb00}-\u{fb04}"),
            ("-", "\u{17f}\u{212a}"),
        ] {
            if lower.contains(part) {
                class.push_str(cousins);
            }
        }
    }
    class
}
