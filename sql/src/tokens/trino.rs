//! `ARRAY(type)` of Trino, which the parser knows as `ARRAY<type>`. Nothing else is written with ARRAY and
//! a parenthesis there: values stand in brackets.

use super::{is_solid, is_word};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The tokens as the parser knows them.
pub(crate) fn rewritten(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    // Of every open parenthesis, whether it became `<`.
    let mut open: Vec<bool> = Vec::new();
    let mut behind_array = false;
    for one in &mut tokens {
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
            behind_array = is_word(&one.token, "ARRAY");
        }
    }
    tokens
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
        ] {
            let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location().unwrap();
            let shown: String = rewritten(tokens).iter().map(|t| t.token.to_string()).collect();
            assert_eq!(shown, expected);
        }
    }
}
