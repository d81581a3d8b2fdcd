//! `WITH 10 AS threshold SELECT …` of `ClickHouse`: a name for a value. The value is written where the
//! name stands; common table expressions stay.

use super::without_blanks;
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

/// Most tokens that a statement may have with its values written out.
const TOKENS_MAX: usize = 100_000;
/// Most clauses that are looked at.
const CLAUSES_MAX: usize = 50;

/// The tokens without names for values. Where it is not clear what a name means they are left as they
/// are, which no parser reads.
pub(crate) fn values_written_out(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let has_clause = tokens.iter().any(|one| keyword(&one.token) == Some(Keyword::WITH));
    if !has_clause {
        return tokens;
    }
    let mut changed = without_blanks(tokens.clone());
    for _ in 0..CLAUSES_MAX {
        match without_values(&changed) {
            Some(Ok(next)) if next.len() <= TOKENS_MAX => changed = next,
            Some(_) => return tokens,
            None => return changed,
        }
    }
    tokens
}

/// A name and the tokens that it stands for.
struct Value {
    name: TokenWithSpan,
    tokens: Vec<TokenWithSpan>,
}

/// The name cannot be told apart from another one.
struct Unclear;

/// The tokens without the values of the first clause that has some; nothing where there is none.
fn without_values(tokens: &[TokenWithSpan]) -> Option<Result<Vec<TokenWithSpan>, Unclear>> {
    let starts = (0..tokens.len()).filter(|at| {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|one| &one.token);
        tokens.get(*at).is_some_and(|one| keyword(&one.token) == Some(Keyword::WITH))
            && matches!(before, None | Some(Token::LParen))
    });
    for start in starts {
        let Some((items, behind)) = items_of(tokens, start + 1) else { continue };
        if items.iter().any(|item| as_value(item).is_some()) {
            return Some(rewritten(tokens, start, &items, behind));
        }
    }
    None
}

fn rewritten(
    tokens: &[TokenWithSpan],
    start: usize,
    items: &[&[TokenWithSpan]],
    behind: usize,
) -> Result<Vec<TokenWithSpan>, Unclear> {
    let end = end_of(tokens, behind);
    let mut values: Vec<Value> = Vec::new();
    let mut kept: Vec<Vec<TokenWithSpan>> = Vec::new();
    for item in items {
        match as_value(item) {
            Some((name, value)) => {
                let tokens = substituted(value, &values)?;
                values.push(Value { name: name.clone(), tokens });
            }
            None => kept.push(substituted(item, &values)?),
        }
    }
    let mut out: Vec<TokenWithSpan> = tokens.get(..start).unwrap_or_default().to_vec();
    let clause = tokens.get(start).filter(|_| !kept.is_empty());
    if let Some(with) = clause {
        out.push(with.clone());
        for (index, item) in kept.into_iter().enumerate() {
            if index > 0 {
                out.push(TokenWithSpan { token: Token::Comma, span: with.span });
            }
            out.extend(item);
        }
    }
    out.extend(substituted(tokens.get(behind..end).unwrap_or_default(), &values)?);
    out.extend_from_slice(tokens.get(end..).unwrap_or_default());
    Ok(out)
}

/// The items of a WITH clause, and where its query begins.
fn items_of(tokens: &[TokenWithSpan], start: usize) -> Option<(Vec<&[TokenWithSpan]>, usize)> {
    let mut items = Vec::new();
    let (mut depth, mut from) = (0_u32, start);
    for (at, one) in tokens.iter().enumerate().skip(start) {
        match &one.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth = depth.checked_sub(1)?,
            Token::Comma if depth == 0 => {
                items.push(tokens.get(from..at)?);
                from = at + 1;
            }
            other if depth == 0 && keyword(other) == Some(Keyword::SELECT) => {
                items.push(tokens.get(from..at)?);
                return Some((items, at));
            }
            _ => {}
        }
    }
    None
}

/// `expression AS name`, and not `name AS (query)`.
fn as_value(item: &[TokenWithSpan]) -> Option<(&TokenWithSpan, &[TokenWithSpan])> {
    let [value @ .., word, name] = item else { return None };
    let named = matches!(name.token, Token::Word(_)) && keyword(&word.token) == Some(Keyword::AS);
    (named && !value.is_empty()).then_some((name, value))
}

/// Where the query ends that begins here: at a closing parenthesis or at the end.
fn end_of(tokens: &[TokenWithSpan], start: usize) -> usize {
    let mut depth = 0_u32;
    for (at, one) in tokens.iter().enumerate().skip(start) {
        match one.token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 0 => return at,
            Token::RParen => depth -= 1,
            Token::SemiColon => return at,
            _ => {}
        }
    }
    tokens.len()
}

