//! A `datetime` of Transact-SQL beside a `datetime2`: its third of a hundredth of a second counts then,
//! of which the milliseconds alone are stored.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/data-types/datetime2-transact-sql>
//! ("Under database compatibility level 130 and higher, implicit conversions from datetime to datetime2
//! data types show improved accuracy by accounting for the fractional milliseconds").

use super::{Binder, Bound};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

impl Binder<'_> {
    /// The value that takes part where it meets values of type `to`.
    pub(super) fn of_ticks(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        if expr.ty != Type::Ticks || *to != Type::Timestamp {
            return Ok(expr);
        }
        let span = expr.span;
        let number = |n: i64| Expr { ty: Type::Int8, ..self.number(&n.to_string(), span) };
        let of = |name: &str, one: Expr, two: Expr| self.resolve(name, vec![one, two], span);
        let stamp = Expr { ty: Type::Timestamp, ..expr };
        let micros = self.resolve("extract microseconds", vec![stamp.clone()], span)?;
        let micros = self.cast_to(micros, Type::Int8, span)?;
        // 0, 3,000 or 7,000: the ticks are none, one or two.
        let rest = of("%", micros, number(10_000))?;
        let ticks = of("+", of("*", rest.clone(), number(3))?, number(5_000))?;
        let ticks = of("/", ticks, number(10_000))?;
        let exact = of("+", of("*", ticks, number(10_000))?, number(1))?;
        let more = of("-", of("/", exact, number(3))?, rest)?;
        let one = ExprKind::Literal(Literal::Interval { months: 0, days: 0, micros: 1 });
        let one = Expr { kind: one, ty: Type::Interval, span };
        let more = self.cast_to(more, Type::Float8, span)?;
        of("+", stamp, of("*", more, one)?)
    }
}
