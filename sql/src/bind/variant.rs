//! Documents beside values of SQL in comparisons.

use super::{Binder, Bound, operator::predicate};
use crate::{tree::Expr, types::Type};

impl Binder<'_> {
    /// A JSON value beside one of SQL: as the text, number or truth that the dialect takes it for.
    pub(super) fn variant_pair(&mut self, left: Expr, right: Expr) -> Bound<(Expr, Expr)> {
        let span = left.span;
        let name = |other: &Expr| match &other.ty {
            Type::Unknown if other.text().is_some() => Some("variant as text"),
            ty if ty.is_text() => Some("variant as text"),
            Type::Bool => Some("variant as bool"),
            // As a float a long one would be taken for its neighbours.
            ty if ty.is_integer() && other.literal().is_none() => Some("variant as integer"),
            ty if ty.is_integer() || matches!(ty, Type::Numeric(_)) => {
                other.literal().map(|_| "variant as number")
            }
            Type::Float8 => Some("variant as number"),
            _ => None,
        };
        let wanted = match (&left.ty, &right.ty) {
            (Type::Jsonb, Type::Jsonb) => None,
            (Type::Jsonb, _) => name(&right),
            (_, Type::Jsonb) => name(&left),
            _ => None,
        };
        let Some(name) = wanted.filter(|name| self.spec.knows(name)) else {
            return Ok((left, right));
        };
        Ok(if left.ty == Type::Jsonb {
            (self.apply(name, vec![left], span)?, right)
        } else {
            let right = self.apply(name, vec![right], span)?;
            (left, right)
        })
    }

    /// A document beside a value where both are compared if they are of one kind, and else are told
    /// apart by the definition of `variant =` and its like: the comparison, or the pair as it was.
    pub(super) fn of_one_kind(
        &mut self,
        name: &'static str,
        left: Expr,
        right: Expr,
        span: super::Span,
    ) -> Bound<Result<Expr, (Expr, Expr)>> {
        let word = format!("variant {name}");
        let first = left.ty == Type::Jsonb;
        if first == (right.ty == Type::Jsonb) || self.speaks_core() {
            return Ok(Err((left, right)));
        }
        let told_apart = self.spec.knows(&word);
        let other = if first { &right } else { &left };
        // No other kind has the text of such a constant.
        let equality = name == "=" || (name == "<>" && !told_apart);
        let plain = equality && other.literal().is_some() && other.text().is_some_and(is_word);
        if plain && self.spec.knows("variant text") {
            let (document, other) = if first { (left, right) } else { (right, left) };
            let value = self.apply("variant text", vec![document.clone()], span)?;
            let told = self.compare(name, value.clone(), other, span)?;
            if !told_apart {
                return Ok(Ok(told));
            }
            return self.apply(&word, vec![value, document, told], span).map(Ok);
        }
        if !told_apart {
            return Ok(Err((left, right)));
        }
        let document = if first { left.clone() } else { right.clone() };
        let (left, right) = self.variant_pair(left, right)?;
        let value = if first { &left } else { &right };
        if value.ty == Type::Jsonb {
            return Ok(Err((left, right)));
        }
        let value = value.clone();
        let told = self.compare(name, left, right, span)?;
        self.apply(&word, vec![value, document, told], span).map(Ok)
    }

    /// Is a document compared with values of SQL, one by one?
    pub(super) fn is_compared_by_kind<'e>(
        &self,
        expr: &Expr,
        others: impl IntoIterator<Item = &'e Expr>,
    ) -> bool {
        let mut others = others.into_iter();
        expr.ty == Type::Jsonb
            && !self.speaks_core()
            && self.spec.knows("variant as text")
            && others.all(|other| other.ty != Type::Jsonb && other.literal().is_some())
    }

    /// `document IN (value, …)`: each value beside it.
    pub(super) fn in_by_kind(
        &mut self,
        expr: &Expr,
        list: Vec<Expr>,
        negated: bool,
        span: super::Span,
    ) -> Bound<Expr> {
        let (name, word) = if negated { ("<>", "and") } else { ("=", "or") };
        let mut whole: Option<Expr> = None;
        for value in list {
            let one = self.compare(name, expr.clone(), value, span)?;
            whole = Some(match whole {
                Some(before) => predicate(word, vec![before, one], span),
                None => one,
            });
        }
        match whole {
            Some(whole) => Ok(whole),
            None => self.unsupported("IN without values", span),
        }
    }
}

/// Does it begin with a letter, and is it no constant of JSON?
fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !["true", "false", "null"].iter().any(|one| text.trim_end().eq_ignore_ascii_case(one))
}
