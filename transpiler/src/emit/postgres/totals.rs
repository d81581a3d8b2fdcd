//! Keys of ROLLUP and the like that PostgreSQL shows although they are not in a row's set: before version 18
//! it works out the key again where it holds a query, or where it folds to a constant.

use super::Printer;
use crate::rule::Emit;
use sql::tree::{Expr, ExprKind, FunctionKind, GroupItem, GroupKey};

impl Printer<'_> {
    /// Refuses such a key.
    pub(super) fn totals_are_null(items: &[GroupItem]) -> Emit<()> {
        let sets = items.iter().filter(|item| !matches!(item, GroupItem::Key(_)));
        for key in sets.flat_map(GroupItem::keys) {
            if let GroupKey::Expr(expr) = key
                && (may_fold(expr) || expr.any_part(&is_query))
            {
                return Self::refuse(
                    "totals over a key of constants or with a query are not done",
                    expr.span,
                );
            }
        }
        Ok(())
    }
}

fn is_query(part: &Expr) -> bool {
    use ExprKind as E;
    matches!(part.kind, E::Exists { .. } | E::InQuery { .. } | E::Quantified { .. } | E::Scalar(_))
}

/// Might it be worked out before a row is read?
fn may_fold(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Column { .. } => false,
        ExprKind::Literal(_) | ExprKind::Parameter(_) => true,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => may_fold(expr),
        // Once the first condition needs a row, a choice is left.
        ExprKind::Case { operand: Some(operand), .. } => may_fold(operand),
        ExprKind::Case { operand: None, branches, .. } => {
            branches.first().is_none_or(|(when, _)| may_fold(when))
        }
        ExprKind::InList { expr, .. } => may_fold(expr),
        ExprKind::Array(items) | ExprKind::Row(items) => items.iter().all(may_fold),
        ExprKind::Subscript { base, index } => may_fold(base) && may_fold(index),
        ExprKind::Call(call) if call.kind != FunctionKind::Scalar => false,
        ExprKind::Call(call) => match call.name {
            "coalesce" => call.args.first().is_none_or(may_fold),
            "and" | "or" => call.args.iter().any(may_fold),
            // NULL among the arguments makes NULL of most.
            _ => call.args.iter().all(may_fold) || call.args.iter().any(Expr::is_null),
        },
        ExprKind::Exists { .. }
        | ExprKind::InQuery { .. }
        | ExprKind::Quantified { .. }
        | ExprKind::Scalar(_) => false,
    }
}
