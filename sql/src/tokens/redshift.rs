//! `APPROXIMATE COUNT(DISTINCT x)` and `APPROXIMATE PERCENTILE_DISC(…)` of Redshift: the word and the
//! function behind it become one name.

use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The tokens as the parser knows them.
pub(super) fn rewritten(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    for mut one in tokens {
        if matches!(one.token, Token::Whitespace(_)) {
            continue;
        }
        let before = match out.last().map(|last| &last.token) {
            Some(Token::Word(word)) if word.quote_style.is_none() => word.value.clone(),
            _ => String::new(),
        };
        if before.eq_ignore_ascii_case("approximate")
            && let Token::Word(word) = &mut one.token
            && ["count", "percentile_disc"].iter().any(|f| word.value.eq_ignore_ascii_case(f))
        {
            word.value = format!("approximate_{}", word.value.to_lowercase());
            word.keyword = sqlparser::keywords::Keyword::NoKeyword;
            if let Some(first) = out.pop() {
                one.span.start = first.span.start;
            }
        }
        out.push(one);
    }
    out
}
