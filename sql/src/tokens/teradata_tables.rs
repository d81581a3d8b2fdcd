//! What Teradata says of a table in front of its columns and behind their types, done to the tokens of
//! `CREATE … TABLE`.

use super::{is, token};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// `CREATE MULTISET VOLATILE TABLE t, NO FALLBACK (a VARCHAR(9) NOT CASESPECIFIC)`.
///
/// `MULTISET` becomes `TRANSIENT`, which the binder looks for: without it rows may not repeat.
/// `VOLATILE` becomes `TEMPORARY`; what such a table keeps is for the binder too. Behind the name
/// options say how rows are stored. Letters have one case to begin with, so that `NOT CASESPECIFIC`
/// says nothing; `CASESPECIFIC` stays, which the parser does not know.
pub(super) fn made(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let Some(table) = (1..4).find(|at| is(&tokens, *at, "TABLE")) else { return tokens };
    let known = ["SET", "MULTISET", "VOLATILE"];
    let words = 1..table;
    if words.clone().any(|at| !known.iter().any(|word| is(&tokens, at, word))) {
        return tokens;
    }
    let tokens = with_key(with_query(tokens));
    let says = |word: &str| words.clone().find(|at| is(&tokens, *at, word));
    let mut out: Vec<TokenWithSpan> = tokens.iter().take(1).cloned().collect();
    for (word, keyword) in [("MULTISET", "TRANSIENT"), ("VOLATILE", "TEMPORARY")] {
        if let Some(one) = says(word).and_then(|at| tokens.get(at)) {
            out.push(TokenWithSpan { token: Token::make_keyword(keyword), ..one.clone() });
        }
    }
    let mut name = table + 1;
    while token(&tokens, name + 1) == Some(&Token::Period) {
        name += 2;
    }
    out.extend(tokens.iter().take(name + 1).skip(table).cloned());
    let mut at = name + 1;
    if token(&tokens, at) == Some(&Token::Comma) {
        at = (at..tokens.len())
            .find(|at| token(&tokens, *at) == Some(&Token::LParen) || is(&tokens, *at, "AS"))
            .unwrap_or(at);
    }
    // Behind a query the parser does not look for it.
    let kept = ["ON", "COMMIT", "PRESERVE", "ROWS"];
    let commit = (at..tokens.len())
        .find(|at| kept.iter().zip(*at..).all(|(word, at)| is(&tokens, at, word)))
        .filter(|_| is(&tokens, at, "AS"));
    if let Some(from) = commit {
        out.extend(tokens.iter().skip(from).take(kept.len()).cloned());
    }
    while let Some(one) = tokens.get(at) {
        if commit == Some(at) {
            at += kept.len();
        } else if is(&tokens, at, "CHARACTER")
            && is(&tokens, at + 1, "SET")
            && (is(&tokens, at + 2, "LATIN") || is(&tokens, at + 2, "UNICODE"))
        {
            at += 3;
        } else if (is(&tokens, at, "NOT") && is(&tokens, at + 1, "CASESPECIFIC"))
            || says_text(&tokens, at, "TITLE")
            // What a text of it looks like is for those who read the table.
            || says_text(&tokens, at, "FORMAT")
        {
            at += 2;
        } else if is(&tokens, at, "COMPRESS") {
            at = behind_values(&tokens, at + 1);
        } else {
            out.push(one.clone());
            at += 1;
        }
    }
    out
}

/// `AS t WITH DATA` as `AS (SELECT * FROM t) WITH DATA`, and `AS (…) WITH NO DATA` as a query without rows.
fn with_query(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let data = (1..tokens.len()).find(|at| {
        is(&tokens, *at, "WITH")
            && (is(&tokens, at + 1, "DATA")
                || (is(&tokens, at + 1, "NO") && is(&tokens, at + 2, "DATA")))
    });
    let Some(data) = data else { return tokens };
    let Some(query) = (1..data).find(|at| is(&tokens, *at, "AS")).map(|at| at + 1) else {
        return tokens;
    };
    let Some(place) = tokens.get(data).cloned() else { return tokens };
    let like = |token: Token| TokenWithSpan { token, ..place.clone() };
    let word = |word: &str| like(Token::make_keyword(word));
    let name = |name: &str| like(Token::make_word(name, None));
    let of_table = matches!(token(&tokens, query), Some(Token::Word(_)))
        && (query + 1..data).step_by(2).all(|at| token(&tokens, at) == Some(&Token::Period));
    let empty = is(&tokens, data + 1, "NO");
    let mut out: Vec<TokenWithSpan> = tokens.iter().take(query).cloned().collect();
    let inner = tokens.get(query..data).unwrap_or_default();
    out.extend((of_table || empty).then(|| like(Token::LParen)));
    if of_table || empty {
        out.extend([word("SELECT"), like(Token::Mul), word("FROM")]);
    }
    out.extend_from_slice(inner);
    if empty {
        if !of_table {
            out.extend([word("AS"), name("no_rows")]);
        }
        let number = |digit: &str| like(Token::Number(digit.to_owned(), false));
        out.extend([word("WHERE"), number("1"), like(Token::Eq), number("0")]);
    }
    out.extend((of_table || empty).then(|| like(Token::RParen)));
    out.extend([word("WITH"), name("DATA")]);
    let behind = data + if empty { 3 } else { 2 };
    out.extend(tokens.get(behind..).unwrap_or_default().iter().cloned());
    out
}

