//! Constructs whose value the text leaves open.

use super::{functions::VOLATILE, is_limited};
use crate::dialects;
use model::{Dialect, NotComparableKind as Kind};
use sqlparser::ast::{
    Distinct, Expr, Function, FunctionArgumentClause, FunctionArguments, OrderByKind, Query,
    SetExpr, WindowType,
};

/// Window functions that are about the place of a row.
pub(crate) const PLACED: &[&str] =
    &["row_number", "lag", "lead", "first_value", "last_value", "nth_value", "ntile"];

/// Why the value of the function differs from run to run, or from engine to engine by design.
pub(super) fn of_name(dialect: Dialect, name: &str) -> Option<Kind> {
    dialects::open_of_name(dialect, name)
        .or_else(|| VOLATILE.iter().find(|(_, names)| names.contains(&name)).map(|(kind, _)| *kind))
}

/// The same of a name that may stand for a call that is written without parentheses.
pub(super) fn of_bare(dialect: Dialect, name: &str) -> Option<Kind> {
    let spec = dialects::spec(dialect)?;
    spec.traits().bare_calls.contains(&name).then(|| dialects::open_of_name(dialect, name))?
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

/// What a query leaves open by itself: which rows LIMIT takes, which row of each key DISTINCT ON
/// takes.
pub(super) fn of_query(query: &Query, depth: u32) -> Option<(Kind, &'static str)> {
    let keys = match query.order_by.as_ref().map(|order| &order.kind) {
        None => 0,
        Some(OrderByKind::Expressions(keys)) => keys.len(),
        Some(OrderByKind::All(_)) => usize::MAX,
    };
    if let SetExpr::Select(select) = &*query.body
        && let Some(Distinct::On(on)) = &select.distinct
        && keys <= on.len()
    {
        return Some((Kind::Choice, "DISTINCT ON without an order of its rows"));
    }
    // How many rows the outermost LIMIT takes is known; the rows tell the rest.
    let kind = if depth > 1 { Kind::Unordered } else { Kind::Cut };
    (keys == 0 && is_limited(query)).then_some((kind, "LIMIT without ORDER BY"))
}
