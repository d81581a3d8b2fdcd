//! Phrases behind a value of Teradata, done to the tokens: `amt (INTEGER)` becomes
//! `CAST(amt AS INTEGER)`, `d (FORMAT 'YYYY-MM')` a cast to a type of its own, whose name no text of
//! Teradata holds, and `s (CASESPECIFIC)` a collation. A text of a number is another one behind a
//! phrase than in CAST, so that such a type has a name of its own too. `(d2 - d1) MONTH` is such a cast, to an
//! interval: the words of its fields are reserved, so that none of them names the value.
//!
//! A phrase that stands inside of a sum or a product is left as it is, and refused then: the vendor wants
//! parentheses around it.
//! <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Data-Types-and-Literals/Data-Type-Conversions>

use super::{is, is_word, token};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The type that a value with a format of its own is cast to.
pub(crate) const FORMATTED: &str = "formatted_value";

/// Types by a phrase whose texts of numbers keep their blanks.
const TEXTS: [(&str, &str); 3] =
    [("CHAR", "phrased_char"), ("CHARACTER", "phrased_char"), ("VARCHAR", "phrased_varchar")];

/// Types that a phrase can name.
const TYPES: [&str; 18] = [
    "BYTEINT",
    "SMALLINT",
    "INTEGER",
    "INT",
    "BIGINT",
    "DECIMAL",
    "NUMERIC",
    "DEC",
    "NUMBER",
    "FLOAT",
    "REAL",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "CHAR",
    "CHARACTER",
    "VARCHAR",
    "DOUBLE",
];

/// The fields of intervals.
const FIELDS: [&str; 6] = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];

/// Functions that take a bare `DATE`, which is today there.
const OF_DATES: [&str; 16] = [
    "last_day",
    "trunc",
    "round",
    "year",
    "month",
    "day",
    "to_char",
    "count",
    "max",
    "min",
    "maximum",
    "minimum",
    "coalesce",
    "trim",
    "weeknumber_of_year",
    "quarternumber_of_year",
];

/// The tokens as the parser knows them; without blanks.
pub(super) fn done(tokens: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len() + 8);
    // What the last phrase made: from where, up to where.
    let mut last: Option<(usize, usize)> = None;
    let mut at = 0;
    while let Some(one) = tokens.get(at) {
        if one.token == Token::LParen
            && let Some((phrase, behind)) = Phrase::read(tokens, at)
            && let Some(start) = operand(&out, last)
            && phrase.applies(&out, start, token(tokens, behind))
        {
            phrase.apply(&mut out, start, one);
            last = Some((start, out.len()));
            at = behind;
            continue;
        }
        if FIELDS.iter().any(|field| is(tokens, at, field))
            && out.last().is_some_and(|before| before.token == Token::RParen)
            && let Some(start) = operand(&out, last)
        {
            let name = format!("interval {}", one.token.to_string().to_lowercase());
            let data_type = vec![Token::make_word(&name, Some('"'))];
            Phrase { data_type, ..Phrase::default() }.apply(&mut out, start, one);
            at += 1;
            continue;
        }
        out.push(one.clone());
        at += 1;
        // `CAST(d AS FORMAT 'YYYY')`
        if is_word(&one.token, "AS")
            && is(tokens, at, "FORMAT")
            && let Some(format @ Token::SingleQuotedString(_)) = token(tokens, at + 1)
            && token(tokens, at + 2) == Some(&Token::RParen)
        {
            let made = formatted(format.clone());
            out.extend(made.map(|token| TokenWithSpan { token, span: one.span }));
            at += 3;
        }
    }
    out
}

/// What stands between the parentheses.
#[derive(Debug, Default)]
struct Phrase {
    data_type: Vec<Token>,
    format: Option<Token>,
    /// `CASESPECIFIC`, or not.
    case: Option<bool>,
    /// The new name of the value.
    named: Option<Token>,
}

