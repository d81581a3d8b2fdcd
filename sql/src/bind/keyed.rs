//! Values by which rows are told apart or sorted. A function or an operator says the types of its
//! arguments; GROUP BY, DISTINCT, UNION, USING, PARTITION BY and ORDER BY do not, so the binder
//! notes them: not every engine holds the same values for equal, or has the same order of them.

use super::{Binder, Bound};
use crate::{
    tree::{Expr, ExprKind},
    types::Type,
};
use model::Span;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyUse {
    /// Equal values make one row, group or partition, or are found in a list or a query.
    ToldApart,
    /// `USING`: rows with equal values are joined.
    Joined,
    /// Rows, or values beside each other, are sorted.
    Sorted,
    /// A window is sorted by it, and its frame ends with the values that are equal.
    Framed,
}

/// A value by which rows are told apart or sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its type.
    pub ty: Type,
    /// What it is for.
    pub of: KeyUse,
    /// Where it stands.
    pub span: Span,
}

impl Binder<'_> {
    /// Notes a key of type `ty`; refuses types that have no equality everywhere.
    pub(super) fn keyed(&self, ty: &Type, of: KeyUse, span: Span) -> Bound<()> {
        self.comparable(ty, span)?;
        let sorted = matches!(of, KeyUse::Sorted | KeyUse::Framed);
        let open = self.spec.traits().arrays_with_null_open && !self.speaks_core();
        if sorted && open && ty.element().is_some() {
            return self.unsupported("a sort by arrays, which may hold NULL", span);
        }
        let key = Key { ty: ty.clone(), of, span };
        let mut keys = self.keys.borrow_mut();
        if !keys.contains(&key) {
            keys.push(key);
        }
        Ok(())
    }

    /// Notes values that are told apart; a row is told apart by each of its values.
    pub(super) fn keys_apart<'e>(&self, exprs: impl IntoIterator<Item = &'e Expr>) -> Bound<()> {
        exprs.into_iter().try_for_each(|expr| match &expr.kind {
            ExprKind::Row(items) => self.keys_apart(items),
            _ => self.keyed(&expr.ty, KeyUse::ToldApart, expr.span),
        })
    }
}
