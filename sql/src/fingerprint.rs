//! One name for statements that differ in literals, white space and comments only.

use crate::{literals::is_text, parse::Parsed};
use model::Digest;
use sqlparser::tokenizer::{Token, Tokenizer};

/// Hexadecimal digits of a fingerprint (64 bits): short enough to type, long enough not to collide
/// in a workload.
const DIGITS: usize = 16;

impl Parsed {
    /// The same for statements that differ in literals, lengths of literal lists, white space,
    /// comments and the case of unquoted words only: 16 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        let words = normalised(self);
        Digest::of(words.iter().map(String::as_bytes)).short(DIGITS).to_owned()
    }
}

fn normalised(parsed: &Parsed) -> Vec<String> {
    let Ok(tokens) = Tokenizer::new(parsed.grammar, &parsed.text).tokenize() else {
        return vec![parsed.text.clone()];
    };
    let mut words: Vec<String> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let word = match &token {
            Token::Whitespace(_) | Token::EOF | Token::SemiColon => continue,
            Token::Word(word) if word.quote_style.is_none() => word.value.to_ascii_lowercase(),
            Token::Number(..) | Token::Placeholder(_) => "?".to_owned(),
            value if is_text(value) => "?".to_owned(),
            other => other.to_string(),
        };
        // `?, ?` in a list counts as one `?`, so that IN lists of any length meet.
        if word == "?" && words.ends_with(&["?".to_owned(), ",".to_owned()]) {
            words.pop();
        } else {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::Dialect;

    fn fingerprint(text: &str) -> String {
        parse(text, Dialect::Postgres).unwrap().fingerprint()
    }

    #[test]
    fn every_spelling_of_a_value_counts_for_none() {
        let of = |text: &str, dialect| parse(text, dialect).unwrap().fingerprint();
        for dialect in [Dialect::BigQuery, Dialect::MySql, Dialect::Spark] {
            let one = of("SELECT a FROM t WHERE b = \"x\"", dialect);
            assert_eq!(one, of("SELECT a FROM t WHERE b = \"other\"", dialect), "{dialect}");
            assert_eq!(one, of("SELECT a FROM t WHERE b = 'x'", dialect), "{dialect}");
        }
    }

    #[test]
    fn literals_space_comments_and_case_do_not_count() {
        let one = fingerprint("SELECT a FROM t WHERE b = 1 AND c IN (1, 2)");
        for same in [
            "select A  from T where b = 'x' /* hi */ and c in (3)",
            "SELECT a FROM t -- note\nWHERE b = $1 AND c IN (1, 2, 3, 4);",
        ] {
            assert_eq!(fingerprint(same), one, "{same}");
        }
    }

    #[test]
    fn structure_and_quoted_names_count() {
        let one = fingerprint("SELECT a FROM t WHERE b = 1");
        for other in
            ["SELECT a FROM t WHERE b > 1", "SELECT \"A\" FROM t WHERE b = 1", "SELECT a FROM t"]
        {
            assert_ne!(fingerprint(other), one, "{other}");
        }
    }
}
