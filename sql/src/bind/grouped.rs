//! Expressions over groups: a key replaced by what is shown of its group.

use super::{
    Binder, Span, call::count_star, decorate::both, operator::predicate, select::has_aggregate,
};
use crate::{
    dialects::Totals,
    tree::{Expr, ExprKind, FunctionKind, GroupItem, Item, Literal, QuantifiedSource, SortTarget},
    types::Type,
};

impl Binder<'_> {
    /// HAVING without the grand total of no rows, where the source has none.
    pub(super) fn of_some_rows(
        &self,
        having: Option<Expr>,
        (group_by, items): (&[GroupItem], &[Item]),
        span: Span,
    ) -> Option<Expr> {
        let missing = match self.spec.traits().totals {
            _ if self.speaks_core() => false,
            Totals::All => false,
            Totals::Sets => {
                let aggregates = items.iter().map(|item| &item.expr).chain(&having);
                !group_by.iter().any(|item| matches!(item, GroupItem::Sets(_)))
                    || !aggregates.into_iter().any(has_aggregate)
            }
            Totals::None => true,
        };
        let grand = group_by.iter().all(|item| !matches!(item, GroupItem::Key(_)));
        if !missing || !grand || group_by.is_empty() {
            return having;
        }
        Some(both(having, some_rows(span), span))
    }
}

/// Are there rows? As a condition beside aggregates.
pub(super) fn some_rows(span: Span) -> Expr {
    let zero =
        Expr { kind: ExprKind::Literal(Literal::Number("0".to_owned())), ty: Type::Int8, span };
    predicate(">", vec![count_star(span), zero], span)
}

/// A key of GROUP BY, what rows are grouped by instead, and what is shown of a group.
#[derive(Debug)]
pub(super) struct Replaced {
    pub(super) key: Expr,
    pub(super) group: Expr,
    pub(super) shown: Expr,
}

/// Puts `shown` in place of each key, outside aggregates.
pub(super) fn replace(expr: &mut Expr, found: &[Replaced]) {
    if let Some(one) = found.iter().find(|one| one.key.is_same(expr)) {
        *expr = one.shown.clone();
        return;
    }
    if let ExprKind::Call(call) = &mut expr.kind {
        if call.name == "grouping" {
            for arg in &mut call.args {
                if let Some(one) = found.iter().find(|one| one.key.is_same(arg)) {
                    *arg = one.group.clone();
                }
            }
            return;
        }
        let aggregates = matches!(call.kind, FunctionKind::Aggregate | FunctionKind::OrderedSet);
        if aggregates && call.over.is_none() {
            return;
        }
    }
    for child in children(expr) {
        replace(child, found);
    }
}

/// Is it made of columns, constants and scalar functions?
pub(super) fn is_row_level(expr: &Expr) -> bool {
    let here = match &expr.kind {
        ExprKind::Call(call) => call.kind == FunctionKind::Scalar && call.over.is_none(),
        _ => expr.query().is_none(),
    };
    here && !expr.any_child(&mut |child| !is_row_level(child))
}

/// Is a query inside it?
pub(super) fn has_query(expr: &Expr) -> bool {
    expr.any_part(&|part| part.query().is_some())
}

/// The expressions directly inside; queries inside do not count.
fn children(expr: &mut Expr) -> Vec<&mut Expr> {
    let mut all: Vec<&mut Expr> = Vec::new();
    match &mut expr.kind {
        ExprKind::Literal(_)
        | ExprKind::Column { .. }
        | ExprKind::Parameter(_)
        | ExprKind::Exists { .. }
        | ExprKind::Scalar(_) => {}
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } | ExprKind::InQuery { expr, .. } => {
            all.push(expr);
        }
        ExprKind::Quantified { expr, source, .. } => {
            all.push(expr);
            if let QuantifiedSource::Array(array) = source {
                all.push(array);
            }
        }
        ExprKind::Call(call) => {
            all.extend(&mut call.args);
            all.extend(call.filter.as_mut());
            let window = call.over.as_mut();
            let keys = call.order_by.iter_mut();
            let (partition, sorted) = match window {
                Some(window) => (Some(&mut window.partition_by), Some(&mut window.order_by)),
                None => (None, None),
            };
            all.extend(partition.into_iter().flatten());
            for key in keys.chain(sorted.into_iter().flatten()) {
                if let SortTarget::Expr(expr) = &mut key.target {
                    all.push(expr);
                }
            }
        }
        ExprKind::Case { operand, branches, otherwise } => {
            all.extend(operand.as_deref_mut());
            for (when, then) in branches {
                all.push(when);
                all.push(then);
            }
            all.extend(otherwise.as_deref_mut());
        }
        ExprKind::InList { expr, list, .. } => {
            all.push(expr);
            all.extend(list);
        }
        ExprKind::Row(items) | ExprKind::Array(items) => all.extend(items),
        ExprKind::Subscript { base, index } => {
            all.push(base);
            all.push(index);
        }
    }
    all
}