impl Phrase {
    /// The phrase that begins with the parenthesis at this place, and the place behind it. A name or a
    /// title alone is none: those are about the whole item.
    fn read(tokens: &[TokenWithSpan], open: usize) -> Option<(Self, usize)> {
        let mut phrase = Self::default();
        let mut at = open + 1;
        loop {
            if is(tokens, at, "FORMAT") {
                let text = token(tokens, at + 1)?;
                matches!(text, Token::SingleQuotedString(_)).then_some(())?;
                phrase.format = Some(text.clone());
                at += 2;
            } else if is(tokens, at, "TITLE") {
                matches!(token(tokens, at + 1)?, Token::SingleQuotedString(_)).then_some(())?;
                at += 2;
            } else if is(tokens, at, "NAMED") {
                phrase.named = Some(token(tokens, at + 1)?.clone());
                matches!(phrase.named, Some(Token::Word(_))).then_some(())?;
                at += 2;
            } else if is(tokens, at, "CASESPECIFIC") || is(tokens, at, "CS") {
                phrase.case = Some(true);
                at += 1;
            } else if is(tokens, at, "NOT")
                && (is(tokens, at + 1, "CASESPECIFIC") || is(tokens, at + 1, "CS"))
            {
                phrase.case = Some(false);
                at += 2;
            } else if TYPES.iter().any(|name| is(tokens, at, name)) && phrase.data_type.is_empty() {
                at = phrase.read_type(tokens, at)?;
            } else {
                return None;
            }
            match token(tokens, at)? {
                Token::Comma => at += 1,
                Token::RParen => break,
                // A type and what it is can stand side by side.
                _ if !phrase.data_type.is_empty() => {}
                _ => return None,
            }
        }
        // How such a type reads a format is not known here.
        let read = ["TIME", "TIMESTAMP", "phrased_char", "phrased_varchar"];
        let first = phrase.data_type.first();
        if phrase.format.is_some()
            && read.iter().any(|name| first.is_some_and(|t| is_word(t, name)))
        {
            return None;
        }
        let says = !phrase.data_type.is_empty() || phrase.format.is_some() || phrase.case.is_some();
        says.then_some((phrase, at + 1))
    }

    /// The type at this place, and the place behind it.
    fn read_type(&mut self, tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
        let name = token(tokens, at)?;
        let text = TEXTS.iter().find(|(known, _)| is_word(name, known));
        self.data_type.push(match text {
            Some((_, phrased)) => Token::make_word(phrased, None),
            None => name.clone(),
        });
        let mut at = at + 1;
        if is_word(name, "DOUBLE") {
            is(tokens, at, "PRECISION").then_some(())?;
            self.data_type.push(token(tokens, at)?.clone());
            at += 1;
        }
        if token(tokens, at) == Some(&Token::LParen) {
            loop {
                let one = token(tokens, at)?;
                let known = matches!(
                    one,
                    Token::LParen | Token::RParen | Token::Comma | Token::Number(_, _)
                );
                known.then(|| self.data_type.push(one.clone()))?;
                at += 1;
                if one == &Token::RParen {
                    break;
                }
            }
        }
        let set = is(tokens, at, "CHARACTER") && is(tokens, at + 1, "SET");
        if set && (is(tokens, at + 2, "LATIN") || is(tokens, at + 2, "UNICODE")) {
            at += 3;
        }
        Some(at)
    }

    /// Is it about the value that begins at `start`, and about no more?
    fn applies(&self, out: &[TokenWithSpan], start: usize, next: Option<&Token>) -> bool {
        let before = start.checked_sub(1).and_then(|at| token(out, at));
        let only_case = self.data_type.is_empty() && self.format.is_none();
        let alone = !before.is_some_and(computes) && (only_case || !next.is_some_and(computes));
        let counts = matches!(before, Some(Token::Number(_, _)))
            && start.checked_sub(2).is_some_and(|at| is(out, at, "TOP"));
        let begins = match before {
            None | Some(Token::Comma | Token::LParen) => true,
            Some(Token::Eq | Token::Neq | Token::Lt | Token::LtEq | Token::Gt | Token::GtEq) => {
                true
            }
            Some(Token::Word(word)) => {
                word.quote_style.is_none()
                    && (super::teradata::begins_operand(&word.value)
                        || word.value.eq_ignore_ascii_case("TIES"))
            }
            _ => counts,
        };
        // `LAST_DAY(DATE)` is of today.
        let called = self.data_type.len() == 1
            && self.format.is_none()
            && start + 1 == out.len()
            && matches!(token(out, start), Some(Token::Word(word)) if word.quote_style.is_none()
                && ["DATE", "TIME"].iter().any(|name| self.data_type.iter().any(|t| is_word(t, name)))
                && (word.value.to_ascii_lowercase().starts_with("td_")
                    || OF_DATES.contains(&word.value.to_ascii_lowercase().as_str())));
        alone && begins && !called
    }

