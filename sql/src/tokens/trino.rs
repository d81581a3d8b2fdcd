//! `ARRAY(type)` of Trino, which the parser knows as `ARRAY<type>`, and `ROW(x type)`, which it knows as
//! `STRUCT<x type>`. Nothing else is written with ARRAY and
//! a parenthesis there: values stand in brackets. And `VALUES 1, 2`, and `WITH NO DATA`.

use super::{is_solid, is_word};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The tokens as the parser knows them.
pub(crate) fn rewritten(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    // Of every open parenthesis, whether it became `<`.
    let mut open: Vec<bool> = Vec::new();
    let mut behind_array = false;
    let mut behind_as = false;
    let calls: Vec<bool> = (0..tokens.len()).map(|at| opens(&tokens, at)).collect();
    for (one, opens) in tokens.iter_mut().zip(calls) {
        // A type of rows is behind AS, or inside of another type.
        let row = opens && is_word(&one.token, "ROW") && (behind_as || open.last() == Some(&true));
        if row {
            one.token = Token::make_keyword("STRUCT");
        }
        match one.token {
            Token::LParen => {
                open.push(behind_array);
                if behind_array {
                    one.token = Token::Lt;
                }
            }
            Token::RParen if open.pop() == Some(true) => one.token = Token::Gt,
            _ => {}
        }
        if is_solid(one) {
            behind_array = row || is_word(&one.token, "ARRAY");
            behind_as = is_word(&one.token, "AS");
        }
    }
    tokens
}

/// Does a parenthesis open behind it?
fn opens(tokens: &[TokenWithSpan], at: usize) -> bool {
    let next = tokens.iter().skip(at + 1).find(|one| is_solid(one));
    next.is_some_and(|one| one.token == Token::LParen)
}

