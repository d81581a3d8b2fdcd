//! Redaction: what of a statement's text may be written down.
//!
//! The raw text is never stored. By default every string literal and comment is hidden; what is
//! left, names and numbers, is searched for e-mail addresses, social security numbers, card numbers
//! (by their check digit) and telephone numbers, which are replaced by `[email]`, `[ssn]`, `[card]`
//! and `[phone]`. In doubt, more is hidden: a number of nine digits is taken for a social security
//! number.

mod card;
mod chain;
mod email;
mod literals;
mod phone;
mod ssn;

use serde::{Deserialize, Serialize};
use std::{fmt::Write as _, ops::Range};

/// Longest redacted text that is kept, in bytes; what is cut off is counted behind it.
pub const SQL_BYTES_MAX: usize = 64 * 1024;

/// Most names of tables that a record holds; their number is recorded beside.
pub const TABLES_MAX: usize = 256;

/// Longest name of a table that is kept, in bytes.
pub const NAME_BYTES_MAX: usize = 256;

/// What becomes of string literals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Literals {
    /// Each becomes `'[text]'`, and comments go.
    #[default]
    Hide,
    /// They are kept, searched like the rest. Names and addresses in them stay readable.
    Scan,
}

/// A statement's text as it may be written down. Never fails: of a text that cannot be told apart,
/// the rest is hidden.
pub fn statement(sql: &str, literals: Literals) -> String {
    let text = match literals {
        Literals::Hide => personal(&literals::hide(sql)),
        Literals::Scan => personal(sql),
    };
    // Cut after the search, so that the cut cannot halve what it would have found.
    cut(text, SQL_BYTES_MAX)
}

/// Names of tables as they may be written down.
pub fn tables(names: &[String]) -> Vec<String> {
    names.iter().take(TABLES_MAX).map(|name| cut(personal(name), NAME_BYTES_MAX)).collect()
}

/// `text` with everything personal that is found in it replaced.
pub fn personal(text: &str) -> String {
    let mut finds: Vec<(Range<usize>, &str)> = Vec::new();
    for chain in chain::chains(text) {
        finds.extend(card::find(&chain).into_iter().map(|range| (range, "[card]")));
        finds.extend(ssn::find(&chain).into_iter().map(|range| (range, "[ssn]")));
        finds.extend(phone::find(&chain).into_iter().map(|range| (range, "[phone]")));
    }
    finds.extend(email::find(text).into_iter().map(|range| (range, "[email]")));
    finds.sort_by_key(|(range, _)| (range.start, range.end));
    replace(text, finds)
}

/// Replaces `finds`, sorted by their start; those that overlap become one.
fn replace(text: &str, finds: Vec<(Range<usize>, &str)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut kept_to = 0;
    for (range, label) in finds {
        if range.start < kept_to {
            kept_to = kept_to.max(range.end);
            continue;
        }
        out.push_str(text.get(kept_to..range.start).unwrap_or(""));
        out.push_str(label);
        kept_to = range.end;
    }
    out.push_str(text.get(kept_to..).unwrap_or(""));
    out
}

fn cut(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        let mut end = bytes_max;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let dropped = text.len() - end;
        text.truncate(end);
        // Writing to a String cannot fail.
        let _ = write!(text, "… [{dropped} bytes]");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_outside_of_literals_is_replaced() {
        assert_eq!(
            statement(
                "SELECT 1 AS \"ana@example.com\" /* 078-05-1120 */ FROM t \
                 WHERE card = 4111111111111111 AND ssn = 078051120 AND name = 'Ana'",
                Literals::Hide
            ),
            "SELECT 1 AS \"[email]\" FROM t \
             WHERE card = [card] AND ssn = [ssn] AND name = '[text]'"
        );
    }

    #[test]
    fn scanning_keeps_other_literals() {
        assert_eq!(
            statement(
                "WHERE a = 'open' AND b = 'call 555-123-4567 or a.b+c@d.org'",
                Literals::Scan
            ),
            "WHERE a = 'open' AND b = 'call [phone] or [email]'"
        );
    }

    #[test]
    fn ordinary_sql_is_left_alone() {
        let sql = "SELECT l_returnflag, sum(l_quantity * (1.0 - 0.05)) FROM lineitem WHERE \
                   l_orderkey IN (1, 2, 3) AND x < 1000000 AND a[1] @> b LIMIT 9223372036854775807";
        assert_eq!(statement(sql, Literals::Hide), sql);
        let dated = "WHERE d >= '1994-01-01' AND t < '2026-03-01 12:30:00.5+00'";
        assert_eq!(statement(dated, Literals::Scan), dated);
    }

    #[test]
    fn long_texts_are_cut_after_the_search() {
        let sql = format!("{}4111 1111 1111 1111", "x ".repeat(SQL_BYTES_MAX / 2 - 4));
        let redacted = statement(&sql, Literals::Scan);
        assert!(redacted.len() < SQL_BYTES_MAX + 40 && !redacted.contains("4111"));
        let wide = statement(&"é".repeat(SQL_BYTES_MAX), Literals::Scan);
        assert!(wide.ends_with("bytes]"), "cut at a character");
    }

    #[test]
    fn tables_are_bounded() {
        let names: Vec<String> = (0..1000).map(|n| format!("{n}{}", "t".repeat(1000))).collect();
        let tables = tables(&names);
        assert_eq!(tables.len(), TABLES_MAX);
        assert!(tables.iter().all(|name| name.len() < NAME_BYTES_MAX + 30));
        assert_eq!(super::tables(&["t_ana@example.com".to_owned()]), ["[email]"]);
    }
}
