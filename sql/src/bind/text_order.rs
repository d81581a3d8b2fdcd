//! The order of texts under a collation.
//!
//! Collations put marks and letters in orders of their own. A dialect whose order is known has a line
//! `sort key(text)`: a text whose code points are in that order, or an error for a character whose
//! place is not known. Without such a line texts are sorted by the key that tells them apart, and the
//! order of texts as a condition is refused.

use super::{Binder, Bound, said};
use crate::{tree::Expr, types::Type};

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
        if said::is_marked(&expr) {
            let span = expr.span;
            let key = self.key(expr)?;
            return self.resolve(CODE_POINTS, vec![key], span);
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
}
