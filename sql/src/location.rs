//! From sqlparser's line and column to byte offsets of the statement's text.

use model::Span;
use sqlparser::{
    ast::{Expr, Query, Select, SelectFlavor, SetExpr, Spanned},
    tokenizer::{Location, Span as Place},
};
use std::{iter::Peekable, str::CharIndices};

/// The place of an expression.
///
/// sqlparser looks at every node below to tell it, and the binder asks at every node: for a chain of
/// operators that is the square of its length. Its two ends tell the same.
pub(crate) fn of_expr(expr: &Expr) -> Place {
    let Expr::BinaryOp { left, right, .. } = expr else { return expr.span() };
    let (mut first, mut last) = (&**left, &**right);
    while let Expr::BinaryOp { left: inner, .. } | Expr::Nested(inner) = first {
        first = inner;
    }
    while let Expr::BinaryOp { right: inner, .. } | Expr::Nested(inner) = last {
        last = inner;
    }
    let (first, last) = (first.span(), last.span());
    // A piece without a place has none at its end either.
    if first == Place::empty() || last == Place::empty() {
        return expr.span();
    }
    Place::new(first.start, last.end)
}

/// The place of a query, from its two ends as [`of_expr`] does: sqlparser looks at every node of the
/// queries in it, at each level again.
pub(crate) fn of_query(query: &Query) -> Place {
    let body = of_body(&query.body);
    let start = query.with.as_ref().map_or(body, |with| with.with_token.0.span);
    let behind = [
        query.order_by.as_ref().map(Spanned::span),
        query.limit_clause.as_ref().map(Spanned::span),
        query.fetch.as_ref().map(Spanned::span),
    ];
    let whole = Place::union_iter([start, body].into_iter().chain(behind.into_iter().flatten()));
    if start == Place::empty() || body == Place::empty() { query.span() } else { whole }
}

fn of_body(body: &SetExpr) -> Place {
    match body {
        SetExpr::Select(select) => of_select(select),
        SetExpr::Query(query) => of_query(query),
        SetExpr::SetOperation { left, right, .. } => of_body(left).union(&of_body(right)),
        other => other.span(),
    }
}

/// The place of a SELECT: from the word to the end of its last clause.
pub(crate) fn of_select(select: &Select) -> Place {
    let start = select.select_token.0.span;
    // The places of these differ between dialects.
    let plain = start != Place::empty()
        && select.flavor == SelectFlavor::Standard
        && select.into.is_none()
        && select.lateral_views.is_empty()
        && select.prewhere.is_none()
        && select.connect_by.is_empty()
        && select.cluster_by.is_empty()
        && select.distribute_by.is_empty()
        && select.sort_by.is_empty()
        && select.named_window.is_empty()
        && select.qualify.is_none();
    if !plain {
        return select.span();
    }
    // From the last clause to the first; some have no place.
    let known = |place: Place| (place != Place::empty()).then_some(place);
    (select.having.as_ref().and_then(|having| known(of_expr(having))))
        .or_else(|| known(select.group_by.span()))
        .or_else(|| select.selection.as_ref().and_then(|condition| known(of_expr(condition))))
        .or_else(|| select.from.last().and_then(|from| known(from.span())))
        .or_else(|| select.projection.last().and_then(|item| known(item.span())))
        .map_or(start, |last| Place::new(start.start, last.end))
}

/// Finds byte offsets in one text.
#[derive(Debug, Clone)]
pub(crate) struct LineIndex {
    /// Byte offset of the start of each line.
    starts: Vec<usize>,
    /// Is each character one byte?
    ascii: bool,
}

