//! A LATERAL query of rows that equal the row outside in some of their columns, `DataFusion` plans none: all
//! its rows are numbered for each of those columns' values, and joined by them.
//!
//! `c CROSS JOIN LATERAL (SELECT o.x FROM o WHERE o.k = c.k ORDER BY o.d LIMIT 1) AS q` becomes `c JOIN (SELECT
//! o.x, o.k AS _k0, row_number() OVER (PARTITION BY o.k ORDER BY o.d) AS _n FROM o) AS q ON q._k0 = c.k AND q._n
//! <= 1`.

use super::written_out::keeps_rows;
use model::Span;
use sql::{
    Type,
    tree::{
        Alias, Body, Call, Column, Distinct, Expr, ExprKind, FunctionKind, Item, JoinCondition,
        JoinKind, Query, Relation, Select, SortKey, SortTarget, Window,
    },
};

/// The number of a row among those of its keys.
const NUMBER: &str = "_n";

/// The join that such a query becomes; nothing where it is another one.
pub(in crate::emit) fn joined_by_keys(
    left: &Relation,
    right: &Relation,
    kind: JoinKind,
    condition: &JoinCondition,
) -> Option<Relation> {
    let Relation::Derived { query, alias, lateral: true } = right else { return None };
    let outer = keeps_rows(kind, condition)?;
    if !query.is_correlated() {
        let right =
            Relation::Derived { query: query.clone(), alias: alias.clone(), lateral: false };
        return Some(Relation::Join {
            left: Box::new(left.clone()),
            right: Box::new(right),
            kind,
            condition: condition.clone(),
        });
    }
    let Body::Select(select) = &query.body else { return None };
    if !is_plain(query, select) {
        return None;
    }
    let own = select.relations();
    let (kept, keys) = parted(select.filter.as_ref()?, &own)?;
    let outside = left.names();
    let known = |expr: &Expr| {
        !expr.any_part(&|part| match &part.kind {
            ExprKind::Column { relation, .. } => {
                relation.as_ref().is_none_or(|name| !outside.contains(name))
            }
            other => asks(other),
        })
    };
    if keys.is_empty() || !keys.iter().all(|(_, theirs)| known(theirs)) {
        return None;
    }
    let span = query.span;
    let mut made = Select { filter: kept, ..(**select).clone() };
    let mut columns = query.columns.clone();
    let mut conditions = Vec::new();
    for (index, (mine, theirs)) in keys.iter().enumerate() {
        let name = format!("_k{index}");
        conditions.push(compared("=", column(alias, &name, &mine.ty, span), (*theirs).clone()));
        columns.push(Column { name: name.clone(), ty: mine.ty.clone() });
        made.items.push(Item { expr: (*mine).clone(), name });
    }
    if let Some(limit) = &query.limit {
        limit.integer()?;
        let keys: Vec<Expr> = keys.iter().map(|(mine, _)| (*mine).clone()).collect();
        let number = numbered(keys, sorted(query, select)?, span);
        let mine = column(alias, NUMBER, &Type::Int8, span);
        conditions.push(compared("<=", mine, limit.clone()));
        columns.push(Column { name: NUMBER.to_owned(), ty: Type::Int8 });
        made.items.push(Item { expr: number, name: NUMBER.to_owned() });
    }
    let all = conditions.into_iter().reduce(|all, one| compared("and", all, one))?;
    let numbered = Query {
        body: Body::Select(Box::new(made)),
        order_by: Vec::new(),
        limit: None,
        columns,
        ..(**query).clone()
    };
    let right =
        Relation::Derived { query: Box::new(numbered), alias: alias.clone(), lateral: false };
    Some(Relation::Join {
        left: Box::new(left.clone()),
        right: Box::new(right),
        kind: if outer { JoinKind::Left } else { JoinKind::Inner },
        condition: JoinCondition::On(all),
    })
}

