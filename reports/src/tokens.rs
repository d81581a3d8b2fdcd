//! SQL cut into the units that a diff should keep whole: words, numbers, quoted text, signs.
//!
//! This is for showing only and knows no dialect: whatever it cuts, the parts joined are the text.

/// A part of a statement, by byte range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// First byte.
    pub(crate) start: usize,
    /// The text.
    pub(crate) text: &'a str,
    /// What it is.
    pub(crate) kind: TokenKind,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// White space: layout, not meaning.
    Blank,
    /// A bare word: its case carries no meaning.
    Word,
    /// Quoted text, a number, a comment or a sign.
    Other,
}

impl Token<'_> {
    /// One past the last byte.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The tokens of `sql`, in order, without gaps.
pub(crate) fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some((length, kind)) = sql.get(start..).and_then(next) {
        let Some(text) = sql.get(start..start + length) else { break };
        found.push(Token { start, text, kind });
        start += length;
    }
    found
}

/// Length in bytes and kind of the token that `rest` starts with.
fn next(rest: &str) -> Option<(usize, TokenKind)> {
    let first = rest.chars().next()?;
    let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    Some(match first {
        _ if first.is_whitespace() => (run(char::is_whitespace), TokenKind::Blank),
        '\'' | '"' | '`' => (quoted(rest, first), TokenKind::Other),
        _ if first.is_ascii_digit() => {
            (run(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_'), TokenKind::Other)
        }
        _ if is_word(first) => (run(is_word), TokenKind::Word),
        '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), TokenKind::Other),
        '/' if rest.starts_with("/*") => {
            (rest.find("*/").map_or(rest.len(), |at| at + 2), TokenKind::Other)
        }
        _ => (first.len_utf8(), TokenKind::Other),
    })
}

/// Length of a quoted text; a doubled quote does not end it, the end of the text does.
fn quoted(rest: &str, quote: char) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return at + c.len_utf8();
        }
    }
    rest.len()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        tokens(sql).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn cuts_where_people_would() {
        assert_eq!(
            texts("a.b>=1.5e3 'it''s' \"x\"--c\n/*d*/$1"),
            [
                "a", ".", "b", ">", "=", "1.5e3", " ", "'it''s'", " ", "\"x\"", "--c", "\n",
                "/*d*/", "$1"
            ]
        );
    }

    #[test]
    fn loses_nothing_on_any_text() {
        for sql in ["'open", "/* open", "\"", "é漢 --", "''''", "/*/", "\u{0}\u{202e}x", ""] {
            assert_eq!(texts(sql).concat(), sql);
        }
    }
}