/// Rows of one value without parentheses, `VALUES 1, 2`, with those that the parser wants.
pub(crate) fn rows_in_parentheses(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    const BEHIND: [&str; 7] = ["ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "EXCEPT", "INTERSECT"];
    let mut out = Vec::with_capacity(tokens.len());
    // How deep each list of such rows stands in parentheses and brackets.
    let mut open: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    let mut behind_values = false;
    let mut last = None;
    for one in tokens {
        if !is_solid(&one) {
            out.push(one);
            continue;
        }
        let like = |token: Token, span| TokenWithSpan { token, span };
        let rows = open.last() == Some(&depth);
        let closes = matches!(one.token, Token::RParen | Token::RBracket);
        let ends = closes
            || one.token == Token::SemiColon
            || BEHIND.iter().any(|word| is_word(&one.token, word));
        if behind_values && one.token != Token::LParen && !ends {
            open.push(depth);
            out.push(like(Token::LParen, one.span));
        } else if rows && ends {
            open.pop();
            out.push(like(Token::RParen, last.unwrap_or(one.span)));
        } else if rows && one.token == Token::Comma {
            out.push(like(Token::RParen, last.unwrap_or(one.span)));
        }
        behind_values = is_word(&one.token, "VALUES");
        let next_row = one.token == Token::Comma && open.last() == Some(&depth);
        match one.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
        let span = one.span;
        last = Some(span);
        out.push(one);
        if next_row {
            out.push(like(Token::LParen, span));
        }
    }
    if let Some(span) = last {
        out.extend(open.iter().map(|_| TokenWithSpan { token: Token::RParen, span }));
    }
    out
}

/// `CREATE TABLE t AS q WITH NO DATA` as a table of a query without rows, and `WITH DATA` left out.
pub(crate) fn with_data(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let solid: Vec<usize> = tokens
        .iter()
        .enumerate()
        .filter(|(_, one)| is_solid(one) && one.token != Token::SemiColon)
        .map(|(at, _)| at)
        .collect();
    let word = |nth: usize, text: &str| {
        solid.get(nth).and_then(|at| tokens.get(*at)).is_some_and(|one| is_word(&one.token, text))
    };
    let ends = |words: &[&str]| {
        let from = solid.len().checked_sub(words.len())?;
        words.iter().zip(from..).all(|(text, nth)| word(nth, text)).then_some(from)
    };
    let empty = ends(&["WITH", "NO", "DATA"]);
    let found = (1..solid.len()).find(|nth| word(*nth, "AS"));
    let (Some(end), Some(behind_as), true) =
        (empty.or_else(|| ends(&["WITH", "DATA"])), found, word(0, "CREATE"))
    else {
        return tokens;
    };
    let (Some(&end), Some(&start)) = (solid.get(end), solid.get(behind_as)) else { return tokens };
    let Some(place) = tokens.get(end).cloned() else { return tokens };
    let like = |token: Token| TokenWithSpan { token, ..place.clone() };
    let mut out: Vec<TokenWithSpan> = tokens.iter().take(start + 1).cloned().collect();
    let query = tokens.get(start + 1..end).unwrap_or_default();
    if empty.is_some() {
        let blank = || like(Token::Whitespace(sqlparser::tokenizer::Whitespace::Space));
        out.extend([blank(), like(Token::make_keyword("SELECT")), blank(), like(Token::Mul)]);
        out.extend([blank(), like(Token::make_keyword("FROM")), blank(), like(Token::LParen)]);
        out.extend_from_slice(query);
        out.extend([like(Token::RParen), blank(), like(Token::make_keyword("AS")), blank()]);
        out.extend([like(Token::make_word("no_rows", None)), blank()]);
        out.extend([like(Token::make_keyword("WHERE")), blank(), like(number("1"))]);
        out.extend([like(Token::Eq), like(number("0"))]);
    } else {
        out.extend_from_slice(query);
    }
    out
}

fn number(digits: &str) -> Token {
    Token::Number(digits.to_owned(), false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::{dialect::GenericDialect, tokenizer::Tokenizer};

    #[test]
    fn parentheses_behind_array_hold_a_type() {
        for (text, expected) in [
            ("CAST(a AS array(integer))", "CAST(a AS array<integer>)"),
            ("CAST(a AS ARRAY (ARRAY(varchar(3))))", "CAST(a AS ARRAY <ARRAY<varchar(3)>>)"),
            ("cardinality(ARRAY[(1 + 2) * 3])", "cardinality(ARRAY[(1 + 2) * 3])"),
            ("array(integer", "array<integer"),
            (") array", ") array"),
            (
                "CAST(r AS ROW(a integer, b ROW(c date)))",
                "CAST(r AS STRUCT<a integer, b STRUCT<c date>>)",
            ),
            (
                "CAST(ROW(1) AS array(row(x varchar(3))))",
                "CAST(ROW(1) AS array<STRUCT<x varchar(3)>>)",
            ),
            ("SELECT ROW(1, 2) AS row", "SELECT ROW(1, 2) AS row"),
        ] {
            let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location().unwrap();
            let shown: String = rewritten(tokens).iter().map(|t| t.token.to_string()).collect();
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn tables_without_data_are_of_queries_without_rows() {
        for (text, expected) in [
            (
                "CREATE TABLE t AS SELECT a FROM u WITH NO DATA",
                "CREATE TABLE t AS SELECT * FROM ( SELECT a FROM u ) AS no_rows WHERE 1=0",
            ),
            ("CREATE TABLE t AS SELECT 1 AS a WITH DATA;", "CREATE TABLE t AS SELECT 1 AS a "),
            ("SELECT a FROM u WITH NO DATA", "SELECT a FROM u WITH NO DATA"),
            ("CREATE TABLE t (a integer)", "CREATE TABLE t (a integer)"),
            ("WITH DATA", "WITH DATA"),
            ("CREATE AS", "CREATE AS"),
        ] {
            let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location().unwrap();
            let shown: String = with_data(tokens).iter().map(|t| t.token.to_string()).collect();
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn rows_of_one_value_get_parentheses() {
        for (text, expected) in [
            ("VALUES 1, 2", "VALUES (1),( 2)"),
            ("(VALUES 1) t(x)", "(VALUES (1)) t(x)"),
            ("VALUES f(1, 2), ARRAY[3, 4] ORDER BY 1", "VALUES (f(1, 2)),( ARRAY[3, 4])ORDER BY 1"),
            ("VALUES (1, 2), (3, 4)", "VALUES (1, 2), (3, 4)"),
            ("VALUES (VALUES 1), 2", "VALUES (VALUES (1)), 2"),
            ("VALUES", "VALUES"),
            ("VALUES 1, ", "VALUES (1),()"),
            ("VALUES 1)) ,", "VALUES (1))) ,"),
        ] {
            let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location().unwrap();
            let made = rows_in_parentheses(tokens);
            let shown: String = made.iter().map(|t| t.token.to_string()).collect();
            assert_eq!(shown.replace(" )", ")"), expected);
        }
    }
}
