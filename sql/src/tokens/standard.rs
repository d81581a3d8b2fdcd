//! Forms of standard SQL that the parser does not know, in words that it does: `TABLE t`,
//! `TRIM(TRAILING FROM x)`, `BETWEEN SYMMETRIC`, and frames that exclude rows.

use super::{is_solid, is_word};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Stands before the lower bound of `BETWEEN SYMMETRIC`. No text holds this name without quotes.
pub(crate) const SYMMETRIC: &str = "between symmetric";

/// What a frame excludes, and the mark that its last bound has for it. No text holds these names without
/// quotes.
pub(crate) const EXCLUSIONS: [(&[&str], &str); 3] = [
    (&["CURRENT", "ROW"], "exclude current row"),
    (&["GROUP"], "exclude group"),
    (&["TIES"], "exclude ties"),
];

/// Stands behind the mark of a bound that is as far as the rows go.
pub(crate) const UNBOUNDED: &str = ", unbounded";

/// Stands behind the mark of a bound that is the current row.
pub(crate) const HERE: &str = ", here";

/// The tokens as the parser knows them.
pub(crate) fn rewritten(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    whole_table(&mut tokens);
    let words = ["SYMMETRIC", "ASYMMETRIC", "TRIM", "EXCLUDE"];
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
            // It says what holds anyway.
            token if is_word(token, "ASYMMETRIC") && ends_with(&out, &["BETWEEN"]).is_some() => {
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
/// it ends one row before, or begins one behind. Any other frame gets a mark at its last bound. Gives
/// the place behind the clause; nothing where it is none.
fn excluded(tokens: &[TokenWithSpan], at: usize, out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    if let Some(behind) = begins_with(tokens, at + 1, &["NO", "OTHERS"]) {
        return Some(behind);
    }
    let found = EXCLUSIONS.iter().enumerate().find_map(|(index, (words, mark))| {
        Some((begins_with(tokens, at + 1, words)?, mark, index == 0))
    });
    let (behind, mark, is_row) = found?;
    if !(is_row && one_row_less(out).is_some()) {
        marked(out, mark)?;
    }
    Some(behind)
}

/// A frame of rows that ends at the current row ends one row before; one that begins there begins
/// one behind.
fn one_row_less(out: &mut [TokenWithSpan]) -> Option<()> {
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
    Some(())
}

/// Puts a mark into the last bound of a frame, which then has a distance for the parser.
fn marked(out: &mut Vec<TokenWithSpan>, mark: &str) -> Option<()> {
    if let Some(found) = ends_with(out, &["CURRENT", "ROW"]) {
        let [current, row] = [*found.first()?, *found.get(1)?];
        out.get_mut(current)?.token = Token::make_keyword(&format!("{mark}{HERE}"));
        out.get_mut(row)?.token = Token::make_keyword("FOLLOWING");
        return Some(());
    }
    let side = ["PRECEDING", "FOLLOWING"];
    let side = side.iter().find_map(|word| ends_with(out, &[*word])?.first().copied())?;
    let before: Vec<usize> = (out.iter().enumerate().take(side).rev())
        .filter(|(_, one)| is_solid(one))
        .map(|(place, _)| place)
        .take(2)
        .collect();
    let last = *before.first()?;
    let span = out.get(side)?.span;
    let has_one = |token: &Token| {
        matches!(token, Token::Word(word)
            if EXCLUSIONS.iter().any(|(_, mark)| word.value.starts_with(mark)))
    };
    if has_one(&out.get(last)?.token) {
        return None;
    }
    if is_word(&out.get(last)?.token, "UNBOUNDED") {
        out.get_mut(last)?.token = Token::make_keyword(&format!("{mark}{UNBOUNDED}"));
        return Some(());
    }
    let marks = [Token::make_keyword("OR"), Token::make_keyword(mark)];
    out.splice(side..side, marks.map(|token| TokenWithSpan { token, span }));
    // A bare text is an interval, which the parser takes without what follows.
    let bare = before.get(1).and_then(|place| out.get(*place));
    if matches!(out.get(last)?.token, Token::SingleQuotedString(_))
        && bare.is_some_and(|one| !is_word(&one.token, "INTERVAL"))
    {
        let token = Token::make_keyword("INTERVAL");
        out.insert(last, TokenWithSpan { token, span: out.get(last)?.span });
    }
    Some(())
}

/// The place behind these words, if they stand here.
fn begins_with(tokens: &[TokenWithSpan], at: usize, words: &[&str]) -> Option<usize> {
    let mut solid = tokens.iter().enumerate().skip(at).filter(|(_, one)| is_solid(one));
    let mut behind = at;
    for word in words {
        let (place, one) = solid.next()?;
        if !is_word(&one.token, word) {
            return None;
        }
        behind = place + 1;
    }
    Some(behind)
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
    fn bounds_are_asymmetric_anyway() {
        assert_eq!(
            read("SELECT a BETWEEN ASYMMETRIC 1 AND 2, b NOT BETWEEN ASYMMETRIC 1 AND 2"),
            read("SELECT a BETWEEN 1 AND 2, b NOT BETWEEN 1 AND 2")
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
        // Any other keeps what it leaves out.
        for frame in [
            "ROWS UNBOUNDED PRECEDING EXCLUDE TIES",
            "ROWS CURRENT ROW EXCLUDE GROUP",
            "GROUPS BETWEEN 1 PRECEDING AND 1 + 1 FOLLOWING EXCLUDE CURRENT ROW",
            "RANGE BETWEEN '1 day' PRECEDING AND '1 day' FOLLOWING EXCLUDE CURRENT ROW",
            "RANGE INTERVAL '1 day' PRECEDING EXCLUDE TIES",
        ] {
            let (within, excluded) = frame.split_once(" EXCLUDE ").unwrap();
            let (with, without) = (over(frame), over(within));
            assert_ne!(with, without, "{frame}");
            assert!(with.contains(&format!("exclude {}", excluded.to_lowercase())), "{with}");
        }
        for none in ["EXCLUDE", "EXCLUDE ROW", "EXCLUDE TIES EXCLUDE GROUP"] {
            let text = format!("SELECT sum(x) OVER (ORDER BY y ROWS 1 PRECEDING {none}) FROM t");
            assert!(parse(&text, Dialect::Postgres).is_err(), "{text}");
        }
    }
}
