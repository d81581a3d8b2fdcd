//! Oracle's own words, done to the tokens: `^=`, `SELECT UNIQUE`, `ORDER SIBLINGS BY k`, which becomes
//! `ORDER BY 'siblings', k`, `= ANY (1, 2)`, which becomes `IN (1, 2)`, and `KEEP (DENSE_RANK FIRST ORDER BY k)`, which becomes
//! `WITHIN GROUP (ORDER BY 'keep first', k)`.

use super::{is, is_word, token, without_blanks};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The sort key that stands in front of those of `KEEP (DENSE_RANK FIRST …)`.
pub(crate) const FIRST: &str = "keep first";
/// The sort key that stands in front of those of `KEEP (DENSE_RANK LAST …)`.
pub(crate) const LAST: &str = "keep last";

/// The sort key that stands in front of those of `ORDER SIBLINGS BY`.
pub(crate) const SIBLINGS: &str = "siblings";

/// The tokens as the parser knows them.
pub(crate) fn rewritten(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let tokens = without_blanks(tokens);
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(one) = tokens.get(at) {
        let mut one = one.clone();
        if one.token == Token::Caret && token(&tokens, at + 1) == Some(&Token::Eq) {
            one.token = Token::Neq;
            out.push(one);
            at += 2;
            continue;
        }
        if is(&tokens, at, "UNIQUE") && at > 0 && is(&tokens, at - 1, "SELECT") {
            one.token = Token::make_keyword("DISTINCT");
        }
        if is(&tokens, at, "SIBLINGS")
            && at > 0
            && is(&tokens, at - 1, "ORDER")
            && is(&tokens, at + 1, "BY")
        {
            let mut push = |token: Token| out.push(TokenWithSpan { token, span: one.span });
            push(Token::make_keyword("BY"));
            push(Token::SingleQuotedString(SIBLINGS.to_owned()));
            push(Token::Comma);
            at += 2;
            continue;
        }
        if let Some((words, behind)) = listed(&tokens, at) {
            for word in words {
                out.push(TokenWithSpan { token: word.clone(), span: one.span });
            }
            at = behind;
            continue;
        }
        if let Some(which) = kept(&tokens, at) {
            let mut push = |token: Token| out.push(TokenWithSpan { token, span: one.span });
            push(Token::make_keyword("WITHIN"));
            push(Token::make_keyword("GROUP"));
            push(Token::LParen);
            push(Token::make_keyword("ORDER"));
            push(Token::make_keyword("BY"));
            push(Token::SingleQuotedString(which.to_owned()));
            push(Token::Comma);
            at += 6;
            continue;
        }
        out.push(one);
        at += 1;
    }
    out
}

/// Does `KEEP (DENSE_RANK FIRST ORDER BY` stand here, behind the arguments of a call?
fn kept(tokens: &[TokenWithSpan], at: usize) -> Option<&'static str> {
    let words = is(tokens, at, "KEEP")
        && at > 0
        && token(tokens, at - 1) == Some(&Token::RParen)
        && token(tokens, at + 1) == Some(&Token::LParen)
        && is(tokens, at + 2, "DENSE_RANK")
        && is(tokens, at + 4, "ORDER")
        && is(tokens, at + 5, "BY");
    match words {
        true if is(tokens, at + 3, "FIRST") => Some(FIRST),
        true if is(tokens, at + 3, "LAST") => Some(LAST),
        _ => None,
    }
}

/// A comparison with ANY, SOME or ALL of a list of constant numbers, which stands here: `= ANY (1, 2)` is
/// `IN (1, 2)`, `> ALL (1, 2)` is `> GREATEST(1, 2)`. The tokens instead, up to the list, and where that is.
fn listed(tokens: &[TokenWithSpan], at: usize) -> Option<(Vec<Token>, usize)> {
    let operator = token(tokens, at)?;
    let word = token(tokens, at + 1)?;
    let any = is_word(word, "ANY") || is_word(word, "SOME");
    if (!any && !is_word(word, "ALL")) || token(tokens, at + 2) != Some(&Token::LParen) {
        return None;
    }
    let mut inside = tokens.get(at + 3..)?.iter().map(|one| &one.token);
    let mut several = false;
    loop {
        let mut number = inside.next()?;
        if *number == Token::Minus {
            number = inside.next()?;
        }
        if !matches!(number, Token::Number(..)) {
            return None;
        }
        match inside.next()? {
            Token::Comma => several = true,
            Token::RParen => break,
            _ => return None,
        }
    }
    let named = |name: &str| {
        let first = [operator.clone()];
        let name = several.then(|| Token::make_word(name, None));
        first.into_iter().chain(name).collect()
    };
    let words = match (operator, any) {
        (Token::Eq, true) => vec![Token::make_keyword("IN")],
        (Token::Neq, false) => vec![Token::make_keyword("NOT"), Token::make_keyword("IN")],
        (Token::Gt | Token::GtEq, false) | (Token::Lt | Token::LtEq, true) => named("GREATEST"),
        (Token::Gt | Token::GtEq, true) | (Token::Lt | Token::LtEq, false) => named("LEAST"),
        _ => return None,
    };
    Some((words, at + 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::{dialect::OracleDialect, tokenizer::Tokenizer};

    #[test]
    fn words_become_what_the_parser_knows() {
        for (text, expected) in [
            ("SELECT a FROM t WHERE b ^= 2", "SELECT a FROM t WHERE b <> 2"),
            (
                "SELECT max(a) KEEP (DENSE_RANK LAST ORDER BY b DESC) FROM t",
                "SELECT max ( a ) WITHIN GROUP ( ORDER BY 'keep last' , b DESC ) FROM t",
            ),
            ("SELECT keep FROM t", "SELECT keep FROM t"),
            ("FROM t ORDER SIBLINGS BY a", "FROM t ORDER BY 'siblings' , a"),
            ("SELECT siblings FROM t ORDER BY 1", "SELECT siblings FROM t ORDER BY 1"),
            ("a = ANY (1, -2)", "a IN ( 1 , - 2 )"),
            ("a <> ALL (1, 2)", "a NOT IN ( 1 , 2 )"),
            ("a > ALL (1, 2)", "a > GREATEST ( 1 , 2 )"),
            ("a <= SOME (1, 2)", "a <= GREATEST ( 1 , 2 )"),
            ("a < ALL (1)", "a < ( 1 )"),
            ("a <> ANY (1, 2)", "a <> ANY ( 1 , 2 )"),
            ("a = ANY (b, 2)", "a = ANY ( b , 2 )"),
            ("SELECT UNIQUE a FROM t", "SELECT DISTINCT a FROM t"),
            ("SELECT a, \"UNIQUE\" FROM t", "SELECT a , \"UNIQUE\" FROM t"),
        ] {
            let tokens = Tokenizer::new(&OracleDialect {}, text).tokenize_with_location().unwrap();
            let shown: Vec<String> =
                rewritten(tokens).iter().map(|t| t.token.to_string()).collect();
            assert_eq!(shown.join(" "), expected);
        }
    }
}
