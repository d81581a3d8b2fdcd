//! `RESET WHEN` of Teradata's windows, done to the tokens: where its condition is true a new partition begins
//! inside the partition.
//!
//! The rows of FROM and WHERE become a query that tells the condition, and that one a query that counts how often
//! it was true up to each row, which is what the window is partitioned by. A SELECT of several tables, of groups
//! or of `*` is left as it is, and refused then.
//! <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Functions-Expressions-and-Predicates/Ordered-Analytical/Window-Aggregate-Functions/The-Window-Feature/RESET-WHEN-Phrase>

use super::{is, is_word, token};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Most windows of that kind in a statement.
const MOST: usize = 16;

/// The tokens without `RESET WHEN`; without blanks.
pub(super) fn without_resets(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    for number in 0..MOST {
        let found = (0..tokens.len()).find(|at| is_reset(&tokens, *at));
        let Some(done) = found.and_then(|at| without(&tokens, at, number * MOST)) else { break };
        tokens = done;
    }
    tokens
}

fn is_reset(tokens: &[TokenWithSpan], at: usize) -> bool {
    is(tokens, at, "RESET") && is(tokens, at + 1, "WHEN")
}

/// One window: where its parenthesis stands and ends, its PARTITION BY and ORDER BY, its condition, its frame.
struct Window {
    open: usize,
    close: usize,
    partition: Vec<TokenWithSpan>,
    order: Vec<TokenWithSpan>,
    condition: Vec<TokenWithSpan>,
    frame: Vec<TokenWithSpan>,
}

/// The tokens with the SELECT around the window at `reset` written otherwise.
fn without(tokens: &[TokenWithSpan], reset: usize, first: usize) -> Option<Vec<TokenWithSpan>> {
    let start = select_around(tokens, reset)?;
    let level = |at: usize, words: &[&str]| words.iter().any(|word| is(tokens, at, word));
    let ends = ["UNION", "INTERSECT", "EXCEPT", "MINUS"];
    let inside = own_level(tokens, start)?;
    let end = inside.iter().copied().find(|at| level(*at, &ends) || ends_text(tokens, *at));
    let end = end.or_else(|| inside.last().map(|last| last + 1))?;
    let inside: Vec<usize> = inside.into_iter().filter(|at| *at < end).collect();
    let find = |words: &[&str]| inside.iter().copied().find(|at| level(*at, words));
    if find(&["GROUP", "HAVING", "SAMPLE", "WINDOW"]).is_some() {
        return None;
    }
    let from = find(&["FROM"]).filter(|from| *from > start)?;
    let clauses = ["WHERE", "QUALIFY", "ORDER"];
    let behind = |after: usize, words: &[&str]| {
        inside.iter().copied().find(|at| *at > after && level(*at, words)).unwrap_or(end)
    };
    let source_end = behind(from, &clauses);
    let alias = alias_of(tokens.get(from + 1..source_end)?)?;
    let filter_end = if is(tokens, source_end, "WHERE") {
        behind(source_end, &["QUALIFY", "ORDER"])
    } else {
        source_end
    };
    let star = |at: &usize| {
        token(tokens, *at) == Some(&Token::Mul)
            && at.checked_sub(1).is_some_and(|before| {
                level(before, &["SELECT", "DISTINCT", "ALL"])
                    || matches!(token(tokens, before), Some(Token::Comma | Token::Period))
            })
    };
    if inside.iter().any(star) {
        return None;
    }
    let mut windows = Vec::new();
    for at in start..end {
        if is_reset(tokens, at) {
            // One in a query inside is for another turn.
            (select_around(tokens, at)? == start).then_some(())?;
            windows.push(window(tokens, at)?);
        }
    }
    let place = tokens.get(reset)?.span;
    let made = |token: Token| TokenWithSpan { token, span: place };
    let words = |text: &[&str]| -> Vec<TokenWithSpan> {
        text.iter().map(|word| made(Token::make_keyword(word))).collect()
    };
    let name =
        |kind: &str, at: usize| made(Token::make_word(&format!("{kind}{}", first + at + 1), None));
    let every = || vec![alias.clone(), made(Token::Period), made(Token::Mul)];
    let (comma, open, close) =
        (|| made(Token::Comma), || made(Token::LParen), || made(Token::RParen));
    // The rows, with what the conditions say.
    let mut told = words(&["SELECT"]);
    told.extend(every());
    for (at, one) in windows.iter().enumerate() {
        told.push(comma());
        told.extend(words(&["CASE", "WHEN"]));
        told.extend_from_slice(&one.condition);
        told.extend(words(&["THEN"]));
        told.push(made(Token::Number("1".to_owned(), false)));
        told.extend(words(&["ELSE"]));
        told.push(made(Token::Number("0".to_owned(), false)));
        told.extend(words(&["END", "AS"]));
        told.push(name("_when", at));
    }
    told.extend_from_slice(tokens.get(from..filter_end)?);
    // How often they were true.
    let mut counted = words(&["SELECT"]);
    counted.extend(every());
    for (at, one) in windows.iter().enumerate() {
        counted.extend([comma(), made(Token::make_word("SUM", None)), open(), name("_when", at)]);
        counted.push(close());
        counted.extend(words(&["OVER"]));
        counted.push(open());
        counted.extend_from_slice(&one.partition);
        counted.extend_from_slice(&one.order);
        counted.extend(words(&["ROWS", "UNBOUNDED", "PRECEDING"]));
        counted.push(close());
        counted.extend(words(&["AS"]));
        counted.push(name("_reset", at));
    }
    counted.extend(words(&["FROM"]));
    counted.push(open());
    counted.extend(told);
    counted.push(close());
    counted.extend(words(&["AS"]));
    counted.push(alias.clone());
    // The SELECT itself.
    let mut out = tokens.get(..start)?.to_vec();
    let copy = |out: &mut Vec<TokenWithSpan>, from: usize, to: usize| {
        let mut at = from;
        while at < to {
            let Some((number, one)) = windows.iter().enumerate().find(|(_, one)| one.open == at)
            else {
                out.extend(tokens.get(at).cloned());
                at += 1;
                continue;
            };
            out.push(open());
            if one.partition.is_empty() {
                out.extend(words(&["PARTITION", "BY"]));
            } else {
                out.extend_from_slice(&one.partition);
                out.push(comma());
            }
            out.push(name("_reset", number));
            out.extend_from_slice(&one.order);
            out.extend_from_slice(&one.frame);
            out.push(close());
            at = one.close + 1;
        }
    };
    copy(&mut out, start, from);
    out.extend(words(&["FROM"]));
    out.push(open());
    out.extend(counted);
    out.push(close());
    out.extend(words(&["AS"]));
    out.push(alias);
    copy(&mut out, filter_end, tokens.len());
    Some(out)
}

