//! Hints of Transact-SQL where the parser knows none: `FROM t (NOLOCK)` without WITH,
//! `INNER HASH JOIN`, and `OPTION (…)` behind a statement that writes.

use super::{is, is_solid, is_word, token};
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan, Word},
};

/// Table hints that may stand without WITH (Microsoft Learn, "Table hints").
const HINTS: [&str; 16] = [
    "HOLDLOCK",
    "NOLOCK",
    "NOWAIT",
    "PAGLOCK",
    "READCOMMITTED",
    "READCOMMITTEDLOCK",
    "READPAST",
    "READUNCOMMITTED",
    "REPEATABLEREAD",
    "ROWLOCK",
    "SERIALIZABLE",
    "SNAPSHOT",
    "TABLOCK",
    "TABLOCKX",
    "UPDLOCK",
    "XLOCK",
];

/// Hints between the kind of a join and JOIN (Microsoft Learn, "Join hints").
pub(crate) const JOINS: &[&str] = &["HASH", "LOOP", "MERGE", "REMOTE"];

/// Words of which one stands in front of such a hint.
const KINDS: [&str; 5] = ["INNER", "LEFT", "RIGHT", "FULL", "OUTER"];

/// Words behind which a table stands.
const BEFORE_TABLES: [&str; 2] = ["FROM", "JOIN"];

/// Words behind which commas are not between tables.
const ELSEWHERE: [&str; 7] = ["SELECT", "WHERE", "ON", "GROUP", "HAVING", "ORDER", "SET"];

/// Writes WITH in front of hints in parentheses behind a table.
pub(crate) fn with_with(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut hints: Vec<usize> = Vec::new();
    // For each parenthesis that is open: is it a list of tables?
    let mut lists = vec![false];
    for (at, one) in tokens.iter().enumerate() {
        if one.token == Token::LParen && are_hints(tokens.get(at + 1..).unwrap_or_default()) {
            let before = tokens.get(..at).unwrap_or_default().iter().rev();
            let before: Vec<&TokenWithSpan> =
                before.filter(|one| super::is_solid(one)).take(8).collect();
            if is_behind_table(&before, lists.last() == Some(&true)) {
                hints.push(at);
            }
        }
        match &one.token {
            Token::LParen => lists.push(false),
            Token::RParen if lists.len() > 1 => drop(lists.pop()),
            token if one_of(token, &BEFORE_TABLES) => set(&mut lists, true),
            token if one_of(token, &ELSEWHERE) => set(&mut lists, false),
            _ => {}
        }
    }
    let mut hints = hints.into_iter().peekable();
    let with = |span| TokenWithSpan { token: with(), span };
    let written = tokens.into_iter().enumerate().flat_map(|(at, one)| {
        let added = hints.next_if_eq(&at).map(|_| with(one.span));
        added.into_iter().chain([one])
    });
    written.collect()
}

/// The tokens without the hints of [`JOINS`], which change no result.
pub(crate) fn without_join_hints(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let hints: Vec<usize> =
        (0..tokens.len()).filter(|at| is_join_hint(&tokens, *at, JOINS)).collect();
    for at in hints.into_iter().rev() {
        tokens.remove(at);
    }
    tokens
}

/// Does one of these words stand here, between the kind of a join and JOIN?
pub(crate) fn is_join_hint(tokens: &[TokenWithSpan], at: usize, words: &[&str]) -> bool {
    if !token(tokens, at).is_some_and(|here| one_of(here, words)) {
        return false;
    }
    let (before, rest) = tokens.split_at(at);
    let before = before.iter().rev().find(|one| is_solid(one));
    let behind = rest.iter().skip(1).find(|one| is_solid(one));
    before.is_some_and(|one| one_of(&one.token, &KINDS))
        && behind.is_some_and(|one| is_word(&one.token, "JOIN"))
}

/// The tokens without `OPTION (…)` at their end. They have no blanks.
pub(crate) fn without_option(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let end = tokens.iter().rposition(|one| !matches!(one.token, Token::SemiColon | Token::EOF));
    let Some(end) = end.filter(|end| token(&tokens, *end) == Some(&Token::RParen)) else {
        return tokens;
    };
    let mut depth = 0_u32;
    for at in (0..=end).rev() {
        match token(&tokens, at) {
            Some(Token::RParen) => depth += 1,
            Some(Token::LParen) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let from = at.checked_sub(1).filter(|before| is(&tokens, *before, "OPTION"));
            if let Some(from) = from {
                tokens.drain(from..=end);
            }
            break;
        }
    }
    tokens
}

fn one_of(token: &Token, words: &[&str]) -> bool {
    words.iter().any(|word| is_word(token, word))
}

fn set(lists: &mut [bool], tables: bool) {
    if let Some(last) = lists.last_mut() {
        *last = tables;
    }
}

/// `NOLOCK, ROWLOCK)`
fn are_hints(rest: &[TokenWithSpan]) -> bool {
    let mut solid = rest.iter().filter(|one| super::is_solid(one)).map(|one| &one.token);
    loop {
        if !solid.next().is_some_and(|token| one_of(token, &HINTS)) {
            return false;
        }
        match solid.next() {
            Some(Token::RParen) => return true,
            Some(Token::Comma) => {}
            _ => return false,
        }
    }
}

