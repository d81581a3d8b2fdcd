//! Conversions between types that give the same value on both sides.

use super::Emitter;
use crate::{fragment::Fragment, rule::Emit, targets::Target};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

impl Emitter {
    /// A conversion that PostgreSQL makes by itself.
    pub(super) fn coerce(&mut self, inner: &Expr, outer: &Expr) -> Emit<Fragment> {
        let value = self.expr(inner)?;
        match (&inner.ty, &outer.ty) {
            // The targets widen these by themselves, in the same way.
            (from, to)
                if from.is_integer() && (to.is_integer() || matches!(to, Type::Numeric(_))) =>
            {
                Ok(value)
            }
            (Type::Numeric(Some(_)), Type::Numeric(Some(shape))) => {
                if shape.precision > 38 {
                    return self.refuse(
                        format!("alternatives that need {} digits", shape.precision),
                        outer.span,
                    );
                }
                self.converted(&value, inner, outer)
            }
            (from, Type::Float8) if from.is_number() => self.converted(&value, inner, outer),
            (Type::Char(_), to) if to.is_text() && self.target() == Target::DuckDb => {
                let plain = match &inner.kind {
                    ExprKind::Column { .. } => {
                        self.expr(&Expr { ty: Type::Text, ..inner.clone() })?
                    }
                    _ => value,
                };
                Ok(Fragment::atom(format!("rtrim({}, ' ')", plain.text)))
            }
            (Type::Date, Type::Timestamp) => self.converted(&value, inner, outer),
            (Type::Date | Type::Timestamp, Type::TimestampTz)
                if self.target() == Target::DuckDb =>
            {
                self.converted(&value, inner, outer)
            }
            _ => self.unknown(inner, outer),
        }
    }

    /// A cast that the text asks for and that no rule changes.
    pub(super) fn cast(&mut self, inner: &Expr, outer: &Expr) -> Emit<Fragment> {
        let duckdb = self.target() == Target::DuckDb;
        let known = match (&inner.ty, &outer.ty) {
            (from, to) if from.is_integer() && to.is_integer() => true,
            (from, Type::Numeric(Some(_))) if from.is_integer() => true,
            (from, Type::Float8) if from.is_number() => true,
            (from, Type::Text) if from.is_integer() => true,
            (Type::Numeric(Some(_)), Type::Numeric(Some(_))) => duckdb,
            (Type::Numeric(Some(_)), to) if to.is_integer() => duckdb,
            // The text of a number shows the scale of the value itself.
            (Type::Numeric(Some(_)), Type::Text) => matches!(inner.kind, ExprKind::Column { .. }),
            // Both round half to even.
            (Type::Float8, to) if to.is_integer() => duckdb,
            (Type::Bool, Type::Int4 | Type::Text) => duckdb,
            (Type::Int4, Type::Bool) => duckdb,
            (Type::Date, Type::Timestamp | Type::Text) => true,
            (Type::Timestamp, Type::Date | Type::Text | Type::Time) => duckdb,
            (Type::Date | Type::Timestamp, Type::TimestampTz) => duckdb,
            (Type::TimestampTz, Type::Timestamp | Type::Date) => duckdb,
            (Type::Uuid, Type::Text) => duckdb,
            (Type::Char(_), Type::Text) => return self.coerce(inner, outer),
            (from, Type::Varchar(None)) if from.is_text() => return self.expr(inner),
            _ => false,
        };
        if !known {
            return self.unknown(inner, outer);
        }
        let value = self.expr(inner)?;
        self.converted(&value, inner, outer)
    }

    fn converted(&self, value: &Fragment, inner: &Expr, outer: &Expr) -> Emit<Fragment> {
        match self.target().type_name(&outer.ty) {
            Some(name) => Ok(Fragment::atom(format!("CAST({} AS {name})", value.text))),
            None => self.unknown(inner, outer),
        }
    }

    fn unknown<T>(&self, inner: &Expr, outer: &Expr) -> Emit<T> {
        self.refuse(
            format!("no conversion from `{}` to `{}` is known", inner.ty, outer.ty),
            outer.span,
        )
    }
}
