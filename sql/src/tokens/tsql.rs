//! Operators of Transact-SQL that the parser does not know: `!<` is `>=`, `!>` is `<=`. And texts that
//! go on in the next line behind a backslash.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/language-elements/sql-server-utilities-statements-backslash>

use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The tokens as the parser knows them.
pub(crate) fn rewritten(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    for mut one in tokens {
        let not = out.last().is_some_and(|before| before.token == Token::ExclamationMark);
        let turned = match one.token {
            Token::Lt if not => Some(Token::GtEq),
            Token::Gt if not => Some(Token::LtEq),
            _ => None,
        };
        if let Token::SingleQuotedString(text) | Token::NationalStringLiteral(text) = &mut one.token
            && (text.contains("\\\n") || text.contains("\\\r\n"))
        {
            *text = text.replace("\\\r\n", "").replace("\\\n", "");
        }
        if let Some(token) = turned {
            out.pop();
            one.token = token;
        }
        out.push(one);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::{dialect::MsSqlDialect, tokenizer::Tokenizer};

    #[test]
    fn negated_comparisons() {
        let text = "a !< 1 AND b!>2 AND c != 3";
        let tokens = Tokenizer::new(&MsSqlDialect {}, text).tokenize_with_location().unwrap();
        let shown: String = rewritten(tokens).iter().map(|one| one.token.to_string()).collect();
        assert_eq!(shown, "a >= 1 AND b<=2 AND c <> 3");
    }

    #[test]
    fn texts_go_on_behind_a_backslash() {
        let text = "'one\\\ntwo' N'a\\\r\nb' 'c\\d'";
        let tokens = Tokenizer::new(&MsSqlDialect {}, text).tokenize_with_location().unwrap();
        let shown: String = rewritten(tokens).iter().map(|one| one.token.to_string()).collect();
        assert_eq!(shown, "'onetwo' N'ab' 'c\\d'");
    }
}
