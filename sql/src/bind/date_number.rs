//! A date beside a number is the integer that a line `date number(date)` makes of it (Teradata, where
//! 2024-02-29 is 1240229).

use super::{Binder, Bound, Span};
use crate::{tree::Expr, types::Type};

/// The name of the line.
const LINE: &str = "date number";

impl Binder<'_> {
    /// Operands of a comparison, dates as numbers where one of the others is a number.
    pub(super) fn dates_beside_numbers<const N: usize>(
        &mut self,
        operands: [Expr; N],
        span: Span,
    ) -> Bound<[Expr; N]> {
        if !self.has_dates_beside_numbers(&operands) {
            return Ok(operands);
        }
        let mut refused = Ok(());
        let numbers = operands.map(|expr| {
            if expr.ty != Type::Date || refused.is_err() {
                return expr;
            }
            self.apply(LINE, vec![expr.clone()], span).unwrap_or_else(|refusal| {
                refused = Err(refusal);
                expr
            })
        });
        refused.map(|()| numbers)
    }

    /// The same of a value and those of a list.
    pub(super) fn dates_among_numbers(&mut self, all: Vec<Expr>, span: Span) -> Bound<Vec<Expr>> {
        if !self.has_dates_beside_numbers(&all) {
            return Ok(all);
        }
        let each = all.into_iter().map(|expr| match expr.ty {
            Type::Date => self.apply(LINE, vec![expr], span),
            ref ty if ty.is_number() || expr.is_null() => Ok(expr),
            _ => self.unsupported("a text among dates and numbers", span),
        });
        each.collect()
    }

    fn has_dates_beside_numbers(&self, operands: &[Expr]) -> bool {
        !self.speaks_core()
            && operands.iter().any(|expr| expr.ty == Type::Date)
            && operands.iter().any(|expr| expr.ty.is_number())
            && self.spec.knows(LINE)
    }
}
