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
    /// Makes each such text among the operands of a comparison the date that it is made of.
    pub(super) fn beside_dates(&self, operands: &mut [Expr]) {
        let day = |expr: &Expr| matches!(expr.ty, Type::Date | Type::Timestamp);
        if self.speaks_core()
            || !self.spec.traits().values_become_texts
            || !operands.iter().any(day)
        {
            return;
        }
        for operand in operands.iter_mut().filter(|operand| operand.ty.is_text()) {
            if let ExprKind::Cast { expr } = &operand.kind
                && expr.ty == Type::Date
            {
                *operand = (**expr).clone();
            }
        }
    }
}