    /// Writes it around the value that begins at `start`.
    fn apply(self, out: &mut Vec<TokenWithSpan>, start: usize, place: &TokenWithSpan) {
        let like = |token: Token| TokenWithSpan { token, span: place.span };
        let opened = |out: &mut Vec<TokenWithSpan>| {
            let first = out.get(start).map_or(place.span, |one| one.span);
            let opening = [Token::make_keyword("CAST"), Token::LParen];
            let opening = opening.map(|token| TokenWithSpan { token, span: first });
            out.splice(start..start, opening);
            out.push(like(Token::make_keyword("AS")));
        };
        // A format beside a type says how a text is read, or how the value is shown.
        if !self.data_type.is_empty() {
            opened(out);
            let numbers = self.data_type.first().is_some_and(|name| !is_word(name, "DATE"));
            out.extend(self.data_type.into_iter().map(like));
            match self.format.clone() {
                Some(format) if !numbers => {
                    out.extend([Token::make_keyword("FORMAT"), format, Token::RParen].map(like));
                }
                Some(format) => {
                    out.push(like(Token::RParen));
                    opened(out);
                    out.extend(formatted(format).map(like));
                }
                None => out.push(like(Token::RParen)),
            }
        } else if let Some(format) = self.format {
            opened(out);
            out.extend(formatted(format).map(like));
        }
        if let Some(counts) = self.case {
            let name = if counts { "casespecific_bin" } else { "not_casespecific" };
            out.extend([Token::make_keyword("COLLATE"), Token::make_word(name, None)].map(like));
        }
        if let Some(name) = self.named {
            out.extend([Token::make_keyword("AS"), name].map(like));
        }
    }
}

/// `formatted_value('…'))`
fn formatted(format: Token) -> [Token; 5] {
    let name = Token::make_word(FORMATTED, None);
    [name, Token::LParen, format, Token::RParen, Token::RParen]
}

/// Is it an operator that computes something of two values?
const fn computes(token: &Token) -> bool {
    matches!(
        token,
        Token::Plus
            | Token::Minus
            | Token::Mul
            | Token::Div
            | Token::Mod
            | Token::Caret
            | Token::StringConcat
    )
}

/// The place where the value begins that `out` ends with.
fn operand(out: &[TokenWithSpan], last: Option<(usize, usize)>) -> Option<usize> {
    if let Some((start, end)) = last
        && end == out.len()
    {
        return Some(start);
    }
    let at = out.len().checked_sub(1)?;
    match token(out, at)? {
        Token::RParen => call(out, at),
        Token::Number(_, _) => Some(at),
        Token::SingleQuotedString(_) => {
            let typed = at
                .checked_sub(1)
                .filter(|at| ["DATE", "TIME", "TIMESTAMP"].iter().any(|name| is(out, *at, name)));
            Some(typed.unwrap_or(at))
        }
        Token::Word(_) if is(out, at, "END") => {
            let mut open = 0_usize;
            for back in (0..=at).rev() {
                if is(out, back, "END") {
                    open += 1;
                } else if is(out, back, "CASE") {
                    open -= 1;
                    if open == 0 {
                        return Some(back);
                    }
                }
            }
            None
        }
        Token::Word(word) => {
            let quoted = word.quote_style.is_some();
            (quoted || !super::teradata::begins_operand(&word.value)).then(|| path(out, at))
        }
        _ => None,
    }
}

