//! Oracle's own words, done to the tokens: `^=`, `SELECT UNIQUE`, `ORDER SIBLINGS BY k`, which becomes
//! `ORDER BY 'siblings', k`, and `KEEP (DENSE_RANK FIRST ORDER BY k)`, which becomes
//! `WITHIN GROUP (ORDER BY 'keep first', k)`.

use super::{is, token, without_blanks};
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
