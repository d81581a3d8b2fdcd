//! What a query uses of the queries around it.

use sql::tree::{
    Body, Distinct, Expr, ExprKind, GroupItem, GroupKey, JoinCondition, QuantifiedSource, Query,
    Relation, Select, SortTarget,
};
use std::{cell::RefCell, collections::BTreeSet};

/// Does the query name a relation that is none of its own? A relation of another query inside it
/// counts as its own.
pub(super) fn is_correlated(query: &Query) -> bool {
    let mut names = Names::default();
    names.query(query);
    !names.used.is_subset(&names.own)
}

/// Is a relation named in the expression that is none of these?
pub(super) fn looks_outside(expr: &Expr, own: &[String]) -> bool {
    let mut names = Names { own: own.iter().cloned().collect(), ..Names::default() };
    names.expr(expr);
    !names.used.is_subset(&names.own)
}

/// Does something in FROM name a relation that is none of these?
pub(super) fn relation_looks_outside(from: &Relation, own: &[String]) -> bool {
    let mut names = Names { own: own.iter().cloned().collect(), ..Names::default() };
    names.relation(from);
    !names.used.is_subset(&names.own)
}

/// Does the FROM of a query hold a query that names a relation around them both?
pub(super) fn from_looks_outside(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let Some(from @ Relation::Derived { lateral: false, .. }) = &select.from else { return false };
    relation_looks_outside(from, &[])
}

/// Names of relations.
#[derive(Default)]
struct Names {
    own: BTreeSet<String>,
    used: BTreeSet<String>,
}

impl Names {
    fn query(&mut self, query: &Query) {
        query.with.iter().for_each(|cte| self.query(&cte.query));
        match &query.body {
            Body::Select(select) => self.select(select),
            Body::SetOperation { left, right, .. } => {
                self.query(left);
                self.query(right);
            }
            Body::Values(rows) => rows.iter().flatten().for_each(|cell| self.expr(cell)),
        }
        for key in &query.order_by {
            if let SortTarget::Expr(expr) = &key.target {
                self.expr(expr);
            }
        }
        query.limit.iter().chain(&query.offset).for_each(|expr| self.expr(expr));
    }

    fn select(&mut self, select: &Select) {
        select.from.iter().for_each(|from| self.relation(from));
        select.items.iter().for_each(|item| self.expr(&item.expr));
        let conditions = select.filter.iter().chain(&select.having).chain(&select.qualify);
        conditions.for_each(|expr| self.expr(expr));
        if let Distinct::On(keys) = &select.distinct {
            for key in keys {
                self.expr(key);
            }
        }
        for key in select.group_by.iter().flat_map(GroupItem::keys) {
            if let GroupKey::Expr(expr) = key {
                self.expr(expr);
            }
        }
    }

    fn relation(&mut self, relation: &Relation) {
        match relation {
            Relation::Table { .. } => {}
            Relation::Derived { query, .. } => self.query(query),
            Relation::Function { call, .. } => self.expr(call),
            Relation::Sample { input, .. } => self.relation(input),
            Relation::Join { left, right, condition, .. } => {
                self.relation(left);
                self.relation(right);
                if let JoinCondition::On(on) = condition {
                    self.expr(on);
                }
            }
        }
        self.own.extend(relation.name().map(str::to_owned));
    }

    fn expr(&mut self, expr: &Expr) {
        let (used, queries) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        expr.any_part(&|part| {
            match &part.kind {
                ExprKind::Column { relation: Some(relation), .. } => {
                    used.borrow_mut().push(relation.clone());
                }
                ExprKind::Scalar(query)
                | ExprKind::Exists { query, .. }
                | ExprKind::InQuery { query, .. }
                | ExprKind::Quantified { source: QuantifiedSource::Query(query), .. } => {
                    queries.borrow_mut().push(query.clone());
                }
                ExprKind::Call(call) => {
                    let window = call.over.iter().flat_map(|over| {
                        let keys = over.order_by.iter().filter_map(|key| match &key.target {
                            SortTarget::Expr(expr) => Some(expr),
                            SortTarget::Output(_) => None,
                        });
                        over.partition_by.iter().chain(keys)
                    });
                    let inside = call.order_by.iter().filter_map(|key| match &key.target {
                        SortTarget::Expr(expr) => Some(expr),
                        SortTarget::Output(_) => None,
                    });
                    for part in window.chain(inside).chain(call.filter.as_ref()) {
                        let mut names = Self::default();
                        names.expr(part);
                        used.borrow_mut().extend(names.used.difference(&names.own).cloned());
                    }
                }
                _ => {}
            }
            false
        });
        self.used.extend(used.into_inner());
        queries.into_inner().iter().for_each(|query| self.query(query));
    }
}
