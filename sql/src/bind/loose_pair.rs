//! A text beside a number in a comparison, and a truth beside 0 or 1, where a dialect reads the one as the
//! other: `code = 12`, `active = 1`.
//!
//! The line `compared number(text)` says what number a text is, `compared truth(int8)` what truth a number.
//!
//! Source: <https://docs.snowflake.com/en/sql-reference/data-type-conversion>

use super::{Binder, Bound};
use crate::{tree::Expr, types::Type};

const NUMBER: &str = "compared number";
const TRUTH: &str = "compared truth";

impl Binder<'_> {
    pub(super) fn compared_loosely(
        &mut self,
        name: &str,
        left: Expr,
        right: Expr,
    ) -> Bound<(Expr, Expr)> {
        if self.speaks_core() {
            return Ok((left, right));
        }
        let Some(line) = self.loose_line(name, &left, &right) else {
            let Some(line) = self.loose_line(name, &right, &left) else {
                return Ok((left, right));
            };
            let span = right.span;
            return Ok((left, self.apply(line, vec![right], span)?));
        };
        let span = left.span;
        Ok((self.apply(line, vec![left], span)?, right))
    }

    /// A text before IN among numbers.
    pub(super) fn listed_loosely(&mut self, expr: Expr, list: &[Expr]) -> Bound<Expr> {
        let one = |beside: &Expr| self.loose_line("in", &expr, beside).is_some();
        if self.speaks_core() || list.is_empty() || !list.iter().all(one) {
            return Ok(expr);
        }
        let span = expr.span;
        self.apply(NUMBER, vec![expr], span)
    }

    /// The line that reads `read` as a value of the kind of `beside`.
    fn loose_line(&self, name: &str, read: &Expr, beside: &Expr) -> Option<&'static str> {
        let exact = beside.ty.is_integer() || matches!(beside.ty, Type::Numeric(_));
        if read.ty.is_text() && exact && self.spec.knows(NUMBER) {
            return Some(NUMBER);
        }
        // What truth another number is in a comparison is not said.
        let truth = matches!(read.integer(), Some(0 | 1)) && beside.ty == Type::Bool;
        (truth && ["=", "<>"].contains(&name) && self.spec.knows(TRUTH)).then_some(TRUTH)
    }
}
