//! Teradata's own words, done to the tokens: `SEL`, `GT`, `MOD`, `**`, `^=`, `(NAMED x)`, `(TITLE 'x')`,
//! `TRIM(TRAILING FROM x)`, `TRYCAST` and the locking modifier in front of a request. The comparison
//! words and MOD are reserved there, so that no name is taken for one.

use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan, Word},
};

/// The tokens as the parser knows them.
pub(super) fn rewritten(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let tokens: Vec<TokenWithSpan> =
        tokens.into_iter().filter(|one| !matches!(one.token, Token::Whitespace(_))).collect();
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut at = locking(&tokens);
    while let Some(one) = tokens.get(at) {
        let mut one = one.clone();
        let next = tokens.get(at + 1).map(|t| &t.token);
        at += 1;
        match &one.token {
            Token::LParen => {
                if let Some(name) = named(&tokens, at) {
                    let mut word = one.clone();
                    word.token = keyword("AS", Keyword::AS);
                    out.push(word);
                    out.push(name);
                    at += 3;
                    continue;
                }
                if is_word(next, "TITLE")
                    && matches!(token(&tokens, at + 1), Some(Token::SingleQuotedString(_)))
                    && token(&tokens, at + 2) == Some(&Token::RParen)
                {
                    at += 3;
                    continue;
                }
            }
            // `**`: a power; `^=`: not equal.
            Token::Mul if next == Some(&Token::Mul) => {
                one.token = Token::Caret;
                at += 1;
            }
            Token::Caret if next == Some(&Token::Eq) => {
                one.token = Token::Neq;
                at += 1;
            }
            Token::Word(word) if word.quote_style.is_none() => {
                // `TRIM(TRAILING FROM x)`: of blanks.
                let side =
                    ["LEADING", "TRAILING", "BOTH"].iter().any(|s| is_word(Some(&one.token), s));
                if side && is_word(next, "FROM") {
                    let mut blank = one.clone();
                    blank.token = Token::SingleQuotedString(" ".to_owned());
                    out.push(one);
                    out.push(blank);
                    continue;
                }
                if let Some(token) = reserved(&word.value, out.last().map(|t| &t.token)) {
                    one.token = token;
                }
            }
            _ => {}
        }
        out.push(one);
    }
    out
}

/// What a reserved word is for the parser.
fn reserved(word: &str, before: Option<&Token>) -> Option<Token> {
    let token = match word.to_ascii_uppercase().as_str() {
        "SEL" if !matches!(before, Some(Token::Period)) => keyword("SELECT", Keyword::SELECT),
        "EQ" => Token::Eq,
        "NE" => Token::Neq,
        "LT" => Token::Lt,
        "LE" => Token::LtEq,
        "GT" => Token::Gt,
        "GE" => Token::GtEq,
        "MOD" if ends_operand(before) => Token::Mod,
        "TRYCAST" => keyword("TRY_CAST", Keyword::TRY_CAST),
        _ => return None,
    };
    // `t.gt` names a column whatever the word is.
    (before != Some(&Token::Period)).then_some(token)
}

fn ends_operand(before: Option<&Token>) -> bool {
    match before {
        Some(Token::Number(..) | Token::RParen | Token::SingleQuotedString(_)) => true,
        Some(Token::Word(word)) => word.keyword == Keyword::NoKeyword || word.quote_style.is_some(),
        _ => false,
    }
}

/// How many tokens the modifier `LOCKING … FOR ACCESS` in front of a request takes.
fn locking(tokens: &[TokenWithSpan]) -> usize {
    let first = token(tokens, 0);
    if !(is_word(first, "LOCKING") || is_word(first, "LOCK")) {
        return 0;
    }
    let end = tokens
        .iter()
        .take(16)
        .position(|one| is_word(Some(&one.token), "ACCESS") || is_word(Some(&one.token), "READ"));
    end.map_or(0, |end| end + 1)
}

/// The name of `NAMED name )` at this place.
fn named(tokens: &[TokenWithSpan], at: usize) -> Option<TokenWithSpan> {
    let name = tokens.get(at + 1)?;
    let found = is_word(token(tokens, at), "NAMED")
        && matches!(name.token, Token::Word(_))
        && token(tokens, at + 2) == Some(&Token::RParen);
    found.then(|| name.clone())
}

fn token(tokens: &[TokenWithSpan], at: usize) -> Option<&Token> {
    tokens.get(at).map(|one| &one.token)
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
    use sqlparser::{dialect::TeradataDialect, tokenizer::Tokenizer};

    fn done(text: &str) -> String {
        let tokens = Tokenizer::new(&TeradataDialect {}, text).tokenize_with_location().unwrap();
        let shown: Vec<String> = rewritten(tokens).iter().map(|t| t.token.to_string()).collect();
        shown.join(" ")
    }

    #[test]
    fn words_become_what_the_parser_knows() {
        for (text, expected) in [
            ("SEL a FROM t", "SELECT a FROM t"),
            ("SELECT 60 MOD 7", "SELECT 60 % 7"),
            ("SELECT (a) MOD b, a MOD b", "SELECT ( a ) % b , a % b"),
            ("SELECT 2 ** 10", "SELECT 2 ^ 10"),
            ("SELECT a FROM t WHERE a GT 1 AND b ^= 2", "SELECT a FROM t WHERE a > 1 AND b <> 2"),
            ("SELECT a + 1 (NAMED b) FROM t", "SELECT a + 1 AS b FROM t"),
            ("SELECT a (TITLE 'x') FROM t", "SELECT a FROM t"),
            ("SELECT trim(TRAILING FROM a)", "SELECT trim ( TRAILING ' ' FROM a )"),
            ("SELECT TRYCAST(a AS INT)", "SELECT TRY_CAST ( a AS INT )"),
            ("LOCKING ROW FOR ACCESS SELECT a FROM t", "SELECT a FROM t"),
            ("LOCKING TABLE t FOR ACCESS SEL a FROM t", "SELECT a FROM t"),
        ] {
            assert_eq!(done(text), expected);
        }
    }

    #[test]
    fn names_stay_names() {
        for text in ["SELECT t . gt FROM t", "SELECT \"SEL\" FROM t", "SELECT count ( * ) FROM t"] {
            assert_eq!(done(text), text);
        }
    }
}
