//! What the parser does not know of Oracle's statements that write, done to their tokens: words that say
//! where and how rows are stored are left out, `INSERT ALL` over one row becomes rows, and the numbers of
//! an identity column get their parentheses.

use super::{is, token};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Words that stand alone.
const ALONE: &[&str] =
    &["NOLOGGING", "LOGGING", "NOCOMPRESS", "NOPARALLEL", "NOCACHE", "NOMONITORING"];
/// Words with one more behind them.
const WITH_ONE: &[&str] = &["TABLESPACE", "PCTFREE", "PCTUSED", "INITRANS", "MAXTRANS"];

/// `TABLESPACE users NOLOGGING PCTFREE 10 STORAGE (…)` behind the columns of a table,
/// `CREATE FORCE VIEW`, `DROP TABLE t PURGE`.
///
/// Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-TABLE.html>
pub(crate) fn without_storage(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let (create, drop) = (is(&tokens, 0, "CREATE"), is(&tokens, 0, "DROP"));
    let wanted = create || (drop && is(&tokens, 1, "TABLE"));
    if !wanted {
        return tokens;
    }
    let table = create && (1..5).any(|at| is(&tokens, at, "TABLE"));
    let mut out = Vec::with_capacity(tokens.len());
    let mut depth = 0_usize;
    let mut at = 0;
    // Behind AS a query begins, in which these are names.
    let mut storage = table;
    while let Some(one) = tokens.get(at) {
        match one.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && is(&tokens, at, "AS") {
            storage = false;
        }
        let view = is(&tokens, at, "FORCE") || is(&tokens, at, "NOFORCE");
        let known = (create && view && named_view(&tokens, at))
            || (drop && at > 2 && is(&tokens, at, "PURGE") && ends(&tokens, at + 1));
        let behind = if known {
            Some(at + 1)
        } else if storage && depth == 0 && at > 2 {
            stored(&tokens, at)
        } else {
            None
        };
        if let Some(behind) = behind {
            at = behind;
        } else {
            out.push(one.clone());
            at += 1;
        }
    }
    out
}

/// Is it the word in front of `VIEW`?
fn named_view(tokens: &[TokenWithSpan], at: usize) -> bool {
    let before = is(tokens, at.saturating_sub(1), "CREATE")
        || (is(tokens, at.saturating_sub(1), "REPLACE") && is(tokens, 1, "OR"));
    before && (is(tokens, at + 1, "VIEW") || is(tokens, at + 1, "EDITIONABLE"))
}

/// Does the statement end here?
fn ends(tokens: &[TokenWithSpan], at: usize) -> bool {
    matches!(token(tokens, at), None | Some(Token::SemiColon | Token::EOF))
}

/// The place behind what stands here of how the rows are stored.
fn stored(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    let any = |words: &[&str]| words.iter().any(|word| is(tokens, at, word));
    if any(ALONE) {
        return Some(at + 1);
    }
    if any(WITH_ONE) {
        return Some(at + 2);
    }
    let number = matches!(token(tokens, at + 1), Some(Token::Number(..)));
    if any(&["PARALLEL", "COMPRESS"]) {
        return Some(if number { at + 2 } else { at + 1 });
    }
    if any(&["SEGMENT"]) && is(tokens, at + 1, "CREATION") {
        return Some(at + 3);
    }
    if any(&["STORAGE"]) && token(tokens, at + 1) == Some(&Token::LParen) {
        return close(tokens, at + 1).map(|close| close + 1);
    }
    None
}

