//! Short forms of Transact-SQL that the parser does not know, written out: `$1.50`, which is money,
//! `SET a += 1`, and the first FROM of `DELETE FROM t FROM t JOIN u …`.

use super::{is, is_solid, token, without_blanks};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The tokens as the parser knows them.
pub(crate) fn written_out(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let tokens = with_money(tokens);
    let first = tokens.iter().position(is_solid).unwrap_or_default();
    if is(&tokens, first, "DELETE") {
        return without_second_from(without_blanks(tokens));
    }
    if ["UPDATE", "MERGE", "WITH"].iter().any(|word| is(&tokens, first, word))
        && tokens.iter().any(|one| one.token == Token::Eq)
    {
        return with_assignments(tokens);
    }
    tokens
}

fn at(token: Token, one: &TokenWithSpan) -> TokenWithSpan {
    TokenWithSpan { token, span: one.span }
}

/// `$1.50` as `CAST(1.50 AS money)`. Parameters are called by other names.
fn with_money(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let whole = |one: &TokenWithSpan| match &one.token {
        Token::Placeholder(name) => name
            .strip_prefix('$')
            .filter(|digits| {
                digits.starts_with(|c: char| c.is_ascii_digit())
                    && digits.matches('.').count() < 2
                    && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            })
            .map(str::to_owned),
        _ => None,
    };
    if !tokens.iter().any(|one| whole(one).is_some()) {
        return tokens;
    }
    let mut out = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    while let Some(one) = rest.next() {
        let Some(mut digits) = whole(&one) else {
            out.push(one);
            continue;
        };
        let mut fraction = None;
        if let Some(TokenWithSpan { token: Token::Number(behind, false), .. }) = rest.peek() {
            fraction = behind.starts_with('.').then(|| behind.clone());
        }
        if let Some(fraction) = fraction {
            digits.push_str(&fraction);
            rest.next();
        }
        out.extend(
            [
                Token::make_keyword("CAST"),
                Token::LParen,
                Token::Number(digits, false),
                Token::make_keyword("AS"),
                Token::make_word("money", None),
                Token::RParen,
            ]
            .map(|token| at(token, &one)),
        );
    }
    out
}

/// `DELETE t FROM t JOIN u …`
fn without_second_from(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut behind = 2;
    while token(&tokens, behind + 1) == Some(&Token::Period) {
        behind += 2;
    }
    if is(&tokens, 1, "FROM") && is(&tokens, behind + 1, "FROM") {
        tokens.remove(1);
    }
    tokens
}

/// `MERGE t WITH (HOLDLOCK) AS a` without the hint, which the parser does not expect there.
pub(crate) fn without_merge_hint(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !is(&tokens, 0, "MERGE") {
        return tokens;
    }
    let mut name = if is(&tokens, 1, "INTO") { 2 } else { 1 };
    while token(&tokens, name + 1) == Some(&Token::Period) {
        name += 2;
    }
    let open = name + 2;
    if is(&tokens, name + 1, "WITH") && token(&tokens, open) == Some(&Token::LParen) {
        let close = (open..tokens.len()).find(|at| token(&tokens, *at) == Some(&Token::RParen));
        if let Some(close) = close {
            tokens.drain(name + 1..=close);
        }
    }
    tokens
}

/// `SET a = a + (1)` for `SET a += 1`.
fn with_assignments(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let tokens = without_blanks(tokens);
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    // Where the name begins that may be assigned to.
    let mut name = None;
    // How deep the value stands that is to be closed.
    let mut open: Option<i32> = None;
    let (mut depth, mut cases) = (0_i32, 0_i32);
    for (place, one) in tokens.iter().enumerate() {
        match &one.token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ if is(&tokens, place, "CASE") => cases += 1,
            _ if is(&tokens, place, "END") => cases -= 1,
            _ => {}
        }
        let ends = one.token == Token::Comma
            || one.token == Token::SemiColon
            || ["FROM", "WHERE", "OUTPUT", "OPTION", "WHEN"].iter().any(|w| is(&tokens, place, w));
        if let Some(level) = open
            && (depth < level || (depth == level && cases == 0 && ends))
        {
            out.push(at(Token::RParen, one));
            open = None;
        }
        if is(&tokens, place, "SET") || (one.token == Token::Comma && open.is_none()) {
            name = Some(out.len() + 1);
        }
        let computed = matches!(
            one.token,
            Token::Plus
                | Token::Minus
                | Token::Mul
                | Token::Div
                | Token::Mod
                | Token::Ampersand
                | Token::Pipe
                | Token::Caret
        ) && token(&tokens, place + 1) == Some(&Token::Eq);
        let target = name.and_then(|start| out.get(start..)).map(<[_]>::to_vec).filter(|target| {
            let word = |at: usize| matches!(token(target, at), Some(Token::Word(_)));
            match target.len() {
                1 => word(0),
                3 => word(0) && token(target, 1) == Some(&Token::Period) && word(2),
                _ => false,
            }
        });
        if let (true, None, Some(target), Some(equal)) =
            (computed, open, target, tokens.get(place + 1))
        {
            out.push(equal.clone());
            out.extend(target);
            out.push(one.clone());
            out.push(at(Token::LParen, one));
            open = Some(depth);
            name = None;
            continue;
        }
        let assigned = out.last().is_some_and(|before| before.token == Token::LParen)
            && one.token == Token::Eq
            && open.is_some();
        if !assigned {
            out.push(one.clone());
        }
    }
    if let (Some(_), Some(last)) = (open, tokens.last()) {
        out.push(at(Token::RParen, last));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::{dialect::MsSqlDialect, tokenizer::Tokenizer};

    #[test]
    fn short_forms_are_written_out() {
        for (text, expected) in [
            ("SELECT $1.50, -$2", "SELECT CAST ( 1.50 AS money ) , - CAST ( 2 AS money )"),
            ("SELECT a FROM t WHERE b <= 1", "SELECT a FROM t WHERE b <= 1"),
            ("DELETE FROM dbo.t FROM t JOIN u ON 1 = 1", "DELETE dbo . t FROM t JOIN u ON 1 = 1"),
            (
                "DELETE FROM t WHERE a IN (SELECT b FROM u)",
                "DELETE FROM t WHERE a IN ( SELECT b FROM u )",
            ),
            ("UPDATE t SET a += 1", "UPDATE t SET a = a + ( 1 )"),
            (
                "UPDATE x SET x.a -= CASE WHEN b = 1 THEN 2 END, c = 3, d *= 1 + 1 FROM t x WHERE e = 4",
                "UPDATE x SET x . a = x . a - ( CASE WHEN b = 1 THEN 2 END ) , c = 3 , \
                 d = d * ( 1 + 1 ) FROM t x WHERE e = 4",
            ),
            ("UPDATE t SET a = b + 1, c = - 1", "UPDATE t SET a = b + 1 , c = - 1"),
        ] {
            let tokens = Tokenizer::new(&MsSqlDialect {}, text).tokenize_with_location().unwrap();
            let shown: Vec<String> =
                without_blanks(written_out(tokens)).iter().map(|t| t.token.to_string()).collect();
            assert_eq!(shown.join(" "), expected);
        }
    }
}
