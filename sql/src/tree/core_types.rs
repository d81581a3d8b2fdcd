//! Types that the binder alone tells apart, as what they are in a tree.

use super::{
    Assignment, Body, Call, Cell, Column, Cte, Distinct, Expr, ExprKind, FrameBound, GroupItem,
    GroupKey, Insert, Item, JoinCondition, Merge, MergeAction, QuantifiedSource, Query, Relation,
    Select, SortKey, SortTarget, Source, Statement, Update,
};
use crate::types::Type;

impl Statement {
    /// Makes every type one that trees know ([`Type::core`]).
    pub(crate) fn with_core_types(&mut self) {
        match self {
            Self::Query(query) => of_query(query),
            Self::Insert(insert) => of_insert(insert),
            Self::Update(update) => of_update(update),
            Self::Delete(delete) => {
                of_ctes(&mut delete.with.ctes);
                delete.using.iter_mut().for_each(of_relation);
                delete.filter.iter_mut().for_each(of_expr);
                of_items(&mut delete.returning);
            }
            Self::Merge(merge) => of_merge(merge),
            Self::CreateTable(table) => {
                for column in &mut table.columns {
                    of_type(&mut column.ty);
                    column.default.iter_mut().for_each(of_expr);
                }
                for constraint in &mut table.constraints {
                    if let super::Constraint::Check(check) = constraint {
                        of_expr(check);
                    }
                }
                table.query.iter_mut().for_each(|query| of_query(query));
            }
            Self::CreateView(view) => {
                of_columns(&mut view.columns);
                of_query(&mut view.query);
            }
            Self::Drop(_) | Self::Truncate(_) => {}
        }
    }
}

fn of_type(ty: &mut Type) {
    *ty = std::mem::replace(ty, Type::Unknown).core();
}

fn of_columns(columns: &mut [Column]) {
    for column in columns {
        of_type(&mut column.ty);
    }
}

fn of_ctes(ctes: &mut [Cte]) {
    for cte in ctes {
        of_query(&mut cte.query);
    }
}

fn of_items(items: &mut [Item]) {
    for item in items {
        of_expr(&mut item.expr);
    }
}

fn of_assignments(assignments: &mut [Assignment]) {
    for assignment in assignments {
        of_type(&mut assignment.column.ty);
        of_cell(&mut assignment.value);
    }
}

fn of_cell(cell: &mut Cell) {
    if let Cell::Value(expr) = cell {
        of_expr(expr);
    }
}

fn of_insert(insert: &mut Insert) {
    of_columns(&mut insert.columns);
    match &mut insert.source {
        Source::Query(query) => of_query(query),
        Source::Rows(rows) => rows.iter_mut().flatten().for_each(of_cell),
        Source::Defaults => {}
    }
    if let Some((assignments, filter)) =
        insert.conflict.as_mut().and_then(|conflict| conflict.update.as_mut())
    {
        of_assignments(assignments);
        filter.iter_mut().for_each(of_expr);
    }
    of_items(&mut insert.returning);
}

fn of_update(update: &mut Update) {
    of_ctes(&mut update.with.ctes);
    of_assignments(&mut update.assignments);
    update.from.iter_mut().for_each(of_relation);
    update.filter.iter_mut().for_each(of_expr);
    of_items(&mut update.returning);
}

fn of_merge(merge: &mut Merge) {
    of_ctes(&mut merge.with.ctes);
    of_relation(&mut merge.source);
    of_expr(&mut merge.on);
    for clause in &mut merge.clauses {
        clause.condition.iter_mut().for_each(of_expr);
        match &mut clause.action {
            MergeAction::Update(assignments) | MergeAction::Insert(assignments) => {
                of_assignments(assignments);
            }
            MergeAction::Delete => {}
        }
    }
}

