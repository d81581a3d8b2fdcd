//! Values that DataFusion names alike, because it leaves casts out of names (`TR0399`).
//!
//! Rules and forms write casts, too, so that the text is looked at, not the tree.

use crate::{emit::Emitter, marks, rules::casts_named_alike, targets::arrow_type};
use model::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What gathers rows, or looks at the rows around: such a value is a column of a plan's step.
const COLUMNS_OF_STEPS: [&str; 38] = [
    "approx_distinct",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar_pop",
    "covar_samp",
    "cume_dist",
    "first_value",
    "lag",
    "last_value",
    "lead",
    "max",
    "median",
    "min",
    "nth_value",
    "ntile",
    "percentile_cont",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
];

impl Emitter {
    /// Tells casts apart in the clauses of a SELECT at `span` where DataFusion would not.
    pub(in crate::emit) fn casts_told_apart(&mut self, clauses: &mut [String], span: Span) {
        let named = |clause: &&mut String| {
            ["SELECT ", "GROUP BY ", "HAVING ", "QUALIFY ", "ORDER BY "]
                .iter()
                .any(|start| clause.starts_with(start))
        };
        if !clauses.iter_mut().filter(named).any(|clause| clause.contains("CAST(")) {
            return;
        }
        let mut values = Values::default();
        for clause in clauses.iter_mut().filter(named) {
            values.read(&tokens(clause));
        }
        let alike = values.alike();
        if alike.is_empty() {
            return;
        }
        for clause in clauses.iter_mut().filter(named) {
            *clause = self.with_calls(&tokens(clause), &alike, span);
        }
    }

    /// The text of tokens with the casts of `alike` written as calls.
    fn with_calls(&mut self, tokens: &[Token<'_>], alike: &BTreeSet<String>, span: Span) -> String {
        let mut out = String::new();
        let mut rest = tokens;
        while let Some((token, after)) = rest.split_first() {
            let written = cast(rest).filter(|cast| alike.contains(&plain(cast.whole)));
            if let Some(cast) = written
                && let ty = cast.ty.iter().map(|token| token.text).collect::<String>()
                && let Some(name) = arrow_type(&ty)
            {
                let value = self.with_calls(cast.value, alike, span);
                let call = format!("arrow_cast({value}, '{name}')");
                out.push_str(&self.made_by(&casts_named_alike::RULE, span, &call));
                rest = rest.get(cast.whole.len()..).unwrap_or_default();
            } else {
                out.push_str(token.text);
                rest = after;
            }
        }
        out
    }
}

/// Values that become columns of steps: their texts without casts, and all texts of each.
#[derive(Default)]
struct Values(BTreeMap<String, BTreeMap<String, Vec<String>>>);

impl Values {
    fn read(&mut self, clause: &[Token<'_>]) {
        for (at, token) in clause.iter().enumerate() {
            let name = token.text;
            if COLUMNS_OF_STEPS.contains(&name)
                && let Some(rest) = clause.get(at..)
                && let Some(end) = rest.get(1..).and_then(closing)
            {
                self.note(rest.get(..end + 2).unwrap_or_default());
            }
        }
        if let [group, blank, by, keys @ ..] = clause
            && (group.text, blank.text, by.text) == ("GROUP", " ", "BY")
        {
            self.keys(keys);
        }
    }

    /// The keys of a GROUP BY, those of its sets among them.
    fn keys(&mut self, list: &[Token<'_>]) {
        for item in at_commas(list) {
            let mut words = item.iter().filter(|t| t.kind == Kind::Solid).map(|t| t.text);
            let first = words.next().unwrap_or_default();
            let sets = ["ROLLUP", "CUBE", "GROUPING", "("].contains(&first);
            let open = item.iter().position(|token| token.text == "(");
            match open.filter(|_| sets).and_then(|open| item.get(open..)) {
                Some(inner) if closing(inner).is_some() => {
                    let end = closing(inner).unwrap_or_default();
                    self.keys(inner.get(1..end).unwrap_or_default());
                }
                _ => self.note(item),
            }
        }
    }

    fn note(&mut self, value: &[Token<'_>]) {
        let mut casts = Vec::new();
        for at in 0..value.len() {
            casts.extend(value.get(at..).and_then(cast).map(|cast| plain(cast.whole)));
        }
        self.0.entry(shape(value)).or_default().insert(plain(value), casts);
    }

    /// The casts of values that differ by casts alone.
    fn alike(&self) -> BTreeSet<String> {
        let several = self.0.values().filter(|texts| texts.len() > 1);
        several.flat_map(BTreeMap::values).flatten().cloned().collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Solid,
    Blank,
    Mark,
}

#[derive(Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
}

/// The tokens of an emitted text: words, quoted pieces, blanks, marks, and all else by itself.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match first {
            '\'' | '"' => (Kind::Solid, quoted(rest, first)),
            ' ' | '\n' => (Kind::Blank, first.len_utf8()),
            c if is_word(c) => (Kind::Solid, rest.find(|c| !is_word(c)).unwrap_or(rest.len())),
            c => match marks::length(rest) {
                0 => (Kind::Solid, c.len_utf8()),
                length => (Kind::Mark, length),
            },
        };
        let (text, after) = rest.split_at(length);
        out.push(Token { kind, text });
        rest = after;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The length of the piece in quotes that the text starts with.
fn quoted(text: &str, quote: char) -> usize {
    let mut open = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            continue;
        }
        if !open {
            open = true;
        } else if chars.peek().is_some_and(|(_, next)| *next == quote) {
            chars.next();
        } else {
            return at + c.len_utf8();
        }
    }
    text.len()
}

/// `CAST(value AS type)`.
struct Cast<'t, 'a> {
    whole: &'t [Token<'a>],
    value: &'t [Token<'a>],
    ty: &'t [Token<'a>],
}

