//! Teradata's own words, done to the tokens: `SEL`, `GT`, `MOD`, `**`, `^=`, `(NAMED x)`, `(TITLE 'x')`,
//! `TRYCAST`, `REPLACE VIEW` and the locking modifier in front of a request or of a view's query. The comparison
//! words and MOD are reserved there, so that no name is taken for one.

use super::{is, is_word, token, without_blanks};
use model::Dialect;
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The tokens as the parser knows them.
pub(crate) fn rewritten(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let tokens = without_blanks(tokens);
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut at = locking(&tokens, 0);
    if is(&tokens, at, "REPLACE") && is(&tokens, at + 1, "VIEW") {
        let place = tokens.get(at).cloned();
        for word in ["CREATE", "OR"] {
            out.extend(place.clone().map(|mut one| {
                one.token = Token::make_keyword(word);
                one
            }));
        }
    }
    while let Some(one) = tokens.get(at) {
        let mut one = one.clone();
        let next = tokens.get(at + 1).map(|t| &t.token);
        at += 1;
        match &one.token {
            Token::LParen => {
                if let Some(name) = named(&tokens, at) {
                    let mut word = one.clone();
                    word.token = Token::make_keyword("AS");
                    out.push(word);
                    out.push(name);
                    at += 3;
                    continue;
                }
                if is(&tokens, at, "TITLE")
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
            // `= ANY (1, 2)`, `<> ALL (1, 2)`
            Token::Eq | Token::Neq
                if one_of(&one.token, &tokens, at) && is_list(&tokens, at + 1) =>
            {
                let words: &[&str] = if one.token == Token::Eq { &["IN"] } else { &["NOT", "IN"] };
                out.extend(words.iter().map(|word| TokenWithSpan {
                    token: Token::make_keyword(word),
                    span: one.span,
                }));
                at += 1;
                continue;
            }
            Token::Caret if next == Some(&Token::Eq) => {
                one.token = Token::Neq;
                at += 1;
            }
            Token::Word(word) if word.quote_style.is_none() => {
                let as_before = out.last().is_some_and(|before| is_word(&before.token, "AS"));
                let passed = if as_before { locking(&tokens, at - 1) } else { 0 };
                if passed > 0 {
                    at += passed - 1;
                    continue;
                }
                // Behind AS it can only be a name.
                let name = as_before && is_text_suffix(&word.value);
                let other = if name {
                    Some(Token::make_word(&word.value, Some('"')))
                } else {
                    reserved(&word.value, out.last().map(|t| &t.token))
                };
                if let Some(token) = other {
                    one.token = token;
                }
            }
            _ => {}
        }
        out.push(one);
    }
    let out = super::teradata_windows::with_over(super::teradata_resets::without_resets(out));
    super::teradata_phrases::done(&out)
}

/// Does a word behind a comparison make it one with any of a list, or with all?
fn one_of(sign: &Token, tokens: &[TokenWithSpan], at: usize) -> bool {
    let words: &[&str] = if *sign == Token::Eq { &["ANY", "SOME"] } else { &["ALL"] };
    words.iter().any(|word| is(tokens, at, word))
}

/// Is it a list of values in parentheses, and no query?
fn is_list(tokens: &[TokenWithSpan], open: usize) -> bool {
    let mut first = open + 1;
    while token(tokens, first) == Some(&Token::LParen) {
        first += 1;
    }
    let queries = ["SELECT", "SEL", "WITH"];
    token(tokens, open) == Some(&Token::LParen)
        && !queries.iter().any(|word| is(tokens, first, word))
}

/// What a reserved word is for the parser.
fn reserved(word: &str, before: Option<&Token>) -> Option<Token> {
    let token = match word.to_ascii_uppercase().as_str() {
        "SEL" if !matches!(before, Some(Token::Period)) => Token::make_keyword("SELECT"),
        "EQ" => Token::Eq,
        "NE" => Token::Neq,
        "LT" => Token::Lt,
        "LE" => Token::LtEq,
        "GT" => Token::Gt,
        "GE" => Token::GtEq,
        "MOD" if ends_operand(before) => Token::Mod,
        "TRYCAST" => Token::make_keyword("TRY_CAST"),
        _ => return None,
    };
    // `t.gt` names a column whatever the word is.
    (before != Some(&Token::Period)).then_some(token)
}

/// Words behind which an operand begins.
const BEFORE_OPERANDS: [&str; 33] = [
    "ALL", "AND", "ANY", "AS", "BETWEEN", "BY", "CASE", "CUBE", "DISTINCT", "ELSE", "ESCAPE",
    "FROM", "HAVING", "IN", "INTO", "LIKE", "MINUS", "NOT", "ON", "OR", "OVER", "QUALIFY",
    "ROLLUP", "SELECT", "SET", "SOME", "THEN", "TOP", "USING", "VALUES", "WHEN", "WHERE", "WITH",
];

fn ends_operand(before: Option<&Token>) -> bool {
    match before {
        Some(Token::Number(..) | Token::RParen | Token::SingleQuotedString(_)) => true,
        Some(Token::Word(word)) => word.quote_style.is_some() || !begins_operand(&word.value),
        _ => false,
    }
}

/// Is it a word behind which a value begins?
pub(super) fn begins_operand(word: &str) -> bool {
    BEFORE_OPERANDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Does the word make something else of the text in front of it: `'41'XC`?
fn is_text_suffix(word: &str) -> bool {
    crate::dialects::traits(Dialect::Teradata)
        .text_suffixes
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// How many tokens the modifier `LOCKING … FOR ACCESS` at this place takes.
fn locking(tokens: &[TokenWithSpan], at: usize) -> usize {
    if !(is(tokens, at, "LOCKING") || is(tokens, at, "LOCK")) {
        return 0;
    }
    let end = tokens
        .iter()
        .skip(at)
        .take(16)
        .position(|one| is_word(&one.token, "ACCESS") || is_word(&one.token, "READ"));
    end.map_or(0, |end| end + 1)
}

/// The name of `NAMED name )` at this place.
fn named(tokens: &[TokenWithSpan], at: usize) -> Option<TokenWithSpan> {
    let name = tokens.get(at + 1)?;
    let found = is(tokens, at, "NAMED")
        && matches!(name.token, Token::Word(_))
        && token(tokens, at + 2) == Some(&Token::RParen);
    found.then(|| name.clone())
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
            ("SELECT id MOD 2, t.name MOD id FROM t", "SELECT id % 2 , t . name % id FROM t"),
            (
                "SELECT CASE WHEN MOD(a, 2) = 1 THEN b END MOD 2",
                "SELECT CASE WHEN MOD ( a , 2 ) = 1 THEN b END % 2",
            ),
            ("SELECT 2 ** 10", "SELECT 2 ^ 10"),
            ("SELECT a FROM t WHERE a GT 1 AND b ^= 2", "SELECT a FROM t WHERE a > 1 AND b <> 2"),
            ("SELECT a + 1 (NAMED b) FROM t", "SELECT a + 1 AS b FROM t"),
            ("SELECT a (TITLE 'x') FROM t", "SELECT a FROM t"),
            ("SELECT TRYCAST(a AS INT)", "SELECT TRY_CAST ( a AS INT )"),
            ("LOCKING ROW FOR ACCESS SELECT a FROM t", "SELECT a FROM t"),
            ("LOCKING TABLE t FOR ACCESS SEL a FROM t", "SELECT a FROM t"),
            (
                "REPLACE VIEW v AS LOCKING ROW FOR ACCESS SEL a FROM t",
                "CREATE OR REPLACE VIEW v AS SELECT a FROM t",
            ),
            ("SELECT 'ab' AS x FROM t", "SELECT 'ab' AS \"x\" FROM t"),
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
