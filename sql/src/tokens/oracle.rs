//! Oracle's own words, done to the tokens: `^=`, and `KEEP (DENSE_RANK FIRST ORDER BY k)`, which becomes
//! `WITHIN GROUP (ORDER BY 'keep first', k)`.

use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan, Word},
};

/// The sort key that stands in front of those of `KEEP (DENSE_RANK FIRST …)`.
pub(crate) const FIRST: &str = "keep first";
/// The sort key that stands in front of those of `KEEP (DENSE_RANK LAST …)`.
pub(crate) const LAST: &str = "keep last";

/// The tokens as the parser knows them.
pub(super) fn rewritten(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let tokens: Vec<TokenWithSpan> =
        tokens.into_iter().filter(|one| !matches!(one.token, Token::Whitespace(_))).collect();
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(one) = tokens.get(at) {
        let mut one = one.clone();
        let next = tokens.get(at + 1).map(|t| &t.token);
        if one.token == Token::Caret && next == Some(&Token::Eq) {
            one.token = Token::Neq;
            out.push(one);
            at += 2;
            continue;
        }
        if let Some(which) = kept(&tokens, at) {
            let mut push = |token: Token| out.push(TokenWithSpan { token, span: one.span });
            push(keyword("WITHIN", Keyword::WITHIN));
            push(keyword("GROUP", Keyword::GROUP));
            push(Token::LParen);
            push(keyword("ORDER", Keyword::ORDER));
            push(keyword("BY", Keyword::BY));
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
    let token = |offset: usize| tokens.get(at + offset).map(|one| &one.token);
    let behind = at.checked_sub(1).and_then(|before| tokens.get(before)).map(|one| &one.token);
    let words = is_word(token(0), "KEEP")
        && behind == Some(&Token::RParen)
        && token(1) == Some(&Token::LParen)
        && is_word(token(2), "DENSE_RANK")
        && is_word(token(4), "ORDER")
        && is_word(token(5), "BY");
    match words {
        true if is_word(token(3), "FIRST") => Some(FIRST),
        true if is_word(token(3), "LAST") => Some(LAST),
        _ => None,
    }
}

fn is_word(token: Option<&Token>, text: &str) -> bool {
    matches!(token, Some(Token::Word(word))
        if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(text))
}

fn keyword(text: &str, keyword: Keyword) -> Token {
    Token::Word(Word { value: text.to_owned(), quote_style: None, keyword })
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
        ] {
            let tokens = Tokenizer::new(&OracleDialect {}, text).tokenize_with_location().unwrap();
            let shown: Vec<String> =
                rewritten(tokens).iter().map(|t| t.token.to_string()).collect();
            assert_eq!(shown.join(" "), expected);
        }
    }
}