/// Do these tokens, the last first, end with `FROM` or `JOIN`, or a comma of a list of tables, a name,
/// and perhaps an alias?
fn is_behind_table(before: &[&TokenWithSpan], list: bool) -> bool {
    let name = |at: usize| {
        before.get(at).is_some_and(|one| {
            matches!(&one.token, Token::Word(word) if word.keyword == Keyword::NoKeyword
                || word.quote_style.is_some())
        })
    };
    let opens = |at: usize| {
        before.get(at).is_some_and(|one| {
            one_of(&one.token, &BEFORE_TABLES) || (list && one.token == Token::Comma)
        })
    };
    // `a.b.c`, read from its end: where it begins.
    let path = |mut at: usize| -> Option<usize> {
        loop {
            if !name(at) {
                return None;
            }
            at += 1;
            if before.get(at).is_none_or(|one| one.token != Token::Period) {
                return Some(at);
            }
            at += 1;
        }
    };
    let plain = path(0).is_some_and(opens);
    let as_word = usize::from(before.get(1).is_some_and(|one| is_word(&one.token, "AS")));
    let aliased = name(0) && path(1 + as_word).is_some_and(opens);
    plain || aliased
}

fn with() -> Token {
    Token::Word(Word { value: "WITH".to_owned(), quote_style: None, keyword: Keyword::WITH })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::{dialect::MsSqlDialect, tokenizer::Tokenizer};

    fn shown(text: &str, pass: fn(Vec<TokenWithSpan>) -> Vec<TokenWithSpan>) -> String {
        let tokens = Tokenizer::new(&MsSqlDialect {}, text).tokenize_with_location().unwrap();
        pass(tokens).iter().map(|one| one.token.to_string()).collect()
    }

    #[test]
    fn a_hint_without_with_gets_one() {
        for (text, becomes) in [
            ("SELECT 1 FROM t (NOLOCK)", "SELECT 1 FROM t WITH(NOLOCK)"),
            ("SELECT 1 FROM dbo.[a b] AS x(nolock)", "SELECT 1 FROM dbo.[a b] AS xWITH(nolock)"),
            (
                "SELECT a, b FROM t a (NOLOCK), u b (NOLOCK) WHERE a.x IN (SELECT y, z FROM v (NOLOCK))",
                "SELECT a, b FROM t a WITH(NOLOCK), u b WITH(NOLOCK) WHERE a.x IN (SELECT y, z FROM v WITH(NOLOCK))",
            ),
            (
                "SELECT 1 FROM t x JOIN u y (ROWLOCK, UPDLOCK) ON 1 = 1",
                "SELECT 1 FROM t x JOIN u y WITH(ROWLOCK, UPDLOCK) ON 1 = 1",
            ),
        ] {
            assert_eq!(shown(text, with_with), becomes);
        }
    }

    #[test]
    fn what_could_be_a_call_or_a_list_of_columns_stays() {
        for text in [
            "SELECT 1 FROM t WITH (NOLOCK)",
            "SELECT f(nolock) FROM t",
            "SELECT a, f (nolock) FROM t",
            "SELECT (SELECT 1 FROM t), f (nolock) FROM t",
            "SELECT 1 FROM t ORDER BY a, f (nolock)",
            "SELECT 1 FROM f (1)",
            "SELECT 1 FROM t x (a, nolock)",
            "INSERT INTO t (nolock) VALUES (1)",
            "SELECT 1 FROM t (NOLOCK",
        ] {
            assert_eq!(shown(text, with_with), text);
        }
    }

    #[test]
    fn hints_of_joins_go() {
        for (text, becomes) in [
            ("SELECT 1 FROM t INNER HASH JOIN u", "SELECT 1 FROM t INNER  JOIN u"),
            ("SELECT 1 FROM t LEFT OUTER merge JOIN u", "SELECT 1 FROM t LEFT OUTER  JOIN u"),
            ("SELECT 1 FROM t hash JOIN u", "SELECT 1 FROM t hash JOIN u"),
            ("SELECT 1 FROM t INNER JOIN loop", "SELECT 1 FROM t INNER JOIN loop"),
            ("SELECT hash FROM [LEFT] hash JOIN u", "SELECT hash FROM [LEFT] hash JOIN u"),
        ] {
            assert_eq!(shown(text, without_join_hints), becomes);
        }
    }

    #[test]
    fn option_at_the_end_goes() {
        let pass =
            |text| shown(text, |tokens| without_option(super::super::without_blanks(tokens)));
        assert_eq!(pass("UPDATE t SET a = f(1) OPTION (MAXDOP 1, FAST (2));"), "UPDATEtSETa=f(1);");
        assert_eq!(pass("UPDATE t SET a = f(1)"), "UPDATEtSETa=f(1)");
        assert_eq!(pass("UPDATE t SET a = 1"), "UPDATEtSETa=1");
    }
}
