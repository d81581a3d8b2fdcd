//! The order of texts under a collation, and comparisons that leave the collation aside.
//!
//! Collations put marks and letters in orders of their own. A dialect whose order is known has a line
//! `sort key(text)`: a text whose code points are in that order, or an error for a character whose
//! place is not known. Without such a line texts are sorted by the key that tells them apart, and the
//! order of texts as a condition is refused.

use super::{Binder, Bound, operator::predicate};
use crate::{tree::Expr, types::Type};
use sqlparser::ast::{self, DataType};

/// The definition of the key that texts are sorted by.
const SORTED: &str = "sort key";
/// The definition of the key where the order of texts is a condition, if that is another one.
const COMPARED: &str = "order key";
/// The function that sorts by code points.
const CODE_POINTS: &str = "collate c";

impl Binder<'_> {
    /// Is the order of texts known where it is a condition?
    pub(super) fn knows_order(&self) -> bool {
        self.spec.knows(SORTED) || self.spec.knows(COMPARED)
    }

    /// The value that stands for an expression where it is sorted.
    pub(super) fn sorting_key(&mut self, expr: Expr) -> Bound<Expr> {
        if expr.call().is_some_and(|call| call.name == CODE_POINTS) {
            return Ok(expr);
        }
        self.key_by(&[SORTED], expr)
    }

    /// The value that stands for an expression where its order is a condition: `sort_key(text)` in the
    /// body of a definition.
    pub(super) fn order_key(&mut self, expr: Expr) -> Bound<Expr> {
        self.key_by(&[COMPARED, SORTED], expr)
    }

    fn key_by(&mut self, names: &[&str], expr: Expr) -> Bound<Expr> {
        let text = self.spec.traits().text;
        let folds = text.folds && !self.settings.is("collation", "binary");
        let is_text = expr.ty.is_character() || expr.text().is_some();
        if !folds || !is_text || expr.is_null() {
            return self.key(expr);
        }
        match names.iter().find_map(|name| self.spec.definitions(name).first()) {
            Some(definition) => {
                let span = expr.span;
                let expr = self.coerce(expr, &Type::Text)?;
                self.expand(definition, vec![expr], None, span)
            }
            None => self.key(expr),
        }
    }

    /// The operands of a comparison of code points: one is under `COLLATE …_BIN`, or behind `BINARY`.
    pub(super) fn by_code_points<'e>(
        &self,
        left: &'e ast::Expr,
        right: &'e ast::Expr,
    ) -> Option<(&'e ast::Expr, &'e ast::Expr)> {
        self.keys()?;
        match (inside(left), inside(right)) {
            (None, None) => None,
            (one, two) => Some((one.unwrap_or(left), two.unwrap_or(right))),
        }
    }

    /// `x LIKE BINARY 'A%'`: a pattern that is compared by code points.
    pub(super) fn like_by_code_points(
        &mut self,
        negated: bool,
        left: &ast::Expr,
        right: &ast::Expr,
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let Some((left, right)) = self.by_code_points(left, right) else { return Ok(None) };
        let args = [self.expr(left)?, self.expr(right)?];
        let args = args.into_iter().map(|arg| self.coerce(arg, &Type::Text));
        let name = if negated { "not like" } else { "like" };
        Ok(Some(predicate(name, args.collect::<Bound<_>>()?, span)))
    }
}

/// What stands under `COLLATE …_BIN` or behind `BINARY`.
pub(super) fn inside(expr: &ast::Expr) -> Option<&ast::Expr> {
    match expr {
        ast::Expr::Nested(inner) => inside(inner),
        ast::Expr::Collate { expr, collation } => {
            let name = collation.0.last()?.as_ident()?.value.to_ascii_uppercase();
            (name.ends_with("_BIN") || name.ends_with("_BIN2")).then_some(&**expr)
        }
        ast::Expr::Cast { expr, data_type: DataType::Binary(None), .. } => Some(expr),
        _ => None,
    }
}
