//! Number literals that take the type of what they meet: `2.5` is a float, and a `numeric` beside
//! one (`GoogleSQL`).

use super::{Binder, Bound, codes};
use crate::{
    dialects::NumberLiteral,
    tree::{Body, Expr, ExprKind, Literal, Query},
    types::Type,
};

impl Binder<'_> {
    /// The operands of an operator, a call, a comparison or a CASE, each literal of the type that
    /// the others make it.
    pub(super) fn adapted(&self, exprs: Vec<Expr>) -> Bound<Vec<Expr>> {
        let adapting = self.spec.traits().point == NumberLiteral::Adapting && !self.speaks_core();
        let meets = exprs.iter().any(|e| matches!(e.ty, Type::Numeric(_)));
        if !adapting || !meets {
            return Ok(exprs);
        }
        exprs.into_iter().map(|expr| self.as_numeric(expr)).collect()
    }

    /// Two operands.
    pub(super) fn adapted_pair(&self, left: Expr, right: Expr) -> Bound<(Expr, Expr)> {
        let mut both = self.adapted(vec![left, right])?.into_iter();
        match (both.next(), both.next()) {
            (Some(left), Some(right)) => Ok((left, right)),
            _ => self.unsupported("this pair", self.place),
        }
    }

    /// A literal that is column `index` of an operand of a set operation, whose other operand has
    /// `other` there. Of more than two operands the vendor looks at all together.
    pub(super) fn adapt_column(&self, query: &mut Query, index: usize, other: &Type) -> Bound<()> {
        let adapting = self.spec.traits().point == NumberLiteral::Adapting && !self.speaks_core();
        if !adapting || !matches!(other, Type::Numeric(_)) {
            return Ok(());
        }
        let span = query.span;
        let Body::Select(select) = &mut query.body else {
            if has_literal(&query.body, index) {
                return self.unsupported("a number with a point beside numeric values here", span);
            }
            return Ok(());
        };
        let (Some(item), Some(column)) =
            (select.items.get_mut(index), query.columns.get_mut(index))
        else {
            return Ok(());
        };
        item.expr = self.as_numeric(item.expr.clone())?;
        column.ty = item.expr.ty.clone();
        Ok(())
    }

    fn as_numeric(&self, expr: Expr) -> Bound<Expr> {
        if expr.ty != Type::Float8 {
            return Ok(expr);
        }
        let span = expr.span;
        match expr.kind {
            ExprKind::Literal(Literal::Typed(written)) => {
                // The value counts, not how many zeros follow it.
                let digits = if written.contains('.') && !written.contains(['e', 'E']) {
                    written.trim_end_matches('0').trim_end_matches('.').to_owned()
                } else {
                    written
                };
                let number = self.coerce(
                    Expr {
                        kind: ExprKind::Literal(Literal::Text(digits.clone())),
                        ty: Type::Unknown,
                        span,
                    },
                    &Type::NUMERIC,
                )?;
                // More digits than the type has would be rounded.
                if number.ty.decimal_shape().is_some_and(|s| s.scale > 9 || s.precision > 38) {
                    let what = format!("`{digits}` has too many digits beside a numeric value");
                    return self.refuse(codes::LITERAL, what, span);
                }
                Ok(number)
            }
            ExprKind::Call(mut call) if call.name == "unary -" && is_literal(&call.args) => {
                let args = std::mem::take(&mut call.args);
                call.args = args.into_iter().map(|e| self.as_numeric(e)).collect::<Bound<_>>()?;
                let ty = call.args.first().map_or(Type::Float8, |e| e.ty.clone());
                Ok(Expr { kind: ExprKind::Call(call), ty, span })
            }
            kind => Ok(Expr { kind, ..expr }),
        }
    }
}

/// Does an operand of a set operation have a float literal as column `index`?
fn has_literal(body: &Body, index: usize) -> bool {
    match body {
        Body::Select(select) => select.items.get(index).is_some_and(|item| {
            let negated = item.expr.call().filter(|call| call.name == "unary -");
            item.expr.ty.is_float()
                && negated.map_or_else(
                    || is_literal(std::slice::from_ref(&item.expr)),
                    |call| is_literal(&call.args),
                )
        }),
        Body::SetOperation { left, right, .. } => {
            has_literal(&left.body, index) || has_literal(&right.body, index)
        }
        Body::Values(_) => false,
    }
}

fn is_literal(args: &[Expr]) -> bool {
    matches!(args, [Expr { kind: ExprKind::Literal(Literal::Typed(_)), .. }])
}
