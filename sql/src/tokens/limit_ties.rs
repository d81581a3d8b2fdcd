//! `LIMIT 3 WITH TIES` of `ClickHouse`, which the parser knows as `FETCH FIRST 3 ROWS WITH TIES`.
//! <https://clickhouse.com/docs/sql-reference/statements/select/limit>

use super::{is, without_blanks};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The tokens with the words that the parser knows. With an offset they stay, which no parser reads.
pub(crate) fn as_fetch(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !(0..tokens.len()).any(|at| is(&tokens, at, "TIES")) {
        return tokens;
    }
    let mut tokens = without_blanks(tokens);
    let mut at = 0;
    while at < tokens.len() {
        let counted = is(&tokens, at, "LIMIT") && is(&tokens, at + 2, "WITH");
        let number = tokens.get(at + 1).filter(|one| matches!(one.token, Token::Number(..)));
        let (true, true, Some(number)) = (counted, is(&tokens, at + 3, "TIES"), number) else {
            at += 1;
            continue;
        };
        let number = number.clone();
        let word =
            |name: &str| TokenWithSpan { token: Token::make_keyword(name), ..number.clone() };
        let words = [word("FETCH"), word("FIRST"), number.clone(), word("ROWS")];
        tokens.splice(at..at + 2, words);
        at += 4;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse};
    use model::Dialect;

    #[test]
    fn ties_are_kept() {
        for (text, read) in [
            ("SELECT number FROM numbers(9) ORDER BY number LIMIT 3 WITH TIES", true),
            ("SELECT number FROM numbers(9) ORDER BY number LIMIT 1, 3 WITH TIES", false),
            ("SELECT number FROM numbers(9) ORDER BY number LIMIT 3 WITH", false),
        ] {
            let parsed = parse(text, Dialect::ClickHouse);
            let bound = parsed.is_ok_and(|one| one.bind(&Catalog::default(), &[]).is_ok());
            assert_eq!(bound, read, "{text}");
        }
    }
}
