//! Texts without the values in them.

use crate::tokens::{TokenKind, tokens};
use model::difference::CellText;
use std::collections::{BTreeMap, BTreeSet};

/// Words for values: the same value, the same word.
#[derive(Debug, Default)]
pub(super) struct Values(BTreeMap<String, usize>);

impl Values {
    /// Replaces a value; NULL and the empty text say nothing of the data.
    pub(super) fn replace(&mut self, cell: &mut CellText) {
        let Some(text) = cell.as_mut().filter(|text| !text.is_empty()) else { return };
        let next = self.0.len() + 1;
        let number = *self.0.entry(std::mem::take(text)).or_insert(next);
        *text = format!("value {number}");
    }
}

/// Names that may stand in messages.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeSet<String>);

impl Known {
    pub(super) fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().collect())
    }

    pub(super) fn extend(&mut self, names: impl IntoIterator<Item = String>) {
        self.0.extend(names);
    }

    /// Our own sentences have names and values in quotes. Known names stay; from the first other one
    /// to the last quote all is replaced, because a value may hold quotes itself.
    pub(super) fn sentence(&self, text: &str) -> String {
        let replaced = self.within(text, '`');
        let replaced = self.within(&replaced, '"');
        self.within(&replaced, '\'')
    }

    fn within(&self, text: &str, quote: char) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(quote) {
            out.push_str(before);
            out.push(quote);
            rest = after;
            // An apostrophe is no quote.
            let inside_a_word =
                before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric);
            if quote == '\'' && inside_a_word && !after.contains(quote) {
                continue;
            }
            let name = after.split_once(quote).filter(|(name, _)| self.0.contains(*name));
            if let Some((name, after)) = name {
                out.push_str(name);
                out.push(quote);
                rest = after;
                continue;
            }
            // Without an end, the value may reach to the end of the text.
            out.push_str("value");
            out.push(quote);
            rest = after.rsplit_once(quote).map_or("", |(_, after)| after);
        }
        out + rest
    }
}

/// SQL without its literals and comments, each byte of which is replaced by one, so that places in
/// the text stay where they are. Where a dialect may quote in a way that is not seen here (a
/// backslash, a dollar, Oracle's `q'…'`) or comments may nest or open otherwise (MySQL's `#`), every word
/// is replaced.
#[must_use]
pub fn sql(text: &str) -> String {
    let is_plain = !text.contains('\\')
        && !text.split('$').skip(1).any(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
        && !text.contains('#')
        && text.matches("/*").count() <= text.matches("*/").count().min(1)
        && !text.contains("q'")
        && !text.contains("Q'");
    let mut out = String::with_capacity(text.len());
    for token in tokens(text) {
        match token.kind {
            TokenKind::Blank => out.push_str(token.text),
            TokenKind::Word if is_plain => out.push_str(token.text),
            _ => hide(token.text, &mut out),
        }
    }
    out
}

/// Keeps signs, and of a quoted text or a comment how it opens and ends.
fn hide(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            _ if c.is_ascii_punctuation() || c == '\n' => out.push(c),
            '0'..='9' => out.push('0'),
            _ => out.extend(std::iter::repeat_n('x', c.len_utf8())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn literals_lose_their_characters_and_keep_their_places() {
        let text = "SELECT a, 'é''s', 12.5 FROM t WHERE b = $1 -- why\n/* c */";
        assert_eq!(sql(text), "SELECT a, 'xx''x', 00.0 FROM t WHERE b = $1 --xxxx\n/*xxx*/");
        // An escaped quote must not turn texts and code around.
        assert_eq!(sql(r"SELECT 'it\'s', ' secret '"), r"xxxxxx 'xx\'x',x' xxxxxx '");
        for quoted in [
            "SELECT $$secret$$",
            "SELECT $tag$secret$tag$",
            "SELECT q'[secret]'",
            "/* /* */ secret */",
            "SELECT 1 # secret",
        ] {
            assert!(!sql(quoted).contains("secret"), "{quoted}");
        }
    }

    #[test]
    fn sentences_keep_names_alone() {
        let known = Known::new(["id".to_owned()]);
        for (text, shown) in [
            ("3 rows of `id` differ", "3 rows of `id` differ"),
            ("`id` = `4`, as few others", "`id` = `value`, as few others"),
            ("`a` and `b` in `id`", "`value`"),
            ("it doesn't end `x", "it doesn't end `value`"),
            ("name \"x\" is 'y'", "name \"value\" is 'value'"),
        ] {
            assert_eq!(known.sentence(text), shown);
        }
    }

    #[test]
    fn equal_values_have_one_word() {
        let mut values = Values::default();
        let mut cells =
            [Some("a"), Some("b"), None, Some("a"), Some("")].map(|c| c.map(str::to_owned));
        for cell in &mut cells {
            values.replace(cell);
        }
        let shown = cells.each_ref().map(|cell| cell.as_deref());
        assert_eq!(shown, [Some("value 1"), Some("value 2"), None, Some("value 1"), Some("")]);
    }

    proptest! {
        /// Whatever the text holds: its length in bytes stays, and a literal is gone.
        #[test]
        fn places_stay(text in "(\\PC|['\"$`\\\\-]){0,60}", literal in "[a-z]{8}") {
            prop_assert_eq!(sql(&text).len(), text.len());
            let quoted = format!("SELECT x WHERE y = '{literal}' AND z = \"{literal}\"");
            prop_assert!(!sql(&quoted).contains(&literal));
            let known = Known::default();
            let told = format!("before `{text}{literal}{text}` after");
            prop_assert!(!known.sentence(&told).contains(&literal));
        }
    }
}
