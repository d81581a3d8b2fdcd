//! A `datetime` of Transact-SQL beside a `datetime2`: its third of a hundredth of a second counts then,
//! of which the milliseconds alone are stored.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/data-types/datetime2-transact-sql>
//! ("Under database compatibility level 130 and higher, implicit conversions from datetime to datetime2
//! data types show improved accuracy by accounting for the fractional milliseconds").

use super::{Binder, Bound, operator::predicate};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

impl Binder<'_> {
    /// Refuses rows of such values that are compared with others as `to`.
    pub(super) fn no_ticks_of_rows(&self, rows: &Type, to: &Type, span: super::Span) -> Bound<()> {
        if *rows == Type::Ticks && *to == Type::Timestamp {
            return self.unsupported("a datetime2 beside rows of datetime", span);
        }
        Ok(())
    }

    /// The value that takes part where it meets values of type `to`.
    pub(super) fn of_ticks(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        if expr.ty != Type::Ticks || *to != Type::Timestamp {
            return Ok(expr);
        }
        let span = expr.span;
        let stamp = Expr { ty: Type::Timestamp, ..expr };
        let micros = self.resolve("extract microseconds", vec![stamp.clone()], span)?;
        let micros = self.cast_to(micros, Type::Int8, span)?;
        let rest = self.resolve("%", vec![micros, self.number("10000", span)], span)?;
        // 3 and 7 milliseconds are one and two thirds of a hundredth.
        let branch = |at: &str, micros: i64| -> Bound<(Expr, Expr)> {
            let kind = ExprKind::Literal(Literal::Interval { months: 0, days: 0, micros });
            let more = Expr { kind, ty: Type::Interval, span };
            let at = Expr { ty: Type::Int8, ..self.number(at, span) };
            let exact = self.resolve("+", vec![stamp.clone(), more], span)?;
            Ok((predicate("=", vec![rest.clone(), at], span), exact))
        };
        let branches = vec![branch("3000", 333)?, branch("7000", -333)?];
        let kind = ExprKind::Case { operand: None, branches, otherwise: Some(Box::new(stamp)) };
        Ok(Expr { kind, ty: Type::Timestamp, span })
    }
}