/// The beginning of the name that ends at this place.
fn path(out: &[TokenWithSpan], mut at: usize) -> usize {
    while at >= 2
        && token(out, at - 1) == Some(&Token::Period)
        && matches!(token(out, at - 2), Some(Token::Word(_)))
    {
        at -= 2;
    }
    at
}

/// The beginning of the value that ends with the parenthesis at this place: with the name of the
/// function, and the call that a window is of.
fn call(out: &[TokenWithSpan], close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let open = (0..=close).rev().find(|at| {
        match token(out, *at) {
            Some(Token::RParen) => depth += 1,
            Some(Token::LParen) => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    let Some(before) = open.checked_sub(1) else { return Some(open) };
    match token(out, before)? {
        Token::Word(_) if is(out, before, "OVER") => {
            let close = before.checked_sub(1)?;
            (token(out, close) == Some(&Token::RParen)).then_some(())?;
            call(out, close)
        }
        Token::Word(word)
            if word.quote_style.is_some() || !super::teradata::begins_operand(&word.value) =>
        {
            Some(path(out, before))
        }
        _ => Some(open),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::{dialect::TeradataDialect, tokenizer::Tokenizer};

    fn shown(text: &str) -> String {
        let tokens = Tokenizer::new(&TeradataDialect {}, text).tokenize_with_location().unwrap();
        let tokens = done(&super::super::without_blanks(tokens));
        tokens.iter().map(|one| one.token.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn phrases_become_casts() {
        for (text, expected) in [
            ("SELECT amt (INTEGER), b", "SELECT CAST ( amt AS INTEGER ) , b"),
            ("SELECT t.a (DECIMAL(8,2)) AS d", "SELECT CAST ( t . a AS DECIMAL ( 8 , 2 ) ) AS d"),
            ("SELECT COUNT(*) (BIGINT)", "SELECT CAST ( COUNT ( * ) AS BIGINT )"),
            (
                "SELECT SUM(a) OVER (ORDER BY b) (INT)",
                "SELECT CAST ( SUM ( a ) OVER ( ORDER BY b ) AS INT )",
            ),
            (
                "SELECT d (FORMAT 'YYYY') (CHAR(4))",
                "SELECT CAST ( CAST ( d AS formatted_value ( 'YYYY' ) ) AS phrased_char ( 4 ) )",
            ),
            (
                "SELECT '20240101' (DATE, FORMAT 'YYYYMMDD')",
                "SELECT CAST ( '20240101' AS DATE FORMAT 'YYYYMMDD' )",
            ),
            (
                "SELECT a FROM t WHERE s (CASESPECIFIC) = 'x' (NOT CASESPECIFIC)",
                "SELECT a FROM t WHERE s COLLATE casespecific_bin = 'x' COLLATE not_casespecific",
            ),
            (
                "SELECT CASE WHEN a = 1 THEN 'x' END (VARCHAR(5), NAMED y)",
                "SELECT CAST ( CASE WHEN a = 1 THEN 'x' END AS phrased_varchar ( 5 ) ) AS y",
            ),
            (
                "SELECT (a - b) MONTH, c FROM t",
                "SELECT CAST ( ( a - b ) AS \"interval month\" ) , c FROM t",
            ),
            ("SELECT CAST(d AS FORMAT 'YYYY')", "SELECT CAST ( d AS formatted_value ( 'YYYY' ) )"),
            (
                "SELECT (a + 1) (CHAR(3) CHARACTER SET LATIN)",
                "SELECT CAST ( ( a + 1 ) AS phrased_char ( 3 ) )",
            ),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn what_is_not_certain_stays() {
        for text in [
            "SELECT a + b ( INTEGER )",
            "SELECT a ( INTEGER ) + b",
            "SELECT a || b ( CHAR ( 3 ) )",
            "SELECT LAST_DAY ( DATE )",
            "SELECT a AS month , t . year FROM t GROUP BY month",
            "SELECT d + INTERVAL '1' MONTH FROM t",
            "SELECT a FROM t WHERE b IN ( DATE )",
            "SELECT CAST ( a AS CHAR ( 3 ) )",
            "SELECT f ( a , b )",
            "CREATE TABLE t ( a INTEGER )",
            "( INTEGER )",
            ") ( INTEGER )",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