/// The SELECT that the token at this place belongs to.
fn select_around(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    (0..at).rev().find(|back| {
        match token(tokens, *back) {
            Some(Token::RParen) => depth += 1,
            Some(Token::LParen) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && is(tokens, *back, "SELECT")
    })
}

/// The places behind `start` that stand in no further parentheses, up to the one that ends them.
fn own_level(tokens: &[TokenWithSpan], start: usize) -> Option<Vec<usize>> {
    let mut depth = 0_usize;
    let mut out = Vec::new();
    for at in start..tokens.len() {
        match token(tokens, at)? {
            Token::LParen => depth += 1,
            Token::RParen if depth == 0 => return Some(out),
            Token::RParen => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            out.push(at);
        }
    }
    Some(out)
}

fn ends_text(tokens: &[TokenWithSpan], at: usize) -> bool {
    matches!(token(tokens, at), Some(Token::SemiColon | Token::EOF))
}

/// The name of the only relation of a FROM.
fn alias_of(source: &[TokenWithSpan]) -> Option<TokenWithSpan> {
    let mut depth = 0_usize;
    for one in source {
        match &one.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.checked_sub(1)?,
            Token::Comma if depth == 0 => return None,
            word if depth == 0 && (is_word(word, "JOIN") || is_word(word, "ON")) => return None,
            _ => {}
        }
    }
    let last = source.last()?;
    matches!(last.token, Token::Word(_)).then(|| last.clone())
}