impl LineIndex {
    pub(crate) fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1));
        Self { starts, ascii: text.is_ascii() }
    }

    /// The byte offset of a 1-based line and 1-based column in characters; the end of the text
    /// where the location lies beyond it, nothing where there is no location.
    pub(crate) fn offset(&self, text: &str, location: Location) -> Option<usize> {
        let line = usize::try_from(location.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(location.column).ok()?.checked_sub(1)?;
        let start = *self.starts.get(line)?;
        if self.ascii {
            return Some(text.len().min(start.saturating_add(column)));
        }
        let rest = text.get(start..)?;
        Some(rest.char_indices().nth(column).map_or(text.len(), |(at, _)| start + at))
    }

    /// The byte range of a place; nothing where sqlparser gives none.
    pub(crate) fn span(&self, text: &str, place: Place) -> Option<Span> {
        let start = self.offset(text, place.start)?;
        let end = self.offset(text, place.end)?;
        (start < end).then(|| Span::new(start, end))
    }
}

/// `span` up to the end of the parentheses that are open at its end, or that follow it at once: the
/// parser's place of a call ends with its last argument.
pub fn with_parentheses(text: &str, span: Span) -> Span {
    let Some(rest) = text.get(span.start..) else { return span };
    let mut depth = 0_u32;
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        let at = span.start + at;
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"' | b'`') if at < span.end || depth > 0 => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => {
                let Some(less) = depth.checked_sub(1) else { return span };
                depth = less;
                if depth == 0 && at + 1 >= span.end {
                    return Span::new(span.start, at + 1);
                }
            }
            (None, byte) if depth == 0 && at >= span.end && !byte.is_ascii_whitespace() => {
                return span;
            }
            (None, _) => {}
        }
    }
    span
}

/// Byte offsets of lines and columns, asked for in order: one walk over the text.
pub(crate) struct Places<'a> {
    chars: Peekable<CharIndices<'a>>,
    line: u64,
    column: u64,
    /// The offset that was asked for last.
    pub(crate) at: usize,
    length: usize,
}

impl<'a> Places<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let chars = text.char_indices().peekable();
        Self { chars, line: 1, column: 1, at: 0, length: text.len() }
    }

    pub(crate) fn offset(&mut self, place: Location) -> usize {
        while (self.line, self.column) < (place.line, place.column) {
            let Some((_, c)) = self.chars.next() else { break };
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.at = self.chars.peek().map_or(self.length, |(at, _)| *at);
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use model::Dialect;
    use sqlparser::ast::Statement;

    #[test]
    fn the_place_of_a_query_is_that_of_the_parser() {
        for text in [
            "SELECT 1",
            "SELECT a, b FROM t",
            "SELECT a FROM t AS x JOIN u ON x.a = u.a WHERE b > 1 AND c = 'x'",
            "SELECT a, sum(b) FROM t WHERE b > 1 GROUP BY a, c HAVING sum(b) > 2",
            "SELECT a FROM (SELECT a FROM t WHERE a IN (SELECT b FROM u)) AS x ORDER BY a DESC LIMIT 3",
            "WITH x AS (SELECT 1 AS a) SELECT a FROM x UNION ALL SELECT b FROM u ORDER BY a OFFSET 2",
            "(SELECT a FROM t) EXCEPT (SELECT b FROM u LIMIT 1)",
            "VALUES (1, 2), (3, 4)",
            "SELECT a FROM t WINDOW w AS (ORDER BY a)",
        ] {
            let parsed = parse(text, Dialect::Postgres).unwrap();
            let Statement::Query(query) = &parsed.statement else { panic!("{text}") };
            assert_eq!(of_query(query), query.span(), "{text}");
            if let SetExpr::Select(select) = &*query.body {
                assert_eq!(of_select(select), select.span(), "{text}");
            }
        }
    }

    #[test]
    fn a_call_ends_with_its_parentheses() {
        for (text, start, end, whole) in [
            ("random()", 0, 6, "random()"),
            ("f(a, ')') + 1", 0, 8, "f(a, ')')"),
            ("f (g(1)) , 2", 0, 6, "f (g(1))"),
            ("current_date + (1)", 0, 12, "current_date"),
            ("x(1) OVER (ORDER BY a) b", 0, 21, "x(1) OVER (ORDER BY a)"),
            ("f(a", 0, 3, "f(a"),
            ("é(1)", 9, 12, ""),
        ] {
            let found = with_parentheses(text, Span::new(start, end));
            assert_eq!(found.slice(text), whole, "{text}");
        }
    }
}
