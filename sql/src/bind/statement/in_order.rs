//! `SET a = 1, b = a` where the second value sees the first: each later value gets what was stored
//! before it in place of the column. Source: MySQL 8.0 manual, 13.2.17.

use crate::{
    bind::{Binder, Bound, Span},
    dialects::is_chance,
    tree::{Assignment, Cell, Expr, ExprKind, QuantifiedSource},
    types::Type,
};

impl Binder<'_> {
    /// Values over the row as it was, of assignments that are made one after the other.
    pub(super) fn one_after_the_other(
        &self,
        assignments: Vec<Assignment>,
        joined: bool,
        span: Span,
    ) -> Bound<Vec<Assignment>> {
        if !self.spec.traits().writing.set_in_order {
            return Ok(assignments);
        }
        let mut done: Vec<Assignment> = Vec::with_capacity(assignments.len());
        for one in assignments {
            let value = match one.value {
                Cell::Value(value) => match replaced(&value, &done) {
                    // Across tables the order of assignments is open.
                    Some(new) if new != value && joined => {
                        return self.unsupported("SET by a column that is set before", span);
                    }
                    Some(new) => Cell::Value(new),
                    None => return self.unsupported("SET by a column that is set before", span),
                },
                Cell::Default => Cell::Default,
            };
            done.push(Assignment { column: one.column, value });
        }
        Ok(done)
    }
}

/// The expression with the columns set before replaced by their values; nothing where that is not
/// known to be the same.
pub(super) fn replaced(expr: &Expr, before: &[Assignment]) -> Option<Expr> {
    let all = |exprs: &[Expr]| -> Option<Vec<Expr>> {
        exprs.iter().map(|expr| replaced(expr, before)).collect()
    };
    let boxed = |expr: &Expr| replaced(expr, before).map(Box::new);
    let kind = match &expr.kind {
        ExprKind::Column { name, .. } => {
            let Some(set) = before.iter().find(|set| set.column.name == *name) else {
                return Some(expr.clone());
            };
            let Cell::Value(value) = &set.value else { return None };
            if value.any_call(&|call| is_chance(call.name)) {
                return None;
            }
            return Some(as_stored(value, &set.column.ty));
        }
        ExprKind::Literal(_) | ExprKind::Parameter(_) => return Some(expr.clone()),
        ExprKind::Cast { expr } => ExprKind::Cast { expr: boxed(expr)? },
        ExprKind::Coerce { expr } => ExprKind::Coerce { expr: boxed(expr)? },
        ExprKind::Call(call) => {
            if call.filter.is_some() || call.over.is_some() || !call.order_by.is_empty() {
                return None;
            }
            let call = crate::tree::Call { args: all(&call.args)?, ..(**call).clone() };
            ExprKind::Call(Box::new(call))
        }
        ExprKind::Case { operand, branches, otherwise } => ExprKind::Case {
            operand: match operand {
                Some(operand) => Some(boxed(operand)?),
                None => None,
            },
            branches: branches
                .iter()
                .map(|(when, then)| Some((replaced(when, before)?, replaced(then, before)?)))
                .collect::<Option<_>>()?,
            otherwise: match otherwise {
                Some(otherwise) => Some(boxed(otherwise)?),
                None => None,
            },
        },
        ExprKind::InList { expr, list, negated } => {
            ExprKind::InList { expr: boxed(expr)?, list: all(list)?, negated: *negated }
        }
        ExprKind::Array(items) => ExprKind::Array(all(items)?),
        ExprKind::Row(items) => ExprKind::Row(all(items)?),
        ExprKind::Subscript { base, index } => {
            ExprKind::Subscript { base: boxed(base)?, index: boxed(index)? }
        }
        ExprKind::Quantified { source: QuantifiedSource::Array(_), .. } => return None,
        // A query may name the columns anywhere: only where nothing was set before.
        ExprKind::InQuery { .. }
        | ExprKind::Exists { .. }
        | ExprKind::Scalar(_)
        | ExprKind::Quantified { .. } => {
            return before.is_empty().then(|| expr.clone());
        }
    };
    Some(Expr { kind, ty: expr.ty.clone(), span: expr.span })
}

/// A value of exactly the column's type: `5` in a column of two digits is `5.00`.
fn as_stored(value: &Expr, ty: &Type) -> Expr {
    if value.ty == *ty || ty.is_character() {
        return value.clone();
    }
    let kind = ExprKind::Cast { expr: Box::new(value.clone()) };
    Expr { kind, ty: ty.clone(), span: value.span }
}
