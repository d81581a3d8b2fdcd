//! Constructs whose value the text leaves open.

use super::{functions::VOLATILE, is_limited};
use crate::dialects;
use model::Dialect;
use sqlparser::ast::{
    Distinct, Expr, Function, FunctionArgumentClause, FunctionArguments, OrderByKind, Query,
    SetExpr, WindowType,
};

/// Window functions that are about the place of a row.
pub(crate) const PLACED: &[&str] =
    &["row_number", "lag", "lead", "first_value", "last_value", "nth_value", "ntile"];

/// Does the value of the function differ from run to run, or from engine to engine by design?
pub(super) fn is_open(dialect: Dialect, name: &str) -> bool {
    dialects::open_of_name(dialect, name).is_some() || VOLATILE.contains(&name)
}

/// Does the name stand for a call that is written without parentheses?
pub(super) fn is_bare(dialect: Dialect, name: &str) -> bool {
    dialects::spec(dialect).is_some_and(|spec| spec.traits().bare_calls.contains(&name))
        && dialects::open_of_name(dialect, name).is_some()
}

/// An aggregate or a window function that needs an order and has none.
pub(super) fn without_order(dialect: Dialect, name: &str, function: &Function) -> Option<String> {
    let sorted_inside = match &function.args {
        FunctionArguments::List(list) => {
            list.clauses.iter().any(|c| matches!(c, FunctionArgumentClause::OrderBy(_)))
        }
        FunctionArguments::None | FunctionArguments::Subquery(_) => false,
    };
    let open = match &function.over {
        None => {
            dialects::unordered(dialect, name)
                && !sorted_inside
                && function.within_group.is_empty()
                && matches!(function.args, FunctionArguments::List(_))
        }
        // A named window may have its order elsewhere.
        Some(WindowType::WindowSpec(window)) => {
            window.order_by.iter().all(|key| is_constant(&key.expr))
                && window.window_name.is_none()
                && PLACED.contains(&name)
        }
        Some(WindowType::NamedWindow(_)) => false,
    };
    open.then(|| format!("{name} without ORDER BY"))
}

/// `ORDER BY (SELECT NULL)` is no order.
fn is_constant(key: &Expr) -> bool {
    match key {
        Expr::Value(_) => true,
        Expr::Nested(inner) => is_constant(inner),
        Expr::Subquery(query) => {
            matches!(&*query.body, SetExpr::Select(select) if select.from.is_empty())
        }
        _ => false,
    }
}

/// What a query leaves open by itself: which rows an inner LIMIT takes, which row of each key
/// DISTINCT ON takes.
pub(super) fn of_query(query: &Query, depth: u32) -> Option<String> {
    let keys = match query.order_by.as_ref().map(|order| &order.kind) {
        None => 0,
        Some(OrderByKind::Expressions(keys)) => keys.len(),
        Some(OrderByKind::All(_)) => usize::MAX,
    };
    if let SetExpr::Select(select) = &*query.body
        && let Some(Distinct::On(on)) = &select.distinct
        && keys <= on.len()
    {
        return Some("DISTINCT ON without an order of its rows".to_owned());
    }
    // What the outermost LIMIT leaves open is seen on the rows.
    (depth > 1 && keys == 0 && is_limited(query)).then(|| "LIMIT without ORDER BY".to_owned())
}
