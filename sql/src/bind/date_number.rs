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
        let date = |expr: &Expr| expr.ty == Type::Date;
        let number = |expr: &Expr| expr.ty.is_number();
        if self.speaks_core()
            || !operands.iter().any(date)
            || !operands.iter().any(number)
            || !self.spec.knows(LINE)
        {
            return Ok(operands);
        }
        let mut refused = Ok(());
        let numbers = operands.map(|expr| {
            if !date(&expr) || refused.is_err() {
                return expr;
            }
            self.apply(LINE, vec![expr.clone()], span).unwrap_or_else(|refusal| {
                refused = Err(refusal);
                expr
            })
        });
        refused.map(|()| numbers)
    }
}