/// The cast that the tokens start with.
fn cast<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<Cast<'t, 'a>> {
    let [name, rest @ ..] = tokens else { return None };
    if name.text != "CAST" {
        return None;
    }
    let end = closing(rest)?;
    let inner = rest.get(1..end)?;
    let words = depths(inner).enumerate().filter(|(_, (depth, t))| *depth == 0 && t.text == "AS");
    let (at, _) = words.last()?;
    Some(Cast {
        whole: tokens.get(..end + 2)?,
        value: inner.get(..at.checked_sub(1)?)?,
        ty: inner.get(at + 2..)?,
    })
}

/// The position of the parenthesis that closes the one that the tokens start with.
fn closing(tokens: &[Token<'_>]) -> Option<usize> {
    if tokens.first()?.text != "(" {
        return None;
    }
    depths(tokens).position(|(depth, _)| depth == 0)
}

/// The tokens, each with the number of parentheses that are open behind it.
fn depths<'t, 'a>(tokens: &'t [Token<'a>]) -> impl Iterator<Item = (usize, &'t Token<'a>)> {
    let mut depth = 0_usize;
    tokens.iter().map(move |token| {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth, token)
    })
}

/// The pieces between commas outside parentheses.
fn at_commas<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depths = depths(tokens);
    // Each token is asked about once, in order.
    let ends = |token: &Token<'_>| depths.next().is_some_and(|(d, _)| d == 0) && token.text == ",";
    tokens.split(ends).collect()
}

/// The text without marks, blanks and the tables of columns, which a GROUP BY names and a list of items
/// does not.
fn plain(tokens: &[Token<'_>]) -> String {
    let solid: Vec<&str> =
        tokens.iter().filter(|token| token.kind == Kind::Solid).map(|token| token.text).collect();
    let mut out = String::new();
    for (at, text) in solid.iter().enumerate() {
        let table = |at: usize| {
            let name = |at: usize| solid.get(at).is_some_and(|text| is_name(text));
            name(at) && solid.get(at + 1) == Some(&".") && name(at + 2)
        };
        let before = at.checked_sub(1).is_some_and(table);
        if !table(at) && !before {
            out.push_str(text);
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c == '"' || c == '_' || c.is_ascii_alphabetic())
}

/// [`plain`] without casts: what the name of the value tells.
fn shape(tokens: &[Token<'_>]) -> String {
    let mut kept: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    uncast(tokens, &mut kept);
    plain(&kept)
}

fn uncast<'a>(tokens: &[Token<'a>], out: &mut Vec<Token<'a>>) {
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        if let Some(cast) = cast(rest) {
            uncast(cast.value, out);
            rest = rest.get(cast.whole.len()..).unwrap_or_default();
        } else {
            out.push(*token);
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_of(text: &str) -> String {
        plain(&tokens(text))
    }

    #[test]
    fn tables_and_marks_are_no_part_of_a_value() {
        assert_eq!(plain_of("CAST(t.i AS BIGINT)"), plain_of("CAST(i AS BIGINT)"));
        let marked = marks::item(3, "t.i");
        assert_eq!(plain_of(&format!("sum({marked})")), plain_of("sum(i)"));
        assert_ne!(plain_of("sum(1.5)"), plain_of("sum(5)"));
        assert_eq!(plain_of("'it''s (a' , \"x (\"\"y\""), "'it''s (a' , \"x (\"\"y\"");
    }

    #[test]
    fn casts_are_no_part_of_a_name() {
        let of = |text: &str| shape(&tokens(text));
        assert_eq!(of("sum(CAST(CAST(x AS INT) + 1 AS DECIMAL(3, 2)))"), of("sum(x + 1)"));
        assert_ne!(of("sum(CAST(x AS INT))"), of("sum(y)"));
    }

    #[test]
    fn keys_of_sets_are_found() {
        let mut values = Values::default();
        values.read(&tokens("GROUP BY GROUPING SETS ((t.i, CAST(t.i AS DOUBLE)), (t.j), ())"));
        assert_eq!(values.alike().into_iter().collect::<Vec<_>>(), ["CAST ( i AS DOUBLE )"]);
        let mut values = Values::default();
        values.read(&tokens("GROUP BY t.i, CAST(t.j AS DOUBLE)"));
        assert!(values.alike().is_empty());
    }

    #[test]
    fn texts_that_do_not_close_are_left_as_they_are() {
        for text in ["sum(", "CAST(", "CAST(x AS", "'", "\"", "GROUP BY (", "CAST(AS x)", "é)("] {
            let mut values = Values::default();
            values.read(&tokens(text));
            assert!(values.alike().is_empty(), "{text}");
        }
    }
}
