//! Texts beside dates. A constant with a time of day makes the date the moment at which it begins:
//! `day < '2024-03-31 10:00:00'` of `MySQL`. And a text that is made of a date by itself, beside a date: `d >= '2024-03-31' - INTERVAL 1 MONTH` of `MySQL`,
//! where the difference is a text. Beside a date texts are read as dates, so it is the date again.
//!
//! Source: MySQL 8.0 manual, 14.3 (type conversion in expression evaluation).

use super::{Binder, datetime, lower::text};
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
        let midnight = |expr: &Expr| {
            let stamp = timed(expr)?;
            stamp.strip_suffix(" 00:00:00").map(ToOwned::to_owned)
        };
        if operands.iter().any(|operand| operand.ty == Type::Date) {
            for operand in operands.iter_mut() {
                if let Some(day) = midnight(operand) {
                    *operand = text(day, operand.span);
                }
            }
            if operands.iter().any(|operand| timed(operand).is_some()) {
                for operand in operands.iter_mut().filter(|operand| operand.ty == Type::Date) {
                    if let Ok(moment) = self.cast_to(operand.clone(), Type::Timestamp, operand.span)
                    {
                        *operand = moment;
                    }
                }
            }
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

/// A constant with a time of day, as a timestamp.
fn timed(expr: &Expr) -> Option<String> {
    let constant = expr.text().filter(|_| expr.ty == Type::Unknown)?;
    constant.trim().contains(' ').then(|| datetime::timestamp(constant.trim()))?
}
