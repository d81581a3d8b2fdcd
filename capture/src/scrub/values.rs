//! Literals and parameters of statements that shall not be kept.
//!
//! A statement without its values still says what is asked, how often, by whom, and how long it took:
//! enough for `gnomon workload stats`, not for a replay. What depends on a value may look different: a
//! translation that needs the unit in `date_trunc('month', …)` is refused without it.

use model::{Digest, Incomplete, Statement};
use sql::literals::{Literal, with_literals};
use std::fmt;

/// What stands for a text, and for a statement in which nobody can tell what is a value.
const TAKEN: &str = "[redacted]";

/// Hexadecimal digits of a hash: 64 bits.
const DIGITS: usize = 16;

/// A hashed number is less than this, so that it can stand wherever a number can.
const NUMBERS: u64 = 1_000_000_000;

/// What becomes of literals and parameters.
#[derive(Debug, Clone, Copy, Default)]
pub enum Values {
    /// They are kept: without them a statement cannot be replayed.
    #[default]
    Kept,
    /// The same text has the same hash, and the same number, in a literal or a parameter; other spellings of
    /// a value (`E'a'`, `5.0`) have others. Who has the key can tell whether it is a certain value; nobody
    /// else can.
    Hashed(Key),
    /// Nothing of them is kept.
    Redacted,
}

/// Makes hashes that cannot be found out by trying values.
#[derive(Clone, Copy)]
pub struct Key([u8; 32]);