/// `(a INT) UNIQUE PRIMARY INDEX (a)` as `(a INT, UNIQUE (a))`.
fn with_key(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let Some(unique) = (1..tokens.len()).find(|at| {
        ["UNIQUE", "PRIMARY", "INDEX"].iter().zip(*at..).all(|(word, at)| is(&tokens, at, word))
            && token(&tokens, at.saturating_sub(1)) == Some(&Token::RParen)
    }) else {
        return tokens;
    };
    let close =
        |from: usize| (from..tokens.len()).find(|at| token(&tokens, *at) == Some(&Token::RParen));
    // The index may have a name. One of a table that is made from a query is no constraint here.
    let open = (unique + 3..=unique + 4).find(|at| token(&tokens, *at) == Some(&Token::LParen));
    let Some((open, end)) = open.and_then(|open| Some((open, close(open)?))) else { return tokens };
    if (1..unique).any(|at| is(&tokens, at, "AS")) {
        return tokens;
    }
    let list: Vec<TokenWithSpan> = tokens.get(open..=end).unwrap_or_default().to_vec();
    let Some(place) = tokens.get(unique).cloned() else { return tokens };
    tokens.drain(unique..=end);
    let mut key = vec![TokenWithSpan { token: Token::Comma, ..place.clone() }, place];
    key.extend(list);
    tokens.splice(unique - 1..unique - 1, key);
    tokens
}

/// A word with a constant text behind it.
fn says_text(tokens: &[TokenWithSpan], at: usize, word: &str) -> bool {
    is(tokens, at, word) && matches!(token(tokens, at + 1), Some(Token::SingleQuotedString(_)))
}

/// The place behind the values that `COMPRESS` names: a list, one, or none.
fn behind_values(tokens: &[TokenWithSpan], at: usize) -> usize {
    match token(tokens, at) {
        Some(Token::LParen) => (at..tokens.len())
            .find(|at| token(tokens, *at) == Some(&Token::RParen))
            .map_or(at, |close| close + 1),
        Some(Token::Number(_, _) | Token::SingleQuotedString(_)) => at + 1,
        Some(_) if is(tokens, at, "NULL") => at + 1,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::{dialect::GenericDialect, tokenizer::Tokenizer};

    #[test]
    fn the_head_of_a_table_is_one_that_the_parser_knows() {
        for (text, expected) in [
            ("CREATE MULTISET TABLE t (a INT)", "CREATE TRANSIENT TABLE t ( a INT )"),
            ("CREATE SET TABLE t (a INT)", "CREATE TABLE t ( a INT )"),
            (
                "CREATE VOLATILE MULTISET TABLE d.t, NO FALLBACK, CHECKSUM = DEFAULT (a INT)",
                "CREATE TRANSIENT TEMPORARY TABLE d . t ( a INT )",
            ),
            (
                "CREATE VOLATILE TABLE t AS (SELECT 1 AS a) WITH DATA ON COMMIT PRESERVE ROWS;",
                "CREATE TEMPORARY TABLE t ON COMMIT PRESERVE ROWS AS ( SELECT 1 AS a ) WITH DATA ;",
            ),
            (
                "CREATE TABLE t (a VARCHAR(9) CHARACTER SET LATIN NOT CASESPECIFIC NOT NULL, b INT)",
                "CREATE TABLE t ( a VARCHAR ( 9 ) NOT NULL , b INT )",
            ),
            (
                "CREATE TABLE t (a VARCHAR(9) CASESPECIFIC)",
                "CREATE TABLE t ( a VARCHAR ( 9 ) CASESPECIFIC )",
            ),
            (
                "CREATE TABLE t (a DATE FORMAT 'YY' NOT NULL, b INT FORMAT '9', c CHAR(2) COMPRESS ('a', 'b') TITLE 'c', d INT COMPRESS)",
                "CREATE TABLE t ( a DATE NOT NULL , b INT , c CHAR ( 2 ) , d INT )",
            ),
            (
                "CREATE MULTISET TABLE t AS d.u WITH DATA",
                "CREATE TRANSIENT TABLE t AS ( SELECT * FROM d . u ) WITH DATA",
            ),
            (
                "CREATE MULTISET TABLE t AS (SELECT a FROM u) WITH NO DATA",
                "CREATE TRANSIENT TABLE t AS ( SELECT * FROM ( SELECT a FROM u ) AS no_rows WHERE 1 = 0 ) WITH DATA",
            ),
            (
                "CREATE SET TABLE t (a INT NOT NULL) UNIQUE PRIMARY INDEX i (a)",
                "CREATE TABLE t ( a INT NOT NULL , UNIQUE ( a ) )",
            ),
            ("CREATE VIEW v AS SELECT 1 AS a", "CREATE VIEW v AS SELECT 1 AS a"),
        ] {
            let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location().unwrap();
            let shown: Vec<String> = made(super::super::without_blanks(tokens))
                .iter()
                .map(|one| one.token.to_string())
                .collect();
            assert_eq!(shown.join(" "), expected);
        }
    }
}
