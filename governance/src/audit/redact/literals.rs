//! Hides string literals and comments.
//!
//! A lexer of its own, for two reasons: a text that no parser accepts has to be written down too,
//! and where dialects read quotes differently this one errs on the side of hiding (nested comments,
//! dollar quotes in every dialect).

use std::{iter::Peekable, str::CharIndices};

/// `sql` with each string literal replaced by `'[text]'`, without comments, and with runs of white
/// space as one space.
pub(super) fn hide(sql: &str) -> String {
    let mut lexer = Lexer { sql, chars: sql.char_indices().peekable() };
    let mut out = String::with_capacity(sql.len());
    while let Some((at, c)) = lexer.chars.next() {
        match c {
            '\'' => {
                lexer.string(is_escape_prefix(&out));
                out.push_str("'[text]'");
            }
            '"' => lexer.identifier(at, &mut out),
            '-' if lexer.next_is('-') => {
                lexer.line_comment();
                space(&mut out);
            }
            '/' if lexer.next_is('*') => {
                lexer.block_comment();
                space(&mut out);
            }
            '$' if !out.chars().next_back().is_some_and(is_word) => match lexer.dollar_tag(at) {
                Some(tag) => {
                    lexer.dollar_string(at, &tag);
                    out.push_str("'[text]'");
                }
                None => out.push('$'),
            },
            c if c.is_whitespace() => space(&mut out),
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Does the text end with an `E` that makes the next string one with backslash escapes?
fn is_escape_prefix(out: &str) -> bool {
    let mut back = out.chars().rev();
    matches!(back.next(), Some('e' | 'E')) && !back.next().is_some_and(is_word)
}

struct Lexer<'a> {
    sql: &'a str,
    chars: Peekable<CharIndices<'a>>,
}

impl Lexer<'_> {
    fn next_is(&mut self, wanted: char) -> bool {
        self.chars.peek().is_some_and(|(_, c)| *c == wanted)
    }

    fn skip_to(&mut self, end: usize) {
        while self.chars.next_if(|(at, _)| *at < end).is_some() {}
    }

    /// After the opening quote.
    fn string(&mut self, escapes: bool) {
        while let Some((_, c)) = self.chars.next() {
            match c {
                '\\' if escapes => {
                    self.chars.next();
                }
                '\'' if self.next_is('\'') => {
                    self.chars.next();
                }
                '\'' => return,
                _ => {}
            }
        }
    }

    /// A quoted name is kept; one that does not end is hidden.
    fn identifier(&mut self, start: usize, out: &mut String) {
        while let Some((at, c)) = self.chars.next() {
            if c != '"' {
                continue;
            }
            if self.next_is('"') {
                self.chars.next();
                continue;
            }
            out.push_str(self.sql.get(start..=at).unwrap_or(""));
            return;
        }
        out.push_str("\"[text]");
    }

    fn line_comment(&mut self) {
        while self.chars.next_if(|(_, c)| *c != '\n' && *c != '\r').is_some() {}
    }

    /// Before the `*`.
    fn block_comment(&mut self) {
        self.chars.next();
        let mut depth = 1_usize;
        while let Some((_, c)) = self.chars.next() {
            if c == '/' && self.next_is('*') {
                self.chars.next();
                depth += 1;
            } else if c == '*' && self.next_is('/') {
                self.chars.next();
                depth -= 1;
                if depth == 0 {
                    return;
                }
            }
        }
    }

    /// The tag `$…$` that opens a string at `at`, absent for a parameter such as `$1`.
    fn dollar_tag(&self, at: usize) -> Option<String> {
        let rest = self.sql.get(at..)?.strip_prefix('$')?;
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let opens = rest.get(name.len()..)?.starts_with('$')
            && !name.chars().next().is_some_and(|c| c.is_ascii_digit());
        opens.then(|| format!("${name}$"))
    }

    /// After the first `$`: to behind the closing tag, or to the end.
    fn dollar_string(&mut self, at: usize, tag: &str) {
        let body = at + tag.len();
        let end = self
            .sql
            .get(body..)
            .and_then(|text| text.find(tag))
            .map_or(self.sql.len(), |found| body + found + tag.len());
        self.skip_to(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hides_every_kind_of_literal() {
        for (sql, hidden) in [
            ("SELECT 'a', ''", "SELECT '[text]', '[text]'"),
            ("'it''s' x", "'[text]' x"),
            (r"E'it\'s' x", "E'[text]' x"),
            (r"'a\' x 'b'", "'[text]' x '[text]'"),
            (r"table'a\' x 'b'", "table'[text]' x '[text]'"),
            ("U&'d\\0061t' x", "U&'[text]' x"),
            ("$$a ' b$$ x", "'[text]' x"),
            ("$tag$ $$ a $tag$ x", "'[text]' x"),
            ("$$a$$$$b$$", "'[text]''[text]'"),
            ("a$b$c$b$ $1 + $2", "a$b$c$b$ $1 + $2"),
            ("1 -- secret\n+ 2", "1 + 2"),
            ("1 /* a /* b */ c */ + 2", "1 + 2"),
            ("\"a''b\" \"c\"\"d\"", "\"a''b\" \"c\"\"d\""),
        ] {
            assert_eq!(hide(sql), hidden, "{sql}");
        }
    }

    #[test]
    fn what_does_not_end_is_hidden_to_the_end() {
        for sql in ["x 'secret", "x $a$secret$b$", "x /* secret */ /* /* secret */", "x \"secret"] {
            let hidden = hide(sql);
            assert!(hidden.starts_with('x') && !hidden.contains("secret"), "{hidden}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_never_grows_much(sql in "[ -~\u{e9}\u{4e2d}\n'\"$/*\\\\-]{0,80}") {
            prop_assert!(hide(&sql).len() <= sql.len() * 8 + 16);
        }

        /// Whatever stands in a well-formed literal does not come out.
        #[test]
        fn the_content_of_a_literal_is_gone(secret in "[A-Z]{6,12}", noise in "[a-z '\"$]{0,9}") {
            let quoted = format!("{noise}{secret}{noise}").replace('\'', "''");
            let hidden = hide(&format!("select '{quoted}' from t"));
            prop_assert_eq!(hidden, "select '[text]' from t");
        }
    }
}
