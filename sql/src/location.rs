//! From sqlparser's line and column to byte offsets of the statement's text.

use model::Span;
use sqlparser::{
    ast::{Expr, Spanned as _},
    tokenizer::{Location, Span as Place},
};

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
    for (at, c) in rest.char_indices() {
        let at = span.start + at;
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') if at < span.end || depth > 0 => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => {
                let Some(less) = depth.checked_sub(1) else { return span };
                depth = less;
                if depth == 0 && at + 1 >= span.end {
                    return Span::new(span.start, at + 1);
                }
            }
            (None, c) if depth == 0 && at >= span.end && !c.is_whitespace() => return span,
            (None, _) => {}
        }
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

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
