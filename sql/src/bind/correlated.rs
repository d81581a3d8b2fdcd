//! Subqueries that read columns of the query around them.

use super::{Binder, Bound, select::has_aggregate};
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
        let (bound, correlated) = self.inner_query(query)?;
        // ClickHouse joins the groups of such a subquery, and there is no group of no rows.
        if correlated && self.spec.traits().no_rows_are_null && gives_a_value(&bound) {
            return self.unsupported("a count of rows of another query", bound.span);
        }
        Ok(bound)
    }
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
