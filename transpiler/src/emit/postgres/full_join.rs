//! FULL JOIN on PostgreSQL, which merges or hashes the sides: each part of the condition has to be an
//! equality between them, or a constant.

use sql::tree::{Expr, ExprKind, Relation};

/// Can PostgreSQL do a full join of these on this condition?
pub(super) fn can_be_done(condition: &Expr, left: &Relation, right: &Relation) -> bool {
    fits(condition, &left.names(), &right.names())
}

fn fits(condition: &Expr, left: &[String], right: &[String]) -> bool {
    if condition.is_constant() {
        return true;
    }
    let Some(call) = condition.call() else { return false };
    match (call.name, call.args.as_slice()) {
        ("and", parts) => parts.iter().all(|part| fits(part, left, right)),
        ("=", [one, two]) => {
            (is_of(one, left) && is_of(two, right)) || (is_of(one, right) && is_of(two, left))
        }
        _ => false,
    }
}

/// Does the expression have columns of these relations, and of no others?
fn is_of(expr: &Expr, relations: &[String]) -> bool {
    let others = |part: &Expr| match &part.kind {
        ExprKind::Column { relation: Some(relation), .. } => !relations.contains(relation),
        ExprKind::Column { relation: None, .. } => true,
        ExprKind::Scalar(_)
        | ExprKind::Exists { .. }
        | ExprKind::InQuery { .. }
        | ExprKind::Quantified { .. } => true,
        _ => false,
    };
    expr.has_column() && !expr.any_part(&others)
}
