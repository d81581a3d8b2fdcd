//! Window functions of Teradata without OVER, done to the tokens: `CSUM(x, y)`, `MSUM(x, 3, y)`,
//! `MAVG(x, 3, y)`, `MDIFF(x, 3, y)` and `RANK(x DESC)`, written with OVER.
//!
//! Beside GROUP BY they are computed for each group, which is another thing than here: such a text is
//! left as it is, and refused then.
//! <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Functions-Expressions-and-Predicates/Ordered-Analytical/Window-Aggregate-Functions>

use super::{is, is_word, token};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The tokens with OVER; without blanks.
pub(super) fn with_over(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let names = ["CSUM", "MSUM", "MAVG", "MDIFF", "RANK"];
    let calls = |one: &TokenWithSpan| names.iter().any(|name| is_word(&one.token, name));
    if !tokens.iter().any(calls) || (0..tokens.len()).any(|at| is(&tokens, at, "GROUP")) {
        return tokens;
    }
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len() + 16);
    let mut at = 0;
    while let Some(one) = tokens.get(at) {
        if calls(one)
            && let Some((args, behind)) = arguments(&tokens, at + 1)
            && !is(&tokens, behind, "OVER")
            && let Some(written) = written(one, &args)
        {
            out.extend(written.into_iter().map(|token| TokenWithSpan { token, span: one.span }));
            at = behind;
            continue;
        }
        out.push(one.clone());
        at += 1;
    }
    out
}

/// The arguments in the parentheses at this place, and the place behind them.
fn arguments(tokens: &[TokenWithSpan], open: usize) -> Option<(Vec<Vec<Token>>, usize)> {
    (token(tokens, open)? == &Token::LParen).then_some(())?;
    let (mut args, mut arg) = (Vec::new(), Vec::new());
    let mut depth = 0_usize;
    for (at, one) in tokens.iter().enumerate().skip(open + 1) {
        match &one.token {
            Token::RParen if depth == 0 => {
                if !arg.is_empty() {
                    args.push(arg);
                }
                return (!args.is_empty()).then_some((args, at + 1));
            }
            Token::Comma if depth == 0 => args.push(std::mem::take(&mut arg)),
            other => {
                match other {
                    Token::LParen => depth += 1,
                    Token::RParen => depth -= 1,
                    _ => {}
                }
                arg.push(other.clone());
            }
        }
    }
    None
}

fn written(call: &TokenWithSpan, args: &[Vec<Token>]) -> Option<Vec<Token>> {
    let Token::Word(word) = &call.token else { return None };
    let (first, rest) = args.split_first()?;
    let name = word.value.to_ascii_uppercase();
    if name == "RANK" {
        // The greatest comes first where nothing is said.
        return Some(over("RANK", &[], &sorted(args, true)?, &[]));
    }
    let word = Token::make_keyword;
    if name == "CSUM" {
        let frame = [word("ROWS"), word("UNBOUNDED"), word("PRECEDING")];
        return Some(over("SUM", first, &sorted(rest, false)?, &frame));
    }
    let (width, keys) = rest.split_first()?;
    let [Token::Number(width, false)] = width.as_slice() else { return None };
    let width: u32 = width.parse().ok().filter(|width| (1..=4096).contains(width))?;
    let rows = |count: u32| Token::Number(count.to_string(), false);
    let keys = sorted(keys, false)?;
    let moving = [word("ROWS"), rows(width - 1), word("PRECEDING")];
    match name.as_str() {
        "MSUM" => Some(over("SUM", first, &keys, &moving)),
        "MAVG" => Some(over("AVG", first, &keys, &moving)),
        _ => {
            let back = || [rows(width), word("PRECEDING")];
            let mut frame = vec![word("ROWS"), word("BETWEEN")];
            frame.extend(back());
            frame.push(word("AND"));
            frame.extend(back());
            let mut out = vec![Token::LParen, Token::LParen];
            out.extend_from_slice(first);
            out.extend([Token::RParen, Token::Minus]);
            out.extend(over("SUM", first, &keys, &frame));
            out.push(Token::RParen);
            Some(out)
        }
    }
}

/// The sort keys, one behind the other.
fn sorted(keys: &[Vec<Token>], descending: bool) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    for key in keys {
        let last = key.last()?;
        let said = is_word(last, "ASC") || is_word(last, "DESC");
        if !out.is_empty() {
            out.push(Token::Comma);
        }
        out.extend_from_slice(key);
        if !said && descending {
            out.push(Token::make_keyword("DESC"));
        }
    }
    (!out.is_empty()).then_some(out)
}

fn over(name: &str, arg: &[Token], keys: &[Token], frame: &[Token]) -> Vec<Token> {
    let word = Token::make_keyword;
    let mut out = vec![Token::make_word(name, None), Token::LParen];
    out.extend_from_slice(arg);
    out.extend([Token::RParen, word("OVER"), Token::LParen, word("ORDER"), word("BY")]);
    out.extend_from_slice(keys);
    out.extend_from_slice(frame);
    out.push(Token::RParen);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::{dialect::TeradataDialect, tokenizer::Tokenizer};

    fn shown(text: &str) -> String {
        let tokens = Tokenizer::new(&TeradataDialect {}, text).tokenize_with_location().unwrap();
        let tokens = with_over(super::super::without_blanks(tokens));
        tokens.iter().map(|one| one.token.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn windows_are_written_out() {
        for (text, expected) in [
            (
                "SELECT CSUM(a, b) FROM t",
                "SELECT SUM ( a ) OVER ( ORDER BY b ROWS UNBOUNDED PRECEDING ) FROM t",
            ),
            (
                "SELECT MAVG(a, 3, b DESC, c) FROM t",
                "SELECT AVG ( a ) OVER ( ORDER BY b DESC , c ROWS 2 PRECEDING ) FROM t",
            ),
            (
                "SELECT MDIFF(a, 2, b) FROM t",
                "SELECT ( ( a ) - SUM ( a ) OVER ( ORDER BY b ROWS BETWEEN 2 PRECEDING AND 2 PRECEDING ) ) FROM t",
            ),
            (
                "SELECT RANK(a, f(b, c) ASC) FROM t",
                "SELECT RANK ( ) OVER ( ORDER BY a DESC , f ( b , c ) ASC ) FROM t",
            ),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn other_calls_stay() {
        for text in [
            "SELECT RANK ( ) OVER ( ORDER BY a ) FROM t",
            "SELECT CSUM ( a , b ) FROM t GROUP BY c",
            "SELECT CSUM ( a ) FROM t",
            "SELECT MSUM ( a , b , c ) FROM t",
            "SELECT rank FROM t",
            "SELECT RANK ( a",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
