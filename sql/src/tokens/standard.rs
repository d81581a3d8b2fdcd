//! Forms of standard SQL that the parser does not know, in words that it does: `TABLE t`,
//! `TRIM(TRAILING FROM x)`, `BETWEEN SYMMETRIC`, and frames that exclude the current row at their end.

use super::{is_solid, is_word};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Stands before the lower bound of `BETWEEN SYMMETRIC`. No text holds this name without quotes.
pub(crate) const SYMMETRIC: &str = "between symmetric";

/// The tokens as the parser knows them.
pub(crate) fn rewritten(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    whole_table(&mut tokens);
    let words = ["SYMMETRIC", "TRIM", "EXCLUDE"];
    if !tokens.iter().any(|one| words.iter().any(|word| is_word(&one.token, word))) {
        return tokens;
    }
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len() + 8);
    // Depths of brackets at which a call of SYMMETRIC closes before the next AND.
    let mut open: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(one) = tokens.get(at) {
        let like = |token: Token| TokenWithSpan { token, span: one.span };
        match &one.token {
            token if is_word(token, "SYMMETRIC") && ends_with(&out, &["BETWEEN"]).is_some() => {
                out.push(like(Token::make_keyword(SYMMETRIC)));
                out.push(like(Token::LParen));
                open.push(depth);
                at += 1;
                continue;
            }
            token if is_word(token, "AND") && open.last() == Some(&depth) => {
                open.pop();
                out.push(like(Token::RParen));
            }
            token if is_word(token, "FROM") && behind_side_of_trim(&out) => {
                out.push(like(Token::SingleQuotedString(" ".to_owned())));
            }
            token if is_word(token, "EXCLUDE") => {
                if let Some(behind) = excluded(&tokens, at, &mut out) {
                    at = behind;
                    continue;
                }
            }
            _ => {}
        }
        match &one.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            token if is_word(token, "CASE") => depth += 1,
            token if is_word(token, "END") => depth = depth.saturating_sub(1),
            _ => {}
        }
        out.push(one.clone());
        at += 1;
    }
    out
}

/// `TABLE t` at the start: `SELECT * FROM t`.
fn whole_table(tokens: &mut Vec<TokenWithSpan>) {
    let mut solid = tokens.iter().enumerate().filter(|(_, one)| is_solid(one));
    let (Some((at, first)), Some((_, second))) = (solid.next(), solid.next()) else { return };
    if !is_word(&first.token, "TABLE") || !matches!(second.token, Token::Word(_)) {
        return;
    }
    let span = first.span;
    let written = [Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM")];
    tokens.splice(at..=at, written.map(|token| TokenWithSpan { token, span }));
}

/// `TRIM(TRAILING`
fn behind_side_of_trim(out: &[TokenWithSpan]) -> bool {
    let mut back = out.iter().rev().filter(|one| is_solid(one)).map(|one| &one.token);
    let side = back.next();
    ["LEADING", "TRAILING", "BOTH"].iter().any(|word| side.is_some_and(|side| is_word(side, word)))
        && back.next() == Some(&Token::LParen)
        && back.next().is_some_and(|word| is_word(word, "TRIM"))
}

/// `EXCLUDE NO OTHERS` says nothing. A frame of rows that ends or begins at the current row without
/// it ends one row before, or begins one behind. Gives the place behind the clause; nothing where
/// it is another frame.
fn excluded(tokens: &[TokenWithSpan], at: usize, out: &mut [TokenWithSpan]) -> Option<usize> {
    let mut next = tokens.iter().enumerate().skip(at + 1).filter(|(_, one)| is_solid(one));
    let (first, (end, second)) = (next.next()?.1, next.next()?);
    if is_word(&first.token, "NO") && is_word(&second.token, "OTHERS") {
        return Some(end + 1);
    }
    if !is_word(&first.token, "CURRENT") || !is_word(&second.token, "ROW") {
        return None;
    }
    let upto = ["ROWS", "BETWEEN", "UNBOUNDED", "PRECEDING", "AND", "CURRENT", "ROW"];
    let from = ["ROWS", "BETWEEN", "CURRENT", "ROW", "AND", "UNBOUNDED", "FOLLOWING"];
    let (bound, word) = if let Some(found) = ends_with(out, &upto) {
        ([*found.get(5)?, *found.get(6)?], Token::make_keyword("PRECEDING"))
    } else {
        let found = ends_with(out, &from)?;
        ([*found.get(2)?, *found.get(3)?], Token::make_keyword("FOLLOWING"))
    };
    let [number, side] = bound;
    out.get_mut(number)?.token = Token::Number("1".to_owned(), false);
    out.get_mut(side)?.token = word;
    Some(end + 1)
}

/// The places of these words, if they are the last ones.
fn ends_with(out: &[TokenWithSpan], words: &[&str]) -> Option<Vec<usize>> {
    let mut solid = out.iter().enumerate().rev().filter(|(_, one)| is_solid(one));
    let mut places = Vec::with_capacity(words.len());
    for word in words.iter().rev() {
        let (place, one) = solid.next()?;
        if !is_word(&one.token, word) {
            return None;
        }
        places.push(place);
    }
    places.reverse();
    Some(places)
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::Dialect;

    fn read(text: &str) -> String {
        parse(text, Dialect::Postgres).unwrap().statement.to_string()
    }

    #[test]
    fn tables_and_trims() {
        assert_eq!(read("TABLE s.t ORDER BY 1"), read("SELECT * FROM s.t ORDER BY 1"));
        assert_eq!(read("SELECT trim(both from x)"), read("SELECT trim(both ' ' from x)"));
        assert_eq!(read("SELECT trim('a' from x) FROM t"), "SELECT TRIM('a' FROM x) FROM t");
    }

    #[test]
    fn symmetric_bounds_end_at_their_and() {
        assert_eq!(
            read(
                "SELECT a BETWEEN SYMMETRIC CASE WHEN b AND c THEN 1 END AND (d AND e) AND f, symmetric"
            ),
            "SELECT a BETWEEN between symmetric(CASE WHEN b AND c THEN 1 END) AND (d AND e) AND f, symmetric"
        );
    }

    #[test]
    fn frames_without_the_current_row() {
        let over = |frame: &str| read(&format!("SELECT sum(x) OVER (ORDER BY y {frame}) FROM t"));
        for (frame, same) in [
            (
                "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW",
                "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING",
            ),
            (
                "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW",
                "ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING",
            ),
            ("ROWS UNBOUNDED PRECEDING EXCLUDE NO OTHERS", "ROWS UNBOUNDED PRECEDING"),
        ] {
            assert_eq!(over(frame), over(same), "{frame}");
        }
        let ties = "SELECT sum(x) OVER (ORDER BY y ROWS UNBOUNDED PRECEDING EXCLUDE TIES) FROM t";
        assert!(parse(ties, Dialect::Postgres).is_err());
    }
}
