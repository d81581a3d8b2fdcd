//! The part of two long texts that is worth showing: around their first difference.

use crate::visible;

/// Characters kept in front of the first difference.
const CONTEXT_CHARS: usize = 40;

/// Two texts, cut alike in front.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Window<'a> {
    /// How many equal characters are left out in front.
    pub(crate) skipped: usize,
    /// What is shown of the legacy text.
    pub(crate) legacy: Shown<'a>,
    /// What is shown of the governed text.
    pub(crate) governed: Shown<'a>,
}

/// What is shown of one text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown<'a> {
    /// The part.
    pub(crate) text: &'a str,
    /// How many characters are left out behind it.
    pub(crate) left_out: usize,
}

/// At most `chars_max` characters of both texts, with their first difference among them.
pub(crate) fn window<'a>(legacy: &'a str, governed: &'a str, chars_max: usize) -> Window<'a> {
    let equal = legacy.chars().zip(governed.chars()).take_while(|(a, b)| a == b).count();
    let skipped = if equal < chars_max / 2 { 0 } else { equal.saturating_sub(CONTEXT_CHARS) };
    let of = |text: &'a str| {
        let start = text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at);
        let (text, left_out) = visible::cut(text.get(start..).unwrap_or(""), chars_max);
        Shown { text, left_out }
    };
    Window { skipped, legacy: of(legacy), governed: of(governed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_reaches_a_late_difference() {
        let (a, b) = (format!("{}x", "é".repeat(5_000)), format!("{}y", "é".repeat(5_000)));
        let found = window(&a, &b, 400);
        assert_eq!(found.skipped, 4_960);
        assert!(found.legacy.text.ends_with('x') && found.governed.text.ends_with('y'));
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let (a, b) = (format!("x{}", "é".repeat(500)), "y".to_owned());
        let found = window(&a, &b, 400);
        assert_eq!((found.skipped, found.legacy.left_out, found.governed.left_out), (0, 101, 0));
    }
}