/// The window around `RESET WHEN`.
fn window(tokens: &[TokenWithSpan], reset: usize) -> Option<Window> {
    let mut depth = 0_usize;
    let open = (0..reset).rev().find(|back| {
        match token(tokens, *back) {
            Some(Token::RParen) => depth += 1,
            Some(Token::LParen) if depth == 0 => return true,
            Some(Token::LParen) => depth -= 1,
            _ => {}
        }
        false
    })?;
    is(tokens, open.checked_sub(1)?, "OVER").then_some(())?;
    let inside = own_level(tokens, open + 1)?;
    let close = {
        let mut depth = 0_usize;
        (open + 1..tokens.len()).find(|at| {
            match token(tokens, *at) {
                Some(Token::LParen) => depth += 1,
                Some(Token::RParen) if depth == 0 => return true,
                Some(Token::RParen) => depth -= 1,
                _ => {}
            }
            false
        })?
    };
    let order = inside.iter().copied().find(|at| is(tokens, *at, "ORDER"))?;
    let frame = inside.iter().copied().find(|at| *at > reset && is(tokens, *at, "ROWS"));
    let frame = frame.unwrap_or(close);
    let part = |from: usize, to: usize| tokens.get(from..to).map(<[TokenWithSpan]>::to_vec);
    Some(Window {
        open,
        close,
        partition: part(open + 1, order)?,
        order: part(order, reset)?,
        condition: part(reset + 2, frame)?,
        frame: part(frame, close)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::{dialect::TeradataDialect, tokenizer::Tokenizer};

    fn shown(text: &str) -> String {
        let tokens = Tokenizer::new(&TeradataDialect {}, text).tokenize_with_location().unwrap();
        let tokens = without_resets(super::super::without_blanks(tokens));
        tokens.iter().map(|one| one.token.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn windows_are_partitioned_by_what_was_true() {
        for (text, expected) in [
            (
                "SELECT a, SUM(b) OVER (PARTITION BY c ORDER BY d RESET WHEN b > 1 ROWS UNBOUNDED PRECEDING) FROM t WHERE a > 0 ORDER BY 1",
                "SELECT a , SUM ( b ) OVER ( PARTITION BY c , _reset1 ORDER BY d ROWS UNBOUNDED PRECEDING ) FROM ( \
                 SELECT t . * , SUM ( _when1 ) OVER ( PARTITION BY c ORDER BY d ROWS UNBOUNDED PRECEDING ) AS _reset1 FROM ( \
                 SELECT t . * , CASE WHEN b > 1 THEN 1 ELSE 0 END AS _when1 FROM t WHERE a > 0 ) AS t ) AS t ORDER BY 1",
            ),
            (
                "SELECT ROW_NUMBER() OVER (ORDER BY d RESET WHEN b <= SUM(b) OVER (ORDER BY d ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)) AS n FROM s.t x",
                "SELECT ROW_NUMBER ( ) OVER ( PARTITION BY _reset1 ORDER BY d ) AS n FROM ( \
                 SELECT x . * , SUM ( _when1 ) OVER ( ORDER BY d ROWS UNBOUNDED PRECEDING ) AS _reset1 FROM ( \
                 SELECT x . * , CASE WHEN b <= SUM ( b ) OVER ( ORDER BY d ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING ) THEN 1 ELSE 0 END AS _when1 FROM s . t x ) AS x ) AS x",
            ),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn what_is_not_certain_stays() {
        for text in [
            "SELECT * , SUM ( b ) OVER ( ORDER BY d RESET WHEN b > 1 ) FROM t",
            "SELECT t . * , SUM ( b ) OVER ( ORDER BY d RESET WHEN b > 1 ) FROM t",
            "SELECT SUM ( b ) OVER ( ORDER BY d RESET WHEN b > 1 ) FROM t , u",
            "SELECT SUM ( b ) OVER ( ORDER BY d RESET WHEN b > 1 ) FROM t JOIN u ON t . a = u . a",
            "SELECT SUM ( SUM ( b ) ) OVER ( ORDER BY d RESET WHEN d > 1 ) FROM t GROUP BY d",
            "SELECT SUM ( b ) OVER ( RESET WHEN b > 1 ) FROM t",
            "SELECT RESET WHEN",
            "RESET WHEN ) (",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
