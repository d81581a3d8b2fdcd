//! NULLIF whose value keeps the type of its first argument: a quotient of it counts the digits of that
//! type. PostgreSQL alone gives the type in which the two are compared.

use super::{Binder, Bound, operator::predicate};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

impl Binder<'_> {
    /// `NULLIF(first, second)` of the type of `first`, where that is not `ty`, in which they are
    /// compared.
    pub(super) fn nullif_of_first(
        &self,
        first: &Expr,
        second: &Expr,
        ty: &Type,
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let core = self.spec.source.dialect == model::Dialect::Postgres;
        if core || first.ty == Type::Unknown || first.ty == *ty {
            return Ok(None);
        }
        if is_whole_within(second, &first.ty) {
            let args = vec![first.clone(), self.unify(second.clone(), &first.ty)?];
            let mut call = predicate("nullif", args, span);
            call.ty = first.ty.clone();
            return Ok(Some(call));
        }
        let compared = vec![self.unify(first.clone(), ty)?, self.unify(second.clone(), ty)?];
        let null = Expr { kind: ExprKind::Literal(Literal::Null), ty: first.ty.clone(), span };
        let kind = ExprKind::Case {
            operand: None,
            branches: vec![(predicate("=", compared, span), null)],
            otherwise: Some(Box::new(first.clone())),
        };
        Ok(Some(Expr { kind, ty: first.ty.clone(), span }))
    }
}

/// Is it a whole number that a decimal of type `ty` can be?
fn is_whole_within(expr: &Expr, ty: &Type) -> bool {
    let (Some(number), Some(shape)) = (expr.integer(), ty.decimal_shape()) else { return false };
    let digits = number.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
    matches!(ty, Type::Numeric(_)) && digits <= shape.precision.saturating_sub(shape.scale)
}
