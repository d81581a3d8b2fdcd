//! Queries inside of expressions as the parser reads them.

use sqlparser::ast::{self, Expr};
use std::ops::ControlFlow;

/// Is a query inside of the expression?
pub(crate) fn has_query(expr: &Expr) -> bool {
    ast::visit_expressions(expr, |part: &Expr| match part {
        Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    })
    .is_break()
}
