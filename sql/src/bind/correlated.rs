//! Subqueries that read columns of the query around them.

use super::{
    Binder, Bound,
    decorate::both,
    grouped::some_rows,
    operator::predicate,
    select::{has_aggregate, is_aggregate},
};
use crate::tree::{Body, Call, Expr, ExprKind, Query, Select};
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
        let before = self.outside.len();
        let (mut bound, correlated) = self.inner_query(query)?;
        if !correlated || !self.joins_subqueries() {
            return Ok(bound);
        }
        self.without_null_outside(&mut bound, before)?;
        if matches!(&bound.body, Body::Select(select) if aggregates_outside(select)) {
            return self.unsupported("an aggregate of what is outside of its query", bound.span);
        }
        if gives_a_value(&bound) {
            let span = bound.span;
            let Body::Select(select) = &mut bound.body else {
                return self.unsupported("a count of rows of another query", span);
            };
            if select.filter.as_ref().is_some_and(|filter| conjunct(filter, &is_fixed)) {
                // No row passes, and then the query is none of another one any more.
                return self
                    .unsupported("a constant condition beside those on another query", span);
            }
            for item in &mut select.items {
                item.expr = of_some_rows(item.expr.clone());
            }
        }
        Ok(bound)
    }

    /// Binds a subquery of EXISTS.
    pub(super) fn exists_query(&mut self, query: &ast::Query) -> Bound<Query> {
        let before = self.outside.len();
        let (mut bound, correlated) = self.inner_query(query)?;
        if correlated && self.joins_subqueries() {
            self.without_null_outside(&mut bound, before)?;
        }
        Ok(bound)
    }

    /// Are the groups of such a subquery joined by the values from around it? There is no group of no rows,
    /// then, and NULL finds none. The queries of definitions are ours.
    fn joins_subqueries(&self) -> bool {
        self.spec.traits().no_rows_are_null && self.lowering.is_empty()
    }

    /// Notes a column that a query takes from around it.
    pub(super) fn note_outside(&mut self, depth: usize, column: &Expr) {
        if self.joins_subqueries() && self.can_be_null(column) != Some(false) {
            self.outside.push((depth, column.clone()));
        }
    }

    /// Leaves a query without rows where a column from around it is NULL.
    fn without_null_outside(&self, query: &mut Query, before: usize) -> Bound<()> {
        let around = self.scopes.len();
        let taken = self.outside.iter().skip(before).filter(|(depth, _)| *depth < around);
        let mut seen: Vec<&ExprKind> = Vec::new();
        for (_, column) in taken {
            if seen.contains(&&column.kind) {
                continue;
            }
            seen.push(&column.kind);
            let span = column.span;
            let Body::Select(select) = &mut query.body else {
                return self.unsupported("a set operation over another query", span);
            };
            let rejects = |filter: &Expr| conjunct(filter, &|part| rejects_null(part, column));
            if select.filter.as_ref().is_some_and(rejects) {
                continue;
            }
            let there = predicate("is not null", vec![column.clone()], span);
            select.filter = Some(both(select.filter.take(), there, span));
        }
        Ok(())
    }
}

/// Is it true of a part that must hold for the whole to hold?
fn conjunct(condition: &Expr, test: &impl Fn(&Expr) -> bool) -> bool {
    match &condition.kind {
        ExprKind::Call(call) if call.name == "and" => {
            call.args.iter().any(|part| conjunct(part, test))
        }
        _ => test(condition),
    }
}

/// Does it read no column itself?
fn is_fixed(condition: &Expr) -> bool {
    !condition.any_part(&|part| matches!(part.kind, ExprKind::Column { .. }))
}

/// Is an aggregate of columns from around the query among its items? It would be one of the query around it.
fn aggregates_outside(select: &Select) -> bool {
    let inside = select.relations();
    let own = |part: &Expr| match &part.kind {
        ExprKind::Column { relation, .. } => relation.as_ref().is_none_or(|r| inside.contains(r)),
        _ => false,
    };
    let outside = |call: &Call| {
        is_aggregate(call)
            && call.args.iter().any(|arg| !is_fixed(arg))
            && !call.args.iter().any(|arg| arg.any_part(&own))
    };
    select.items.iter().any(|item| item.expr.any_call(&outside))
}

/// Is it a comparison of the column, which does not hold for NULL?
fn rejects_null(comparison: &Expr, column: &Expr) -> bool {
    let Some(call) = comparison.call() else { return false };
    let compares = matches!(call.name, "=" | "<>" | "<" | "<=" | ">" | ">=");
    compares && call.args.iter().any(|arg| same_column(arg, column))
}

fn same_column(expr: &Expr, column: &Expr) -> bool {
    let name = |expr: &Expr| match &expr.kind {
        ExprKind::Column { relation, name, .. } => Some((relation.clone(), name.clone())),
        _ => None,
    };
    match &expr.kind {
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => same_column(expr, column),
        _ => name(expr).is_some_and(|found| Some(found) == name(column)),
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
