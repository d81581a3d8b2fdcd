//! Queries over the row around them that `DuckDB` does not plan.

use sql::tree::{Body, Expr, JoinKind, Query, Relation};

/// Does a correlated query join fully? `DuckDB` has none such.
pub(super) fn joins_fully(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    query.is_correlated() && select.from.as_ref().is_some_and(is_full)
}

fn is_full(relation: &Relation) -> bool {
    match relation {
        Relation::Join { left, right, kind, .. } => {
            *kind == JoinKind::Full || is_full(left) || is_full(right)
        }
        Relation::Derived { query, .. } => match &query.body {
            Body::Select(select) => select.from.as_ref().is_some_and(is_full),
            _ => false,
        },
        _ => false,
    }
}

/// Does a window function of the query read something of outside? `DuckDB` has none such.
pub(super) fn has_window_of_row(query: &Query) -> bool {
    query.is_correlated() && reads_in_windows(query)
}

fn reads_in_windows(query: &Query) -> bool {
    let select = match &query.body {
        Body::Select(select) => select,
        Body::SetOperation { left, right, .. } => {
            return reads_in_windows(left) || reads_in_windows(right);
        }
        Body::Values(_) => return false,
    };
    let own = select.relations();
    let outside = |part: &Expr| {
        part.call().is_some_and(|call| call.over.is_some()) && part.looks_outside(&own)
    };
    select.items.iter().any(|item| item.expr.any_part(&outside))
        || select.from.as_ref().is_some_and(derived_reads_in_windows)
}

fn derived_reads_in_windows(relation: &Relation) -> bool {
    match relation {
        Relation::Derived { query, .. } => reads_in_windows(query),
        Relation::Sample { input, .. } => derived_reads_in_windows(input),
        Relation::Join { left, right, .. } => {
            derived_reads_in_windows(left) || derived_reads_in_windows(right)
        }
        Relation::Table { .. } | Relation::Function { .. } => false,
    }
}