/// Are they rows of its FROM as they are, of which nothing but WHERE looks outside?
fn is_plain(query: &Query, select: &Select) -> bool {
    let own = select.relations();
    let sorts = query.order_by.iter().filter_map(|key| match &key.target {
        SortTarget::Expr(expr) => Some(expr),
        SortTarget::Output(_) => None,
    });
    let changes =
        |call: &Call| call.kind != FunctionKind::Scalar || call.over.is_some() || call.is_chance();
    let fine = |expr: &Expr| !expr.any_call(&changes) && !expr.any_part(&|part| asks(&part.kind));
    query.with.is_empty()
        && !query.recursive
        && query.offset.is_none()
        && select.distinct == Distinct::No
        && select.group_by.is_empty()
        && select.having.is_none()
        && select.qualify.is_none()
        && select.from.as_ref().is_some_and(|from| !from.looks_outside(&[]))
        && select
            .items
            .iter()
            .map(|item| &item.expr)
            .chain(sorts)
            .all(|expr| fine(expr) && !expr.looks_outside(&own))
        && select.filter.as_ref().is_some_and(fine)
}

const fn asks(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Scalar(_)
            | ExprKind::Exists { .. }
            | ExprKind::InQuery { .. }
            | ExprKind::Quantified { .. }
    )
}

/// What of a condition is about the query's own rows, and the pairs of its own values and those outside that are
/// equal beside it.
type Parted<'e> = (Option<Expr>, Vec<(&'e Expr, &'e Expr)>);

fn parted<'e>(filter: &'e Expr, own: &[String]) -> Option<Parted<'e>> {
    if !filter.looks_outside(own) {
        return Some((Some(filter.clone()), Vec::new()));
    }
    let call = filter.call()?;
    match (call.name, call.args.as_slice()) {
        ("and", parts) => {
            let mut all: Parted<'e> = (None, Vec::new());
            for part in parts {
                let (kept, mut keys) = parted(part, own)?;
                all.0 = match (all.0.take(), kept) {
                    (Some(before), Some(one)) => Some(compared("and", before, one)),
                    (before, one) => before.or(one),
                };
                all.1.append(&mut keys);
            }
            Some(all)
        }
        ("=", [one, two]) => {
            let mine = |expr: &Expr| !expr.looks_outside(own) && names(expr, own);
            match (mine(one), mine(two)) {
                (true, false) if !names(two, own) => Some((None, vec![(one, two)])),
                (false, true) if !names(one, own) => Some((None, vec![(two, one)])),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Is a column of one of the relations in it?
fn names(expr: &Expr, own: &[String]) -> bool {
    expr.any_part(&|part| {
        matches!(&part.kind, ExprKind::Column { relation: Some(name), .. } if own.contains(name))
    })
}

/// The order of the query by values of its rows.
fn sorted(query: &Query, select: &Select) -> Option<Vec<SortKey>> {
    let key = |key: &SortKey| {
        let target = match &key.target {
            SortTarget::Output(index) => SortTarget::Expr(select.items.get(*index)?.expr.clone()),
            SortTarget::Expr(expr) => SortTarget::Expr(expr.clone()),
        };
        Some(SortKey { target, ..key.clone() })
    };
    query.order_by.iter().map(key).collect()
}

fn numbered(partition_by: Vec<Expr>, order_by: Vec<SortKey>, span: Span) -> Expr {
    let mut call = Call::new("row_number", FunctionKind::Window, Vec::new());
    call.over = Some(Window { partition_by, order_by, frame: None });
    Expr { kind: ExprKind::Call(Box::new(call)), ty: Type::Int8, span }
}

fn column(alias: &Alias, name: &str, ty: &Type, span: Span) -> Expr {
    let relation = Some(alias.name.clone());
    let kind = ExprKind::Column { relation, name: name.to_owned(), qualified: true };
    Expr { kind, ty: ty.clone(), span }
}

fn compared(name: &'static str, one: Expr, two: Expr) -> Expr {
    let span = one.span;
    Expr::scalar(name, vec![one, two], Type::Bool, span)
}
