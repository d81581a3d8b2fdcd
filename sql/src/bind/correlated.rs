//! Subqueries that read columns of the query around them.

use super::{Binder, Bound, grouped::some_rows, select::has_aggregate};
use crate::tree::{Body, Expr, ExprKind, Query};
use sqlparser::ast;

impl Binder<'_> {
    /// Binds a subquery; does it read a column of the queries around it?
    pub(super) fn inner_query(&mut self, query: &ast::Query) -> Bound<(Query, bool)> {
        let around = self.scopes.len();
        let before = std::mem::replace(&mut self.reached, usize::MAX);
        let bound = self.query(query)?;
        let correlated = self.reached < around;
        self.reached = self.reached.min(before);
        Ok((bound, correlated))
    }

    /// Binds a subquery that stands for a value.
    pub(super) fn value_query(&mut self, query: &ast::Query) -> Bound<Query> {
        let (mut bound, correlated) = self.inner_query(query)?;
        // ClickHouse joins the groups of such a subquery, and there is no group of no rows. The queries of
        // definitions are ours.
        let joined = self.spec.traits().no_rows_are_null && self.lowering.is_empty();
        if correlated && joined && gives_a_value(&bound) {
            let span = bound.span;
            let Body::Select(select) = &mut bound.body else {
                return self.unsupported("a count of rows of another query", span);
            };
            for item in &mut select.items {
                item.expr = of_some_rows(item.expr.clone());
            }
        }
        Ok(bound)
    }
}

/// The value of an aggregate, NULL over no rows.
fn of_some_rows(value: Expr) -> Expr {
    let (span, ty) = (value.span, value.ty.clone());
    let branches = vec![(some_rows(span), value)];
    let kind = ExprKind::Case { operand: None, branches, otherwise: None };
    Expr { kind, ty, span }
}

/// Does it aggregate all its rows, and give a value where there are none?
fn gives_a_value(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return true };
    let value = |expr: &Expr| has_aggregate(expr) && !is_null_of_nothing(expr);
    select.group_by.is_empty() && select.items.iter().any(|item| value(&item.expr))
}

/// Is it an aggregate that is NULL where there are no rows?
fn is_null_of_nothing(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_null_of_nothing(expr),
        ExprKind::Call(call) => matches!(call.name, "min" | "max" | "sum" | "avg"),
        _ => false,
    }
}
