//! Errors raised at run time, where an engine would answer what PostgreSQL does not.

use super::Emitter;
use crate::targets::Target;
use sql::tree::{Expr, ExprKind};

impl Emitter {
    /// `value`, or an error where `condition` holds. `DataFusion` has no function that raises: a
    /// division by zero does.
    pub(crate) fn raise_if(&self, condition: &str, message: &str, value: &str) -> String {
        if self.target() == Target::DuckDb {
            format!("CASE WHEN {condition} THEN error('{message}') ELSE {value} END")
        } else {
            raised_by(condition, "0", value)
        }
    }

    /// The same for a value of these arguments. Of constants alone `DataFusion` would work out the
    /// division while it plans, and fail although no row gets there: a zero that it does not know
    /// before is taken.
    pub(crate) fn raise_if_of(&self, args: &[Expr], condition: &str, value: &str) -> String {
        if self.target() == Target::DataFusion && args.iter().all(is_constant) {
            raised_by(condition, "CAST(floor(random()) AS INT)", value)
        } else {
            self.raise_if(condition, "22000: out of range", value)
        }
    }
}

fn raised_by(condition: &str, zero: &str, value: &str) -> String {
    format!("CASE WHEN 1 / CASE WHEN {condition} THEN {zero} ELSE 1 END = 1 THEN {value} END")
}

/// Is the value known before any row is read?
pub(super) fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_constant(expr),
        ExprKind::Call(call) => call.args.iter().all(is_constant),
        ExprKind::Case { operand, branches, otherwise } => {
            operand.iter().chain(otherwise).all(|expr| is_constant(expr))
                && branches.iter().all(|(when, then)| is_constant(when) && is_constant(then))
        }
        ExprKind::InList { expr, list, .. } => is_constant(expr) && list.iter().all(is_constant),
        ExprKind::Array(items) | ExprKind::Row(items) => items.iter().all(is_constant),
        ExprKind::Subscript { base, index } => is_constant(base) && is_constant(index),
        _ => false,
    }
}