/// The place of the parenthesis that closes the one that stands here.
fn close(tokens: &[TokenWithSpan], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    (open..tokens.len()).find(|at| {
        match token(tokens, *at) {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

/// `INSERT ALL INTO t (a) VALUES (1) INTO t (a) VALUES (2) SELECT * FROM dual` as
/// `INSERT INTO t (a) VALUES (1), (2)`: one row, and the same columns of one table each time.
///
/// Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/INSERT.html>
pub(crate) fn rows_of_one_table(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    all_rows(&tokens).unwrap_or(tokens)
}

fn all_rows(tokens: &[TokenWithSpan]) -> Option<Vec<TokenWithSpan>> {
    if !is(tokens, 0, "INSERT") || !is(tokens, 1, "ALL") {
        return None;
    }
    let same = |one: &[TokenWithSpan], two: &[TokenWithSpan]| {
        one.len() == two.len()
            && one.iter().zip(two).all(|(one, two)| alike(&one.token, &two.token))
    };
    let mut out: Vec<TokenWithSpan> = tokens.get(..1)?.to_vec();
    let mut head: Option<&[TokenWithSpan]> = None;
    let mut at = 2;
    while is(tokens, at, "INTO") {
        let values = (at..tokens.len()).find(|at| is(tokens, *at, "VALUES"))?;
        let own = tokens.get(at..values)?;
        let end = close(tokens, values + 1)?;
        match head {
            None => {
                out.extend_from_slice(own);
                out.push(tokens.get(values)?.clone());
                head = Some(own);
            }
            Some(first) if same(first, own) => {
                out.push(TokenWithSpan { token: Token::Comma, ..tokens.get(at)?.clone() });
            }
            Some(_) => return None,
        }
        out.extend_from_slice(tokens.get(values + 1..=end)?);
        at = end + 1;
    }
    let item = matches!(token(tokens, at + 1), Some(Token::Mul | Token::Number(..)));
    let dual = is(tokens, at, "SELECT")
        && item
        && is(tokens, at + 2, "FROM")
        && is(tokens, at + 3, "DUAL")
        && ends(tokens, at + 4);
    head?;
    dual.then(|| {
        out.extend_from_slice(tokens.get(at + 4..).unwrap_or_default());
        out
    })
}

/// The same token, or the same name in another case.
fn alike(one: &Token, two: &Token) -> bool {
    match (one, two) {
        (Token::Word(one), Token::Word(two)) if one.quote_style.is_none() => {
            two.quote_style.is_none() && one.value.eq_ignore_ascii_case(&two.value)
        }
        _ => one == two,
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::Dialect;

    fn read(text: &str) -> String {
        match parse(text, Dialect::Oracle) {
            Ok(parsed) => parsed.statement.to_string(),
            Err(diagnostic) => diagnostic.message,
        }
    }

    #[test]
    fn words_of_storage_are_left_out() {
        for (text, expected) in [
            (
                "CREATE TABLE t (a NUMBER, logging NUMBER) SEGMENT CREATION IMMEDIATE PCTFREE 10 \
                 NOCOMPRESS LOGGING STORAGE (INITIAL 64 NEXT 1) TABLESPACE users PARALLEL 4",
                "CREATE TABLE t (a NUMBER, logging NUMBER)",
            ),
            (
                "CREATE TABLE t NOLOGGING PARALLEL AS SELECT a compress FROM u",
                "CREATE TABLE t AS SELECT a AS compress FROM u",
            ),
            (
                "CREATE OR REPLACE FORCE VIEW v AS SELECT 1 a FROM t",
                "CREATE OR REPLACE VIEW v AS SELECT 1 AS a FROM t",
            ),
            ("DROP TABLE t PURGE;", "DROP TABLE t"),
            ("DROP TABLE purge", "DROP TABLE purge"),
            ("DELETE t WHERE a = 1", "DELETE FROM t WHERE a = 1"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn rows_of_one_table_are_one_insert() {
        assert_eq!(
            read("INSERT ALL INTO t (a) VALUES (1) INTO T (A) VALUES (f(2)) SELECT * FROM dual"),
            "INSERT INTO t (a) VALUES (1), (f(2))"
        );
        for other in [
            "INSERT ALL INTO t (a) VALUES (1) INTO u (a) VALUES (2) SELECT * FROM dual",
            "INSERT ALL INTO t (a) VALUES (1) INTO t (b) VALUES (2) SELECT * FROM dual",
            "INSERT ALL INTO t (a) VALUES (1) SELECT * FROM u",
        ] {
            assert!(read(other).contains("syntax error"), "{other}");
        }
    }
}
