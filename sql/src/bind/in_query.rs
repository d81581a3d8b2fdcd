//! `x IN (SELECT …)` as a value of Spark: FALSE where others give NULL, for NOT IN too.
//!
//! In a condition the two are the same, so nothing of this is written there (`as_filter`). Spark was
//! asked itself (`corpora/dialects/spark`).

use super::{
    Binder, Bound,
    operator::predicate,
    select::{has_aggregate, is_aggregate},
};
use crate::{
    tree::{Expr, ExprKind, GroupItem, Item, Literal},
    types::Type,
};
use sqlparser::ast::{self, visit_expressions};
use std::ops::ControlFlow;

impl Binder<'_> {
    /// IN with a query, as a value that is never NULL where the dialect has it so.
    pub(super) fn as_match(&self, found: Expr) -> Expr {
        if !self.spec.traits().no_match_is_false {
            return found;
        }
        let span = found.span;
        predicate("coalesce", vec![found, falsehood(span)], span)
    }

    /// `NOT` of what holds a subquery of IN, where that is never NULL: right before it, it is a part of
    /// the operator; further away it would turn the FALSE that stands for NULL.
    pub(super) fn not_in_query(
        &mut self,
        expr: &ast::Expr,
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        if !self.spec.traits().no_match_is_false {
            return Ok(None);
        }
        let mut inner = expr;
        while let ast::Expr::Nested(nested) = inner {
            inner = nested;
        }
        if let ast::Expr::InSubquery { expr, subquery, negated } = inner {
            return self.in_query(expr, subquery, !negated, span).map(Some);
        }
        let holds = visit_expressions(inner, |expr| match expr {
            ast::Expr::InSubquery { .. } => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        });
        if holds.is_break() {
            return self.unsupported("NOT of what holds IN with a subquery", span);
        }
        Ok(None)
    }

    /// Refuses IN with a query beside aggregates of all rows: it is worked out for each row there, so that
    /// it is NULL where there is none.
    pub(super) fn matches_have_rows(&self, group_by: &[GroupItem], items: &[Item]) -> Bound<()> {
        if !self.spec.traits().no_match_is_false || self.speaks_core() || !group_by.is_empty() {
            return Ok(());
        }
        let aggregated = items.iter().any(|item| has_aggregate(&item.expr));
        match items.iter().find(|item| has_match(&item.expr)).filter(|_| aggregated) {
            Some(item) => {
                let what = "IN with a subquery beside an aggregate of all rows";
                self.unsupported(what, item.expr.span)
            }
            None => Ok(()),
        }
    }
}

/// Is IN with a query outside aggregates, of a value without any?
fn has_match(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::InQuery { expr, .. } => !has_aggregate(expr),
        ExprKind::Call(call) if is_aggregate(call) => false,
        _ => expr.any_child(&mut |part| has_match(part)),
    }
}

fn falsehood(span: super::Span) -> Expr {
    Expr { kind: ExprKind::Literal(Literal::Bool(false)), ty: Type::Bool, span }
}

/// A condition on rows, without what tells NULL from FALSE.
pub(super) fn as_filter(mut expr: Expr) -> Expr {
    let ExprKind::Call(call) = &mut expr.kind else { return expr };
    if matches!(call.name, "and" | "or") {
        call.args = std::mem::take(&mut call.args).into_iter().map(as_filter).collect();
        return expr;
    }
    let alone = match call.args.as_slice() {
        [found, other] if call.name == "coalesce" && is_match(found, other) => Some(found.clone()),
        _ => None,
    };
    alone.unwrap_or(expr)
}

fn is_match(found: &Expr, other: &Expr) -> bool {
    matches!(found.kind, ExprKind::InQuery { .. }) && *other == falsehood(other.span)
}