fn of_query(query: &mut Query) {
    of_ctes(&mut query.with);
    match &mut query.body {
        Body::Select(select) => of_select(select),
        Body::SetOperation { left, right, .. } => {
            of_query(left);
            of_query(right);
        }
        Body::Values(rows) => rows.iter_mut().flatten().for_each(of_expr),
    }
    of_keys(&mut query.order_by);
    query.limit.iter_mut().chain(&mut query.offset).for_each(of_expr);
    of_columns(&mut query.columns);
}

fn of_select(select: &mut Select) {
    if let Distinct::On(keys) = &mut select.distinct {
        keys.iter_mut().for_each(of_expr);
    }
    of_items(&mut select.items);
    select.from.iter_mut().for_each(of_relation);
    for item in &mut select.group_by {
        match item {
            GroupItem::Key(key) => of_group_key(key),
            GroupItem::Rollup(sets) | GroupItem::Cube(sets) | GroupItem::Sets(sets) => {
                sets.iter_mut().flatten().for_each(of_group_key);
            }
        }
    }
    let conditions = select.filter.iter_mut().chain(&mut select.having);
    conditions.chain(&mut select.qualify).for_each(of_expr);
}

fn of_group_key(key: &mut GroupKey) {
    if let GroupKey::Expr(expr) = key {
        of_expr(expr);
    }
}

fn of_relation(relation: &mut Relation) {
    match relation {
        Relation::Table { .. } => {}
        Relation::Derived { query, .. } => of_query(query),
        Relation::Function { call, .. } => of_expr(call),
        Relation::Sample { input, .. } => of_relation(input),
        Relation::Join { left, right, condition, .. } => {
            of_relation(left);
            of_relation(right);
            if let JoinCondition::On(on) = condition {
                of_expr(on);
            }
        }
    }
}

fn of_keys(keys: &mut [SortKey]) {
    for key in keys {
        of_type(&mut key.ty);
        if let SortTarget::Expr(expr) = &mut key.target {
            of_expr(expr);
        }
    }
}

fn of_expr(expr: &mut Expr) {
    of_type(&mut expr.ty);
    match &mut expr.kind {
        ExprKind::Literal(_) | ExprKind::Column { .. } | ExprKind::Parameter(_) => {}
        ExprKind::Call(call) => of_call(call),
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => of_expr(expr),
        ExprKind::Case { operand, branches, otherwise } => {
            for (when, then) in branches {
                of_expr(when);
                of_expr(then);
            }
            operand.iter_mut().chain(otherwise).for_each(|part| of_expr(part));
        }
        ExprKind::InList { expr, list, .. } => {
            of_expr(expr);
            list.iter_mut().for_each(of_expr);
        }
        ExprKind::InQuery { expr, query, .. } => {
            of_expr(expr);
            of_query(query);
        }
        ExprKind::Exists { query, .. } | ExprKind::Scalar(query) => of_query(query),
        ExprKind::Quantified { expr, source, .. } => {
            of_expr(expr);
            match source {
                QuantifiedSource::Query(query) => of_query(query),
                QuantifiedSource::Array(array) => of_expr(array),
            }
        }
        ExprKind::Row(items) | ExprKind::Array(items) => items.iter_mut().for_each(of_expr),
        ExprKind::Subscript { base, index } => {
            of_expr(base);
            of_expr(index);
        }
    }
}

fn of_call(call: &mut Call) {
    call.args.iter_mut().chain(&mut call.filter).for_each(of_expr);
    of_keys(&mut call.order_by);
    let Some(over) = &mut call.over else { return };
    over.partition_by.iter_mut().for_each(of_expr);
    of_keys(&mut over.order_by);
    let Some(frame) = &mut over.frame else { return };
    for bound in std::iter::once(&mut frame.start).chain(&mut frame.end) {
        match bound {
            FrameBound::Preceding(expr) | FrameBound::Following(expr) => of_expr(expr),
            FrameBound::UnboundedPreceding
            | FrameBound::UnboundedFollowing
            | FrameBound::CurrentRow => {}
        }
    }
}
