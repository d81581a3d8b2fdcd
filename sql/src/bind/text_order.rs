//! The order of texts under a collation.
//!
//! Collations put marks and letters in orders of their own. A dialect whose order is known has a line
//! `sort key(text)`: a text whose code points are in that order, or an error for a character whose
//! place is not known. Without such a line texts are sorted by the key that tells them apart, and the
//! order of texts as a condition is refused. A line `sort key(uuid)` does the same for those, and
//! `national sort key(text)` for texts of Unicode where they have an order of their own; `open sort key(text)`
//! stands for texts of which that cannot be told.

use super::{
    Binder, Bound,
    national::{NATIONAL, OPEN},
    said,
};
use crate::{
    dialects::{ArgType, Definition},
    tree::{Call, Expr},
    types::Type,
};

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
        if !self.spec.knows(NATIONAL) {
            return self.key_by(&[SORTED], expr);
        }
        match self.is_national(&expr) {
            Some(false) => self.key_by(&[SORTED], expr),
            Some(true) => self.key_by(&[NATIONAL, SORTED], expr),
            None => self.key_by(&[OPEN, SORTED], expr),
        }
    }

    /// A text whose order is a condition, where the statement says that it is that of code points.
    pub(super) fn by_code_points(&self, expr: Expr) -> Bound<Expr> {
        if self.said.is_none() || !expr.ty.is_character() || expr.literal().is_some() {
            return Ok(expr);
        }
        let span = expr.span;
        self.resolve(CODE_POINTS, vec![expr], span)
    }

    /// The line that gives values of a type that are no texts an order of their own.
    fn own_order(&self, ty: &Type) -> Option<&'static Definition> {
        if self.speaks_core() {
            return None;
        }
        let is = |d: &&Definition| *ty == Type::Uuid && d.arg(0) == Some(&ArgType::Is(ty.clone()));
        self.spec.definitions(SORTED).iter().find(is)
    }

    /// Have values of the type an order of their own, as texts have?
    pub(super) fn has_own_order(&self, ty: &Type) -> bool {
        self.own_order(ty).is_some()
    }

    /// Refuses values with an order of their own where they cannot be brought to its key.
    pub(super) fn in_own_order(&self, ty: &Type, what: &str, span: super::Span) -> Bound<()> {
        if self.has_own_order(ty) {
            return self.unsupported(&format!("{what} by the order of `{ty}`"), span);
        }
        Ok(())
    }

    /// The value that stands for an expression where its order is a condition: `sort_key(text)` in the
    /// body of a definition.
    pub(super) fn order_key(&mut self, expr: Expr) -> Bound<Expr> {
        self.key_by(&[COMPARED, SORTED], expr)
    }

    fn key_by(&mut self, names: &[&str], expr: Expr) -> Bound<Expr> {
        if let Some(definition) = self.own_order(&expr.ty) {
            // By chance no order is another one.
            if expr.is_null() || expr.any_call(&Call::is_chance) {
                return Ok(expr);
            }
            let span = expr.span;
            return self.expand(definition, vec![expr], None, span);
        }
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