impl Key {
    /// The key that follows from a secret, which should be 16 random bytes or more.
    #[must_use]
    pub fn of(secret: &[u8]) -> Self {
        let mut key = [0; 32];
        let digest = Digest::of([b"gnomon values".as_slice(), secret]);
        for (byte, digits) in key.iter_mut().zip(digest.short(64).as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).unwrap_or_default();
            *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
        }
        Self(key)
    }

    /// Of as many digits as others have; the parts are told apart by their lengths.
    fn hash(self, value: &str) -> Digest {
        let inner = Digest::of([self.0.as_slice(), value.as_bytes()]);
        Digest::of([self.0.as_slice(), inner.as_str().as_bytes()])
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Values {
    /// What is kept of a text; nothing where it stays as it is.
    fn text(self, value: &str) -> Option<String> {
        match self {
            Self::Kept => None,
            Self::Hashed(key) => Some(format!("h:{}", key.hash(value).short(DIGITS))),
            Self::Redacted => Some(TAKEN.to_owned()),
        }
    }

    /// What is kept of a parameter: a number is what it would be in a text.
    fn bound(self, value: &str) -> Option<String> {
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && value.bytes().any(|byte| byte.is_ascii_digit());
        match self {
            Self::Hashed(_) if is_number => Some(self.literal(Literal::Number(value))),
            _ => self.text(value),
        }
    }

    fn literal(self, literal: Literal<'_>) -> String {
        match (literal, self) {
            (Literal::Text(own), _) => {
                let value = plain(own);
                let kept = self.text(value.as_deref().unwrap_or(own));
                kept.map_or_else(|| own.to_owned(), |kept| format!("'{kept}'"))
            }
            (Literal::Number(own), Self::Kept) => own.to_owned(),
            (Literal::Number(_), Self::Redacted) => "0".to_owned(),
            (Literal::Number(own), Self::Hashed(key)) => {
                let hash = u64::from_str_radix(key.hash(own).short(DIGITS), 16).unwrap_or_default();
                (hash % NUMBERS).to_string()
            }
        }
    }
}

/// The value of a literal in plain quotes, as a parameter would have it.
fn plain(own: &str) -> Option<String> {
    let inner = own.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

/// The statement with what is kept of its values.
pub(super) fn kept(mut statement: Statement, values: Values) -> Statement {
    if matches!(values, Values::Kept) {
        return statement;
    }
    // A digest of few and short rows can be found out by trying values.
    statement.rows_digest = None;
    let mut lacks = false;
    let with = with_literals(&statement.sql, statement.dialect, |literal| {
        let (Literal::Text(own) | Literal::Number(own)) = literal;
        let kept = values.literal(literal);
        lacks |= kept != own;
        kept
    });
    statement.sql = with.unwrap_or_else(|_| {
        // Whatever could be a value goes where nobody knows.
        lacks = true;
        TAKEN.to_owned()
    });
    for bind in &mut statement.binds {
        if let Some(value) = &mut bind.value
            && let Some(kept) = values.bound(value)
        {
            *value = kept;
            lacks = true;
        }
    }
    if lacks {
        statement.incomplete.get_or_insert(Incomplete::Redacted);
    }
    statement
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats;
    use model::{Bind, Dialect};
    use proptest::prelude::*;

    fn statement(sql: &str, binds: &[Option<&str>]) -> Statement {
        let bind = |value: Option<&str>| Bind { type_oid: 25, value: value.map(str::to_owned) };
        Statement {
            binds: binds.iter().copied().map(bind).collect(),
            ..Statement::new("q", ("s", 0), Dialect::Postgres, sql)
        }
    }

    fn hashed(secret: &str) -> Values {
        Values::Hashed(Key::of(secret.as_bytes()))
    }

    #[test]
    fn the_same_value_has_the_same_hash_under_one_key() {
        let text = "SELECT * FROM t WHERE a = 'it''s' AND b = $1 AND c = 5 LIMIT 5";
        let mut own = statement(text, &[Some("it's"), None, Some("5")]);
        own.rows_digest = Some("00".to_owned());
        let one = kept(own, hashed("k"));
        assert_eq!(one.rows_digest, None);
        let bound = one.binds[0].value.clone().unwrap();
        assert!(bound.starts_with("h:") && bound.len() == 18, "{bound}");
        assert!(one.sql.contains(&format!("a = '{bound}'")), "{}", one.sql);
        assert_eq!(one.binds[1].value, None);
        let (_, limit) = one.sql.rsplit_once(' ').unwrap();
        assert_eq!(one.binds[2].value.as_deref(), Some(limit));
        assert!(one.sql.contains(&format!("c = {limit} ")) && limit != "5", "{}", one.sql);
        assert_eq!(one.incomplete, Some(Incomplete::Redacted));
        let other = kept(statement(text, &[Some("it's"), None]), hashed("l"));
        assert_ne!(one.sql, other.sql);
        assert_eq!(format!("{:?}", hashed("k")), "Hashed(Key(…))");
    }

    #[test]
    fn what_has_no_value_stays_whole() {
        for values in [Values::Redacted, hashed("k")] {
            let whole = statement("SELECT a FROM t", &[None]);
            assert_eq!(kept(whole.clone(), values), whole);
        }
        let own = statement("SELECT 'a', 1 -- x", &[Some("b")]);
        assert_eq!(kept(own.clone(), Values::Kept), own);
        // A comment may hold anything, and is missed by nobody.
        let commented = kept(statement("SELECT a FROM t /* app='x' */", &[]), Values::Redacted);
        assert_eq!((commented.sql.trim_end(), commented.incomplete), ("SELECT a FROM t", None));
    }

    #[test]
    fn what_cannot_be_read_goes_as_a_whole() {
        let taken = kept(statement("SELECT 'geheim", &[]), Values::Redacted);
        assert_eq!((taken.sql.as_str(), taken.incomplete), (TAKEN, Some(Incomplete::Redacted)));
    }

    proptest! {
        /// Nothing of a value is left, and the statement is of the kind that it was.
        #[test]
        fn no_value_is_left_and_the_fingerprint_stays(
            value in "[a-z]{5,12}", number in 100_000..9_999_999_u64, redacted in any::<bool>(),
        ) {
            let values = if redacted { Values::Redacted } else { hashed("secret") };
            let text = format!("SELECT 1 FROM t WHERE a = 'q{value}' AND b > {number}.5 AND c = $1");
            let own = statement(&text, &[Some(&value)]);
            let taken = kept(own.clone(), values);
            let line = serde_json::to_string(&taken).unwrap();
            prop_assert!(!line.contains(&value) && !line.contains(&number.to_string()), "{}", line);
            prop_assert_eq!(stats::fingerprint(&taken, None), stats::fingerprint(&own, None));
        }
    }
}
