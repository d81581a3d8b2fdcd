//! Joins of `ClickHouse` that say how many partners a row gets: `ANY LEFT JOIN`, `LEFT ANY JOIN`,
//! `ALL INNER JOIN`, `SEMI LEFT JOIN`. The parser takes the first word for the name of the table in front
//! of it.

use super::{is, is_solid, is_word};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Words in front of JOIN.
const WORDS: [&str; 10] =
    ["GLOBAL", "ANY", "ALL", "SEMI", "ANTI", "ONLY", "INNER", "LEFT", "RIGHT", "FULL"];
/// Those of which the parser knows not all places.
const STRANGE: [&str; 6] = ["GLOBAL", "ANY", "ALL", "SEMI", "ANTI", "ONLY"];

/// The tokens as the parser knows them: `LEFT SEMI JOIN`, and `GLOBAL LEFT JOIN` for one that takes any
/// partner, since it has no word of its own for that. What `GLOBAL` itself says, that each server of a
/// cluster sees the whole table, holds anyway where there is one server; `ALL` says what joins do.
pub(crate) fn of_joins(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let strange = |one: &TokenWithSpan| STRANGE.iter().any(|word| is_word(&one.token, word));
    if !tokens.iter().any(strange) {
        return tokens;
    }
    tokens.retain(is_solid);
    let mut at = 0;
    while at < tokens.len() {
        let start = if is(&tokens, at, "JOIN") { start_of(&tokens, at) } else { at };
        let written = tokens.get(start..at).unwrap_or_default();
        if written.iter().any(strange) {
            let words = settled(written);
            let behind = start + words.len();
            tokens.splice(start..at, words);
            at = behind;
        }
        at += 1;
    }
    tokens
}

/// Where the words in front of JOIN begin. A word behind `AS`, a comma or a dot is a name.
fn start_of(tokens: &[TokenWithSpan], join: usize) -> usize {
    let known =
        |at: usize| WORDS.iter().any(|word| is(tokens, at, word)) || is(tokens, at, "OUTER");
    let mut start = join;
    while let Some(before) = start.checked_sub(1).filter(|at| known(*at)) {
        start = before;
    }
    let named = start.checked_sub(1).is_none_or(|at| {
        ["AS", "FROM", "JOIN"].iter().any(|word| is(tokens, at, word))
            || tokens.get(at).is_some_and(|one| matches!(one.token, Token::Comma | Token::Period))
    });
    if named && start < join { start + 1 } else { start }
}

/// The same words in the order of the parser.
fn settled(written: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let find = |words: &[&str]| {
        written.iter().find(|one| words.iter().any(|word| is_word(&one.token, word))).cloned()
    };
    let renamed = |words: &[&str], name: &str| {
        find(words).map(|one| TokenWithSpan { token: Token::make_keyword(name), ..one })
    };
    [
        renamed(&["ANY"], "GLOBAL"),
        find(&["INNER", "LEFT", "RIGHT", "FULL"]),
        find(&["SEMI"]),
        renamed(&["ANTI", "ONLY"], "ANTI"),
        find(&["OUTER"]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::{dialect::ClickHouseDialect, tokenizer::Tokenizer};

    #[test]
    fn words_in_front_of_join_are_in_the_order_of_the_parser() {
        for (text, expected) in [
            ("FROM t ANY LEFT JOIN u", "FROM t GLOBAL LEFT JOIN u"),
            ("FROM t AS x left any join u", "FROM t AS x GLOBAL left join u"),
            ("FROM t GLOBAL ANY JOIN u", "FROM t GLOBAL JOIN u"),
            ("FROM t GLOBAL ALL INNER JOIN u", "FROM t INNER JOIN u"),
            ("FROM t SEMI LEFT JOIN u", "FROM t LEFT SEMI JOIN u"),
            ("FROM t ONLY JOIN u", "FROM t ANTI JOIN u"),
            (
                "FROM t LEFT JOIN u ANY RIGHT OUTER JOIN v",
                "FROM t LEFT JOIN u GLOBAL RIGHT OUTER JOIN v",
            ),
            ("FROM t AS any LEFT JOIN u", "FROM t AS any LEFT JOIN u"),
            ("FROM any JOIN all ON x", "FROM any JOIN all ON x"),
            ("FROM t , any ANY JOIN u", "FROM t , any GLOBAL JOIN u"),
            ("SELECT any ( x ) FROM t JOIN u", "SELECT any ( x ) FROM t JOIN u"),
            ("ANY JOIN", "ANY JOIN"),
        ] {
            let tokens =
                Tokenizer::new(&ClickHouseDialect {}, text).tokenize_with_location().unwrap();
            let shown: Vec<String> = of_joins(tokens)
                .iter()
                .filter(|t| is_solid(t))
                .map(|t| t.token.to_string())
                .collect();
            assert_eq!(shown.join(" "), expected);
        }
    }
}
