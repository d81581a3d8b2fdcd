//! Passwords and keys in the text of a statement are never kept.
//!
//! The literal behind a word that announces a secret is taken out, whatever statement it stands in and
//! whether that can be parsed: `PASSWORD 'x'`, `IDENTIFIED BY 'x'`, `secret_access_key = 'x'`,
//! `CREDENTIALS 'aws_access_key_id=…'`. That is rather too much than too little: a comparison with such a
//! column loses its value, too, and is not replayed.

use aho_corasick::{AhoCorasick, AhoCorasickKind as Kind, packed::Searcher};
use std::{borrow::Cow, ops::Range, sync::LazyLock};

/// Words behind which a literal is a secret; case does not count, and they may be part of a longer
/// word.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "identified by",
    "identified with",
    "credentials",
    "secret",
    "key_id",
    "access_key",
    "private_key",
    "account_key",
    "sas_token",
    "session_token",
    "connection",
    "dblink",
    "dblink_connect",
];

/// Words that may stand between it and the literal.
const BETWEEN: &[&str] = &["as", "by", "for", "hash", "is", "to", "value", "values", "with"];

/// Bytes of a text that are looked at together; on the stack.
const FILTER_BYTES: usize = 1 << 9;

/// What stands for a secret.
const TAKEN: &str = "'[redacted]'";

/// Every statement is looked through.
static FOUND: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let builder =
        AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(Kind::DFA)).build(WORDS);
    builder.ok()
});

/// Finds the words in a text in small letters, several bytes at a time; not every processor can.
static FILTER: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(WORDS));

/// Is none of the words in the text? Far faster than finding them, which few texts need.
fn is_free_of_words(text: &str) -> bool {
    let Some(filter) = FILTER.as_ref() else { return false };
    let mut small = [0; FILTER_BYTES];
    // A word may lie across two pieces.
    let longest = WORDS.iter().map(|word| word.len()).max().unwrap_or_default();
    let mut rest = text.as_bytes();
    loop {
        let piece = rest.get(..FILTER_BYTES).unwrap_or(rest);
        let Some(small) = small.get_mut(..piece.len()) else { return false };
        small.copy_from_slice(piece);
        small.make_ascii_lowercase();
        if filter.find(&*small).is_some() {
            return false;
        }
        match rest.get(FILTER_BYTES - longest..) {
            Some(next) if rest.len() > FILTER_BYTES => rest = next,
            _ => return true,
        }
    }
}

/// The text without its secrets; as it is where there are none.
pub(crate) fn without_secrets(text: &str) -> Cow<'_, str> {
    if is_free_of_words(text) {
        return Cow::Borrowed(text);
    }
    // Without the automaton nothing could be known of any text.
    let Some(found) = FOUND.as_ref() else { return Cow::Borrowed("") };
    let mut secrets: Vec<Range<usize>> = Vec::new();
    for word in found.find_iter(text) {
        // What lies inside of a secret announces nothing.
        if secrets.last().is_none_or(|secret| secret.end <= word.start()) {
            literals_behind(text, word.end(), &mut secrets);
        }
    }
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for secret in secrets {
        kept.push_str(text.get(at..secret.start).unwrap_or_default());
        kept.push_str(TAKEN);
        at = secret.end;
    }
    kept.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(kept)
}

/// The literals that follow a word, as far as only signs and words of an assignment stand between:
/// also the last of `FOR 'user'@'host' = 'secret'`.
fn literals_behind(text: &str, from: usize, secrets: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    if let Some(value) = bare_value(text, from) {
        secrets.push(value);
        return;
    }
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let word_end = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        at + rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len())
    };
    // Does a text in double quotes stand where a value does?
    let mut is_assigned = false;
    let mut at = word_end(from);
    if bytes.get(at) == Some(&b'"') {
        at += 1;
    }
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\'' => {
                let end = quoted_end(bytes, at);
                secrets.push(at..end);
                at = end;
            }
            b'"' if is_assigned => {
                let end = quoted_end(bytes, at);
                secrets.push(at..end);
                at = end;
            }
            b'$' => {
                let Some(end) = dollar_end(text, at) else { return };
                secrets.push(at..end);
                at = end;
            }
            b'=' | b'(' | b':' | b'>' | b',' | b'@' => {
                is_assigned = true;
                at += 1;
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            byte if is_word(byte) => {
                let end = word_end(at);
                let word = text.get(at..end).unwrap_or_default();
                // `E'…'`, `N'…'`, `_utf8'…'`.
                let is_prefix = bytes.get(end) == Some(&b'\'');
                let between = BETWEEN.iter().any(|known| word.eq_ignore_ascii_case(known));
                let is_kind = word.to_ascii_lowercase().contains("password");
                if !(is_prefix || between || is_kind) {
                    return;
                }
                is_assigned |= between;
                at = end;
            }
            _ => return,
        }
    }
}

/// The value of `SET fs.s3a.secret.key = AKIA…`, which some dialects take without quotes.
fn bare_value(text: &str, from: usize) -> Option<Range<usize>> {
    if !text.trim_start().get(..4)?.eq_ignore_ascii_case("set ") {
        return None;
    }
    let behind = text.get(from..)?;
    let name = behind.find(|c: char| !(c.is_alphanumeric() || "._-".contains(c)))?;
    let value = behind.get(name..)?.trim_start().strip_prefix('=')?.trim_start();
    let length = value.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(value.len());
    let start = text.len() - value.len();
    let is_bare = length > 0 && !value.starts_with(['\'', '"', '$', '[']);
    is_bare.then(|| start..start + length)
}

