//! What the bytes of a text are, found in one walk, so that most causes need not look at it.

/// A set of kinds of bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traits(u8);

impl Traits {
    pub(crate) const BEYOND_ASCII: Self = Self(1);
    /// Blanks and line ends of ASCII.
    pub(crate) const BLANK: Self = Self(1 << 1);
    /// What opens an escape: `&`, `%`, `+`, a backslash, a quote.
    pub(crate) const ESCAPE: Self = Self(1 << 2);
    /// What may stand between collected parts.
    pub(crate) const SEPARATOR: Self = Self(1 << 3);
    pub(crate) const DIGIT: Self = Self(1 << 4);
    /// What no number has: letters but `e`, and other signs.
    pub(crate) const NOT_OF_NUMBERS: Self = Self(1 << 5);

    pub(crate) fn of(text: &str) -> Self {
        let kind = |byte: u8| TABLE.get(usize::from(byte)).copied().unwrap_or_default();
        Self(text.bytes().fold(0, |set, byte| set | kind(byte)))
    }

    /// Has it one of these?
    pub(crate) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// Either.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

static TABLE: [u8; 256] = table();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, within 256")]
const fn table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        let mut kind = 0;
        if !byte.is_ascii() {
            kind |= Traits::BEYOND_ASCII.0;
        }
        if byte.is_ascii_whitespace() || byte == 0x0b {
            kind |= Traits::BLANK.0;
        }
        if matches!(byte, b'&' | b'%' | b'+' | b'\\' | b'"') {
            kind |= Traits::ESCAPE.0;
        }
        if matches!(byte, b',' | b';' | b'|' | b'\n' | b'/' | b' ') {
            kind |= Traits::SEPARATOR.0;
        }
        if byte.is_ascii_digit() {
            kind |= Traits::DIGIT.0;
        } else if !matches!(byte, b'.' | b',' | b'-' | b'+' | b'e' | b'E' | b' ' | b'\'') {
            kind |= Traits::NOT_OF_NUMBERS.0;
        }
        table[byte as usize] = kind;
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As by looking for each.
        #[test]
        fn kinds_are_those_of_the_bytes(text in "\\PC{0,20}", more in "[0-9eE., +&;\\n-]{0,20}") {
            for text in [text, more] {
                let traits = Traits::of(&text);
                prop_assert_eq!(traits.has(Traits::BEYOND_ASCII), !text.is_ascii());
                prop_assert_eq!(traits.has(Traits::DIGIT), text.contains(|c: char| c.is_ascii_digit()));
                prop_assert_eq!(traits.has(Traits::ESCAPE), text.contains(['&', '%', '+', '\\', '"']));
                prop_assert_eq!(traits.has(Traits::SEPARATOR), text.contains([',', ';', '|', '\n', '/', ' ']));
                prop_assert_eq!(traits.has(Traits::BLANK), text.bytes().any(|b| b.is_ascii_whitespace() || b == 0x0b));
            }
        }
    }
}
