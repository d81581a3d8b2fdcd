//! Aggregates that give a row where there are none, and conditions on it, which DataFusion moves below
//! them (`TR0396`).

use super::dependencies::is_aggregate;
use crate::{emit::Emitter, rule::Emit, rules::conditions_below_groups, targets::Target};
use sql::{
    Type,
    tree::{Body, Expr, ExprKind, GroupItem, JoinCondition, Literal, Query, Relation, Select},
};

/// Could a condition of this statement be moved below aggregates?
pub(in crate::emit) fn may_be_moved(query: &Query) -> bool {
    let with = query.any_query(&mut |inner| !inner.with.is_empty());
    query.any_query(&mut gives_row)
        && query.any_query(&mut |inner| has_settled_output(inner) || joins_by_settled(inner, with))
        && query.any_query(&mut has_condition)
}

/// Has the query a row even if there is none?
fn gives_row(query: &Query) -> bool {
    matches!(&query.body, Body::Select(select) if select_gives_row(select))
}

fn select_gives_row(select: &Select) -> bool {
    let has_empty_set = |item: &GroupItem| match item {
        GroupItem::Key(_) => false,
        GroupItem::Rollup(_) | GroupItem::Cube(_) => true,
        GroupItem::Sets(sets) => sets.iter().any(Vec::is_empty),
    };
    if !select.group_by.is_empty() {
        return select.group_by.iter().all(has_empty_set);
    }
    select.having.is_some() || select.items.iter().any(|item| item.expr.any_call(&is_aggregate))
}

/// Is one of its outputs, or what it asks of its rows, a constant in the end?
fn has_settled_output(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    select.items.iter().any(|item| may_be_settled(&item.expr))
        || select.filter.as_ref().is_some_and(asks_query)
}

fn asks_query(expr: &Expr) -> bool {
    expr.any_query(&mut |_| true)
}

/// Is a condition, by which such a row is joined, a constant in the end? So are tests for NULL of what
/// never is. `with` says whether tables may be queries of WITH.
fn joins_by_settled(query: &Query, with: bool) -> bool {
    let Body::Select(select) = &query.body else { return false };
    select.from.as_ref().is_some_and(|from| is_joined_by_settled(from, with))
}

fn is_joined_by_settled(relation: &Relation, with: bool) -> bool {
    match relation {
        Relation::Join { left, right, condition, .. } => {
            let settled = matches!(condition, JoinCondition::On(on) if is_settled(on));
            (settled && (brings_row(left, with) || brings_row(right, with)))
                || is_joined_by_settled(left, with)
                || is_joined_by_settled(right, with)
        }
        Relation::Sample { input, .. } => is_joined_by_settled(input, with),
        Relation::Table { .. } | Relation::Derived { .. } | Relation::Function { .. } => false,
    }
}

/// Could the row of an aggregate over nothing be among the relation's?
fn brings_row(relation: &Relation, with: bool) -> bool {
    match relation {
        Relation::Table { path, .. } => with && path.len() == 1,
        Relation::Derived { query, .. } => query.any_query(&mut gives_row),
        Relation::Function { .. } => false,
        Relation::Sample { input, .. } => brings_row(input, with),
        Relation::Join { left, right, .. } => brings_row(left, with) || brings_row(right, with),
    }
}

fn is_settled(condition: &Expr) -> bool {
    let column = |part: &Expr| matches!(part.kind, ExprKind::Column { .. });
    match condition.call() {
        Some(call) if ["and", "or", "not"].contains(&call.name) => call.args.iter().any(is_settled),
        Some(call) if call.name.starts_with("is ") => true,
        _ => asks_query(condition) || !condition.any_part(&column),
    }
}

/// Could it be made a constant? Neither columns nor aggregates can, nor what is computed of them.
fn may_be_settled(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Column { .. } => false,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => may_be_settled(expr),
        ExprKind::Call(call) if call.over.is_some() || is_aggregate(call) => false,
        ExprKind::Call(call) if expr.ty == Type::Bool || call.name == "coalesce" => true,
        ExprKind::Call(call) => {
            let zero = |arg: &Expr| match &arg.kind {
                ExprKind::Literal(Literal::Number(digits)) => digits.trim_matches('0').is_empty(),
                _ => false,
            };
            call.args.iter().all(may_be_settled) || (call.name == "*" && call.args.iter().any(zero))
        }
        _ => true,
    }
}

/// Does it ask something of the rows of queries in its FROM?
pub(in crate::emit) fn has_condition(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let conditions = [&select.filter, &select.having, &select.qualify];
    match &select.from {
        Some(from) => {
            joins_on(from) || (conditions.iter().any(|one| one.is_some()) && has_query(from))
        }
        None => false,
    }
}

/// Tables can be queries of WITH.
fn has_query(relation: &Relation) -> bool {
    match relation {
        Relation::Derived { .. } | Relation::Table { .. } => true,
        Relation::Sample { input, .. } => has_query(input),
        Relation::Join { left, right, .. } => has_query(left) || has_query(right),
        Relation::Function { .. } => false,
    }
}

fn joins_on(relation: &Relation) -> bool {
    match relation {
        Relation::Join { left, right, .. } => has_query(left) || has_query(right),
        Relation::Sample { input, .. } => joins_on(input),
        Relation::Derived { .. } | Relation::Table { .. } | Relation::Function { .. } => false,
    }
}

impl Emitter {
    /// `text`, which was written for a query in FROM, in WITH or in a set operation, so that no
    /// condition is moved below its aggregates.
    pub(in crate::emit) fn conditions_stay(&mut self, query: &Query, text: String) -> Emit<String> {
        let plain = query.limit.is_none() && query.offset.is_none();
        if !self.conditions_may_be_moved || !plain || !gives_row(query) {
            return Ok(text);
        }
        if let Body::Select(select) = &query.body
            && !select.group_by.is_empty()
            && select.having.is_some()
        {
            // It breaks off where such groups with a limit are joined.
            return self.refuse("a condition on totals with a condition is not done", query.span);
        }
        let all = i64::MAX.to_string();
        let all = self.made_by(&conditions_below_groups::RULE, query.span, &all);
        Ok(format!("{text} LIMIT {all}"))
    }

    /// `text`, which was written for the condition on groups of a SELECT, so that it is about them:
    /// one that asks a query alone would be moved below them, and beside constants alone HAVING makes
    /// no group.
    pub(in crate::emit) fn having_about_rows(&mut self, select: &Select, text: String) -> String {
        let constant = select.group_by.is_empty() && !aggregates(select);
        let moved = select.having.as_ref().filter(|having| {
            self.target() == Target::DataFusion
                && select_gives_row(select)
                && (constant || asks_alone(having))
        });
        match moved {
            Some(having) => {
                let text = format!("({text} OR count(*) < 0)");
                self.made_by(&conditions_below_groups::RULE, having.span, &text)
            }
            None => text,
        }
    }
}

/// Is there an aggregate, which makes the rows groups?
fn aggregates(select: &Select) -> bool {
    select.exprs().any(|expr| expr.any_call(&is_aggregate))
}

/// Is one of the conditions that all have to hold about a query, and about no column or aggregate?
fn asks_alone(condition: &Expr) -> bool {
    if let Some(call) = condition.call().filter(|call| call.name == "and") {
        return call.args.iter().any(asks_alone);
    }
    let about_rows = condition.any_call(&is_aggregate)
        || condition.any_part(&|part| matches!(part.kind, ExprKind::Column { .. }));
    asks_query(condition) && !about_rows
}
