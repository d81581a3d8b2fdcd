//! A text that is made of a date by itself, beside a date: `d >= '2024-03-31' - INTERVAL 1 MONTH` of `MySQL`,
//! where the difference is a text. Beside a date texts are read as dates, so it is the date again.
//!
//! Source: MySQL 8.0 manual, 14.3 (type conversion in expression evaluation).

use super::Binder;
use crate::{
    tree::{Expr, ExprKind},
    types::Type,
};

impl Binder<'_> {
    /// Operands of a comparison, each such text as the date that it is made of.
    pub(super) fn beside_dates(&self, operands: Vec<Expr>) -> Vec<Expr> {
        let day = |expr: &Expr| matches!(expr.ty, Type::Date | Type::Timestamp);
        if !self.spec.traits().values_become_texts
            || self.speaks_core()
            || !operands.iter().any(day)
        {
            return operands;
        }
        operands.into_iter().map(date_of).collect()
    }
}

/// The date that a text is made of, if it is.
fn date_of(expr: Expr) -> Expr {
    if !expr.ty.is_text() {
        return expr;
    }
    match expr.kind {
        ExprKind::Cast { expr: inner } if inner.ty == Type::Date => *inner,
        kind => Expr { kind, ..expr },
    }
}