/// The end of a quoted text; that of the whole where it is cut.
fn quoted_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes.get(start).copied().unwrap_or(b'\'');
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            None => return bytes.len(),
            // In some dialects a backslash takes the quote along, in others not: to the later end.
            Some(b'\\') => at += 2,
            Some(byte) if *byte == quote => {
                if bytes.get(at + 1) == Some(&quote) {
                    at += 2;
                } else {
                    return at + 1;
                }
            }
            Some(_) => at += 1,
        }
    }
}

/// The end of a text in dollar quotes; nothing where the dollar opens none.
fn dollar_end(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    let tag_end = rest.get(1..)?.find('$')? + 2;
    let tag = rest.get(..tag_end)?;
    let is_tag = |c: char| c.is_alphanumeric() || c == '_';
    if !tag.get(1..tag_end - 1)?.chars().all(is_tag)
        || tag.get(1..2)?.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let body = rest.get(tag_end..)?;
    Some(body.find(tag).map_or(text.len(), |end| start + tag_end + end + tag.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Wherever a word stands, also across the pieces that are looked at together.
        #[test]
        fn the_filter_misses_no_word(
            before in "[a-zé ']{0,30}", times in 0..80_usize, word in 0..WORDS.len() + 1,
            upper in any::<bool>(), after in "[a-z ']{0,600}",
        ) {
            let word = WORDS.get(word).copied().unwrap_or_default();
            let word = if upper { word.to_ascii_uppercase() } else { word.to_owned() };
            let text = before.repeat(times) + &word + &after;
            let found = FOUND.as_ref().unwrap().is_match(&text);
            // Without the filter each text is taken for one with words.
            prop_assert_eq!(is_free_of_words(&text), !found && FILTER.is_some());
        }
    }

    #[test]
    fn values_without_quotes_are_taken_out_of_set() {
        for (text, expected) in [
            (
                "SET fs.s3a.secret.key=AKIA/x+y; SELECT 1",
                "SET fs.s3a.secret.key='[redacted]'; SELECT 1",
            ),
            ("set spark.password = geheim", "set spark.password = '[redacted]'"),
        ] {
            assert_eq!(without_secrets(text), expected);
        }
        // A comparison of columns is none.
        let text = "SELECT 1 FROM t WHERE password_hash = other";
        assert_eq!(without_secrets(text), text);
    }

    #[test]
    fn a_secret_is_taken_out_whatever_it_is_written_in() {
        for (text, kept) in [
            ("CREATE USER a PASSWORD 's3cr3t'", "CREATE USER a PASSWORD '[redacted]'"),
            (
                "alter role a with encrypted password E'it\\'s' valid until '2030-01-01'",
                "alter role a with encrypted password E'[redacted]' valid until '2030-01-01'",
            ),
            (
                "CREATE USER a IDENTIFIED BY 'it''s' DEFAULT ROLE b",
                "CREATE USER a IDENTIFIED BY '[redacted]' DEFAULT ROLE b",
            ),
            (
                "ALTER USER a SET PASSWORD = $$x$$, n = 1",
                "ALTER USER a SET PASSWORD = '[redacted]', n = 1",
            ),
            ("ALTER USER a PASSWORD $x$it's$x$", "ALTER USER a PASSWORD '[redacted]'"),
            (
                "SET PASSWORD FOR 'b'@'c' = 'x'",
                "SET PASSWORD FOR '[redacted]'@'[redacted]' = '[redacted]'",
            ),
            (
                "CREATE USER a IDENTIFIED WITH mysql_native_password BY 'x' REQUIRE SSL",
                "CREATE USER a IDENTIFIED WITH mysql_native_password BY '[redacted]' REQUIRE SSL",
            ),
            (
                "COPY t FROM 's3://b' CREDENTIALS 'aws_access_key_id=A;aws_secret_access_key=B' CSV",
                "COPY t FROM 's3://b' CREDENTIALS '[redacted]' CSV",
            ),
            (
                "CREATE STAGE s CREDENTIALS = (AWS_KEY_ID = 'A' AWS_SECRET_KEY = 'B')",
                "CREATE STAGE s CREDENTIALS = (AWS_KEY_ID = '[redacted]' AWS_SECRET_KEY = '[redacted]')",
            ),
            ("CREATE USER a PASSWORD 'cut of", "CREATE USER a PASSWORD '[redacted]'"),
            ("CREATE USER a SET password=\"x\"", "CREATE USER a SET password='[redacted]'"),
            (
                "SELECT dblink('host=h password=p', 'SELECT 1')",
                "SELECT dblink('[redacted]', '[redacted]')",
            ),
        ] {
            assert_eq!(without_secrets(text), kept, "{text}");
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            "SELECT 1",
            "SELECT a FROM t WHERE b = 'x'",
            "SELECT password FROM users",
            "SELECT \"password\" FROM users; SELECT 'x'",
            "SELECT max(secret_count) FROM t WHERE c = $1 AND d = 'x'",
            "UPDATE t SET password = $1 WHERE a = 'x'",
        ] {
            assert!(matches!(without_secrets(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_announced_secret_is_left(
            before in "[a-z ]{0,10}",
            word in proptest::sample::select(WORDS),
            sign in proptest::sample::select(&[" ", "=", " = ", " TO ", "=>"][..]),
            secret in "[A-Z]{6}",
            behind in "\\PC{0,10}",
        ) {
            let text = format!("{before}{word}{sign}'{secret}' {behind}");
            let kept = without_secrets(&text);
            prop_assert!(!kept.contains(&secret), "{}", kept);
        }

        #[test]
        fn any_text_is_read(text in "(password|'|\\$|\\$a\\$|\\\\|\"|=|;|é| ){0,30}") {
            without_secrets(&text);
        }
    }
}
