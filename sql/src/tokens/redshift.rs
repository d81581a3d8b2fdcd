//! `APPROXIMATE COUNT(DISTINCT x)` and `APPROXIMATE PERCENTILE_DISC(…)` of Redshift: the word and the
//! function behind it become one name.

use super::{is_word, without_blanks};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The tokens as the parser knows them.
pub(crate) fn rewritten(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    // Most statements have none, and moving tokens takes time.
    if !tokens.iter().any(|one| is_word(&one.token, "APPROXIMATE")) {
        return tokens;
    }
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    for mut one in without_blanks(tokens) {
        if out.last().is_some_and(|before| is_word(&before.token, "APPROXIMATE"))
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