/// The tokens with values in place of their names. An item of a SELECT list keeps the name.
fn substituted(tokens: &[TokenWithSpan], values: &[Value]) -> Result<Vec<TokenWithSpan>, Unclear> {
    let mut out = Vec::with_capacity(tokens.len());
    // For each open parenthesis: is it the list of a SELECT that stands here?
    let mut lists = vec![false];
    for (at, one) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|one| &one.token);
        let behind = tokens.get(at + 1).map(|one| &one.token);
        match &one.token {
            Token::LParen | Token::LBracket => lists.push(false),
            Token::RParen | Token::RBracket => {
                lists.pop();
            }
            other => {
                if let (Some(word), Some(list)) = (keyword(other), lists.last_mut()) {
                    *list = match word {
                        Keyword::SELECT => true,
                        word if ends_list(word) => false,
                        _ => *list,
                    };
                }
            }
        }
        let value = values.iter().rev().find(|value| same_name(&value.name.token, &one.token));
        let Some(value) = value else {
            out.push(one.clone());
            continue;
        };
        if before.and_then(keyword) == Some(Keyword::AS) || behind == Some(&Token::Arrow) {
            return Err(Unclear);
        }
        if [before, behind].contains(&Some(&Token::Period)) || behind == Some(&Token::LParen) {
            out.push(one.clone());
            continue;
        }
        let of = |token: Token| TokenWithSpan { token, span: one.span };
        out.push(of(Token::LParen));
        out.extend(value.tokens.iter().cloned());
        out.push(of(Token::RParen));
        let first = match before {
            Some(Token::Comma) => true,
            Some(other) => matches!(keyword(other), Some(Keyword::SELECT | Keyword::DISTINCT)),
            None => false,
        };
        let last = match behind {
            None | Some(Token::Comma | Token::RParen | Token::SemiColon) => true,
            Some(other) => keyword(other).is_some_and(ends_list),
        };
        if lists.last() == Some(&true) && first && last {
            out.push(of(Token::make_word("AS", None)));
            out.push(value.name.clone());
        }
    }
    Ok(out)
}

/// Does the word end the list of a SELECT?
const fn ends_list(word: Keyword) -> bool {
    matches!(
        word,
        Keyword::FROM
            | Keyword::WHERE
            | Keyword::PREWHERE
            | Keyword::GROUP
            | Keyword::HAVING
            | Keyword::ORDER
            | Keyword::LIMIT
            | Keyword::UNION
            | Keyword::EXCEPT
            | Keyword::INTERSECT
            | Keyword::SETTINGS
            | Keyword::FORMAT
            | Keyword::WINDOW
            | Keyword::QUALIFY
    )
}

/// Case counts, quotes do not.
fn same_name(one: &Token, other: &Token) -> bool {
    matches!((one, other), (Token::Word(a), Token::Word(b)) if a.value == b.value)
}

fn keyword(token: &Token) -> Option<Keyword> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::Dialect;

    fn read(text: &str) -> Result<String, String> {
        parse(text, Dialect::ClickHouse)
            .map(|parsed| parsed.statement.to_string())
            .map_err(|d| d.message)
    }

    #[test]
    fn values_stand_where_their_names_stood() {
        for (text, expected) in [
            ("WITH 10 AS x SELECT a FROM t WHERE a > x", "SELECT a FROM t WHERE a > (10)"),
            ("WITH 10 AS x SELECT x, x + 1 FROM t", "SELECT (10) AS x, (10) + 1 FROM t"),
            (
                "WITH 1 AS x, x + 1 AS y, q AS (SELECT y AS z) SELECT z FROM q WHERE z = y",
                "WITH q AS (SELECT ((1) + 1) AS z) SELECT z FROM q WHERE z = ((1) + 1)",
            ),
            (
                "SELECT * FROM (WITH 'a' AS x SELECT f(x) AS y FROM t) AS q WHERE q.x = x",
                "SELECT * FROM (SELECT f(('a')) AS y FROM t) AS q WHERE q.x = x",
            ),
            (
                "WITH (SELECT max(a) FROM t) AS m SELECT t.m, m(1) FROM t WHERE a = m",
                "SELECT t.m, m(1) FROM t WHERE a = ((SELECT max(a) FROM t))",
            ),
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn other_clauses_are_left() {
        for text in [
            "WITH q AS (SELECT 1 AS a) SELECT a FROM q",
            "SELECT a, count() FROM t GROUP BY a WITH ROLLUP",
        ] {
            assert_eq!(read(text).unwrap(), text);
        }
        assert!(read("WITH 10 AS x SELECT a AS x FROM t WHERE x > 1").is_err());
        assert!(read("WITH 10 AS x SELECT arrayMap(x -> x, a) FROM t").is_err());
    }
}
