//! A timestamp beside a date is compared as the date in it, where the dialect says so (Teradata):
//! 10 o'clock of the 29th is not after the 29th. Elsewhere the date is its first moment.
//!
//! <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Functions-Expressions-and-Predicates/Comparison-Operators-and-Functions/Implicit-Type-Conversion-of-Comparison-Operands/Implicit-Conversion-of-DateTime-Types>

use super::{Binder, Bound, Span};
use crate::{tree::Expr, types::Type};

impl Binder<'_> {
    /// Is a date among these types, and a timestamp, and is the date what counts?
    pub(super) fn days_count(&self, types: &[&Type]) -> bool {
        !self.speaks_core()
            && self.spec.traits().timestamps_beside_dates_are_dates
            && types.contains(&&Type::Date)
            && types.iter().any(|ty| is_time(ty))
    }

    /// The type that such values are compared in. What the others of a list are compared in depends on
    /// each of them.
    pub(super) fn compared_days(&self, types: &[&Type], span: Span) -> Bound<Type> {
        let others = types.get(1..).unwrap_or_default();
        if types.contains(&&Type::TimestampTz) {
            return self.unsupported("a date beside a time with a zone", span);
        }
        if others.contains(&&Type::Date) && others.iter().any(|ty| is_time(ty)) {
            return self.unsupported("dates and timestamps in one list", span);
        }
        Ok(Type::Date)
    }

    /// Refuses a date beside timestamps of a query, or the other way round.
    pub(super) fn no_days_of_rows(&self, one: &Type, two: &Type, span: Span) -> Bound<()> {
        if self.days_count(&[one, two]) {
            return self.unsupported("dates beside timestamps of a query", span);
        }
        Ok(())
    }

    /// The date in a timestamp that is compared as one.
    pub(super) fn compared_day(&self, expr: Expr, ty: &Type) -> Bound<Expr> {
        if *ty == Type::Date && expr.ty == Type::Timestamp && !self.speaks_core() {
            let span = expr.span;
            return self.cast_to(expr, Type::Date, span);
        }
        Ok(expr)
    }
}

fn is_time(ty: &Type) -> bool {
    matches!(ty, Type::Timestamp | Type::TimestampTz)
}
