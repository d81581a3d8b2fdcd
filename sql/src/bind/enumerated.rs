//! Columns of `ENUM('a', 'b')` and `SET(…)`: texts that are sorted by their place in the list, and that
//! are that number where a number is wanted. Both are refused. Compared with texts they are texts.
//!
//! Source: MySQL 8.0 manual, 11.3.5 and 11.3.6.

use super::{Binder, Bound, marks::Mark};
use crate::tree::{Body, Expr, ExprKind, Query, SortTarget};

/// What a value of such a column passes through.
const PASSED_ON: [&str; 7] = ["coalesce", "min", "max", "first_value", "last_value", "lag", "lead"];

impl Binder<'_> {
    /// Notes the columns of a table, called `shown`, that are such texts.
    pub(super) fn note_enumerated(&mut self, path: &[String], shown: &str) {
        for column in self.catalog.enumerated(path) {
            self.marked.note(shown, column, Mark::Enumerated);
        }
    }

    /// Which columns of a query are such texts.
    pub(super) fn enumerated_of(&self, query: &Query) -> Vec<usize> {
        if !self.marked.any(Mark::Enumerated) {
            return Vec::new();
        }
        (0..query.columns.len()).filter(|at| self.has_enumerated(&query.body, *at)).collect()
    }

    /// Can the value be one of a list?
    pub(super) fn is_enumerated(&self, expr: &Expr) -> bool {
        if !self.marked.any(Mark::Enumerated) {
            return false;
        }
        match &expr.kind {
            ExprKind::Column { .. } => self.marked.is_marked(expr, Mark::Enumerated),
            ExprKind::Coerce { expr } => self.is_enumerated(expr),
            ExprKind::Call(call) if PASSED_ON.contains(&call.name) => {
                call.args.iter().any(|arg| self.is_enumerated(arg))
            }
            ExprKind::Case { branches, otherwise, .. } => {
                branches.iter().any(|(_, then)| self.is_enumerated(then))
                    || otherwise.as_deref().is_some_and(|other| self.is_enumerated(other))
            }
            // The greatest of several texts (`max(text)`).
            ExprKind::Subscript { base, .. } => {
                base.call().is_some_and(|call| call.args.iter().any(|arg| self.is_enumerated(arg)))
            }
            ExprKind::Scalar(query) => match &query.body {
                Body::Select(select) => {
                    select.items.iter().any(|item| self.is_enumerated(&item.expr))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Refuses to sort by a text of a list.
    pub(super) fn no_list_order(
        &self,
        target: &SortTarget,
        body: &Body,
        span: super::Span,
    ) -> Bound<()> {
        let sorted = match target {
            SortTarget::Expr(expr) => self.is_enumerated(expr),
            SortTarget::Output(index) => self.has_enumerated(body, *index),
        };
        if sorted {
            return self.unsupported("an order by the places in a list of ENUM or SET", span);
        }
        Ok(())
    }

    fn has_enumerated(&self, body: &Body, index: usize) -> bool {
        match body {
            Body::Select(select) => {
                select.items.get(index).is_some_and(|item| self.is_enumerated(&item.expr))
            }
            Body::SetOperation { left, right, .. } => {
                self.has_enumerated(&left.body, index) || self.has_enumerated(&right.body, index)
            }
            Body::Values(_) => false,
        }
    }

    /// Refuses a text of a list as a number.
    pub(super) fn no_list_number(&self, expr: &Expr) -> Bound<()> {
        if self.is_enumerated(expr) {
            return self.unsupported("the place in a list of ENUM or SET as a number", expr.span);
        }
        Ok(())
    }
}

/// Is it the type of a list?
pub(crate) fn is_enumerated_type(spelling: &str) -> bool {
    let lower = spelling.trim_start().to_ascii_lowercase();
    ["enum(", "set("].iter().any(|start| lower.replace(" (", "(").starts_with(start))
}

/// Is the text one of the list, as it is spelled there?
pub(super) fn is_listed(spelling: &str, text: &str) -> bool {
    let inside = spelling.split_once('(').map_or("", |(_, rest)| rest);
    let inside = inside.rsplit_once(')').map_or(inside, |(inside, _)| inside);
    let quoted = format!("'{}'", text.replace('\'', "''"));
    !text.contains([',', '\\']) && inside.split(',').any(|one| one.trim() == quoted)
}
