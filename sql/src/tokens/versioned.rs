//! Comments that are code from a version of the server on: `/*!50110 KEY_BLOCK_SIZE = 1024 */`. The
//! tokenizer takes all of them for code. Those of versions above 8.0 are refused: whether they are code
//! depends on the server.
//!
//! Source: MySQL 8.0 manual, 9.7 (comments).

use sqlparser::{dialect::Dialect, parser::ParserError};

/// Of the oldest server of version 8.
const KNOWN: u32 = 80_000;

/// Digits of a version.
const DIGITS: usize = 5;

/// Refuses a text with such a comment.
pub(super) fn refuse_newer(text: &str, parser: &dyn Dialect) -> Result<(), ParserError> {
    if !parser.supports_multiline_comment_hints() {
        return Ok(());
    }
    for (at, _) in text.match_indices("/*!") {
        let rest = text.get(at + 3..).unwrap_or("");
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if digits.len() >= DIGITS && digits.parse().is_ok_and(|version: u32| version > KNOWN) {
            return Err(ParserError::TokenizerError(format!(
                "a comment that is code from version {digits} of the server on; write its code, or leave it out"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::refuse_newer;
    use sqlparser::dialect::{MySqlDialect, PostgreSqlDialect};

    #[test]
    fn comments_of_newer_servers_are_refused() {
        for text in
            ["SELECT 1 /*!99999 + 1 */", "SELECT 1 /*!080016 + 1 */", "SELECT /*!90100 1 */ 2"]
        {
            assert!(refuse_newer(text, &MySqlDialect {}).is_err(), "{text}");
            assert!(refuse_newer(text, &PostgreSqlDialect {}).is_ok(), "{text}");
        }
        for text in [
            "SELECT 1 /*!40101 + 1 */",
            "SELECT 1 /*! + 1 */",
            "SELECT 1 /* !99999 */",
            "SELECT /*!1 */ 2",
        ] {
            assert!(refuse_newer(text, &MySqlDialect {}).is_ok(), "{text}");
        }
    }
}
