//! Queries over the row around them on DataFusion, which makes joins of them. It can where what they
//! take from outside is compared with a column of theirs, and breaks off elsewhere.

use model::Span;
use sql::tree::{
    Body, Call, Distinct, Expr, ExprKind, FunctionKind, Query, Select, SortKey, SortTarget,
};

/// Can DataFusion take this query for a value of each row?
pub(in crate::emit) fn value_is_done(query: &Query) -> bool {
    if !query.is_correlated() {
        return true;
    }
    let Body::Select(select) = &query.body else { return false };
    let plain = query.with.is_empty() && query.limit.is_none() && query.offset.is_none();
    plain
        && select.distinct == Distinct::No
        && select.group_by.is_empty()
        && select.items.iter().any(|item| item.expr.any_call(&is_aggregate))
        && !outside_of_filter(select)
        && select.filter.as_ref().is_none_or(|filter| joins(filter, &select.relations()))
}

/// Can DataFusion take it for the query of IN or EXISTS?
pub(in crate::emit) fn test_is_done(query: &Query) -> bool {
    if !query.is_correlated() {
        return true;
    }
    let Body::Select(select) = &query.body else { return false };
    let aggregated = !select.group_by.is_empty()
        || select.having.is_some()
        || select.items.iter().any(|item| item.expr.any_call(&is_aggregate));
    query.with.is_empty() && !aggregated && !outside_of_filter(select)
}

/// May the query for a value give no row? Those over outer rows are joined, and then it is known.
pub(in crate::emit) fn may_have_no_row(query: &Query) -> bool {
    if query.is_correlated() {
        return false;
    }
    let Body::Select(select) = &query.body else { return true };
    if select.from.is_none() && select.filter.is_none() {
        return query.limit.is_some() || query.offset.is_some();
    }
    let one = select.group_by.is_empty()
        && select.having.is_none()
        && select.items.iter().any(|item| item.expr.any_call(&is_aggregate));
    !one || query.limit.is_some() || query.offset.is_some() || select.qualify.is_some()
}

/// Is a value in it that a query makes of the row around it? Only lists and filters may have one.
pub(in crate::emit) fn has_value_of_row(expr: &Expr) -> bool {
    expr.any_part(&|part| matches!(&part.kind, ExprKind::Scalar(query) if query.is_correlated()))
}

/// Is one among what an aggregate or a window reads, or a test by a query?
pub(in crate::emit) fn reads_value_of_row(call: &Call) -> bool {
    let tests = |arg: &Expr| {
        let test =
            |part: &Expr| matches!(part.kind, ExprKind::Exists { .. } | ExprKind::InQuery { .. });
        arg.any_part(&test)
    };
    if call.kind != FunctionKind::Scalar && call.args.iter().chain(&call.filter).any(tests) {
        return true;
    }
    let windows = call.over.iter().flat_map(|over| &over.partition_by);
    let sorted = call.over.iter().flat_map(|over| &over.order_by).chain(&call.order_by);
    (call.over.is_some() || call.kind != FunctionKind::Scalar)
        && (call.args.iter().chain(&call.filter).chain(windows).any(has_value_of_row)
            || sorted.into_iter().any(sorts_by_value_of_row))
}

/// Does one sort?
pub(in crate::emit) fn sorts_by_value_of_row(key: &SortKey) -> bool {
    matches!(&key.target, SortTarget::Expr(expr) if has_value_of_row(expr))
}

fn is_aggregate(call: &Call) -> bool {
    call.over.is_none() && matches!(call.kind, FunctionKind::Aggregate | FunctionKind::OrderedSet)
}

/// Does something beside WHERE look outside?
fn outside_of_filter(select: &Select) -> bool {
    let without = Select { filter: None, ..select.clone() };
    let whole = without.into_query(Span::new(0, 0));
    whole.is_correlated()
}

/// Is each part that looks outside an equality of a column with something of outside alone?
fn joins(filter: &Expr, own: &[String]) -> bool {
    if !filter.looks_outside(own) {
        return true;
    }
    let Some(call) = filter.call() else { return false };
    match (call.name, call.args.as_slice()) {
        ("and", parts) => parts.iter().all(|part| joins(part, own)),
        // It takes out what all alternatives begin with.
        ("or", [first, rest @ ..]) => {
            let shared = joined(first, own);
            joins(first, own)
                && !shared.is_empty()
                && shared.iter().flatten().all(Option::is_some)
                && rest.iter().all(|part| joins(part, own) && joined(part, own) == shared)
        }
        ("=", [one, two]) => {
            (is_column(one, own) && is_foreign(two, own))
                || (is_column(two, own) && is_foreign(one, own))
        }
        _ => false,
    }
}

/// Are columns of other relations only compared by equality?
pub(in crate::emit) fn equalities(filter: &Expr, own: &[String]) -> bool {
    match filter.call() {
        Some(call) if call.name == "and" => call.args.iter().all(|arg| equalities(arg, own)),
        Some(call) if call.name == "=" => true,
        _ => !filter.looks_outside(own),
    }
}

/// A column: its relation and its name.
type Named<'e> = (&'e Option<String>, &'e str);

/// The columns of the equalities with something outside, which all parts must hold for.
fn joined<'e>(filter: &'e Expr, own: &[String]) -> Vec<[Option<Named<'e>>; 2]> {
    let column = |expr: &'e Expr| match &expr.kind {
        ExprKind::Column { relation, name, .. } => Some((relation, name.as_str())),
        _ => None,
    };
    let Some(call) = filter.call() else { return Vec::new() };
    match (call.name, call.args.as_slice()) {
        ("and", parts) => parts.iter().flat_map(|part| joined(part, own)).collect(),
        ("or", [first, ..]) => joined(first, own),
        ("=", [one, two]) if filter.looks_outside(own) => {
            vec![[column(one), column(two)]]
        }
        _ => Vec::new(),
    }
}

fn is_column(expr: &Expr, own: &[String]) -> bool {
    matches!(&expr.kind, ExprKind::Column { relation: Some(relation), .. } if own.contains(relation))
}

/// Is nothing of the query itself in the expression?
fn is_foreign(expr: &Expr, own: &[String]) -> bool {
    !expr.any_part(&|part| {
        is_column(part, own)
            || matches!(
                part.kind,
                ExprKind::Scalar(_)
                    | ExprKind::Exists { .. }
                    | ExprKind::InQuery { .. }
                    | ExprKind::Quantified { .. }
            )
    })
}
