//! Conditions that DataFusion 54 is known to apply to the rows that it updates or deletes.
//!
//! It takes the conditions from the optimised plan. One that the optimiser folds to false or turns
//! into a join is no longer there, and every row is written to: `DELETE FROM t WHERE 1 = 2` empties
//! the table, `WHERE id IN (SELECT …)` too. What is left alone is a comparison of a column with a
//! constant; with several of them none may contradict another, so each has a column of its own.

use super::pieces::Pieces;
use crate::rule::Emit;
use model::Span;
use sql::tree::{Delete, Expr, ExprKind, Literal, Update};
use std::collections::BTreeSet;

pub(super) fn update<P: Pieces>(pieces: &P, update: &Update) -> Emit<()> {
    match &update.filter {
        Some(filter) if !applied(filter) => {
            pieces.refused("this condition is forgotten", filter.span)
        }
        _ => Ok(()),
    }
}

/// Values of an UPDATE: no query, and nothing twice, which the optimiser would compute in a step of
/// its own that is lost like a condition.
pub(super) fn values<P: Pieces>(pieces: &P, texts: &str, span: Span) -> Emit<()> {
    let mut seen = BTreeSet::new();
    for (at, part) in texts.split('\'').enumerate() {
        // Every other part is inside a constant.
        if at % 2 == 1 {
            continue;
        }
        let word = |c: char| c.is_alphanumeric() || c == '_';
        for word in part.split(|c: char| !word(c)).filter(|word| !word.is_empty()) {
            let name = word.starts_with(|c: char| c.is_lowercase() || c == '_');
            if word == "SELECT" || (name && !seen.insert(word)) || part.contains('"') {
                return pieces.refused("SET by such a value is not done", span);
            }
        }
    }
    Ok(())
}

pub(super) fn delete<P: Pieces>(pieces: &P, delete: &Delete) -> Emit<()> {
    match &delete.filter {
        Some(filter) if !applied(filter) => {
            pieces.refused("this condition is forgotten", filter.span)
        }
        _ => Ok(()),
    }
}

/// Is the condition one that no optimiser folds: comparisons of different columns with constants?
fn applied(filter: &Expr) -> bool {
    let mut columns = BTreeSet::new();
    all_applied(filter, &mut columns)
}

fn all_applied<'e>(expr: &'e Expr, columns: &mut BTreeSet<&'e str>) -> bool {
    let Some(call) = expr.call() else { return false };
    match (call.name, call.args.as_slice()) {
        ("and", [left, right]) => all_applied(left, columns) && all_applied(right, columns),
        ("=" | "<>" | "<" | "<=" | ">" | ">=", [left, right]) => {
            let (column, constant) = match (&left.kind, &right.kind) {
                (ExprKind::Column { .. }, _) => (left, right),
                (_, ExprKind::Column { .. }) => (right, left),
                _ => return false,
            };
            let ExprKind::Column { name, .. } = &column.kind else { return false };
            let exact = column.ty.base() == constant.ty.base()
                || (column.ty.is_text() && constant.ty.is_text());
            exact && is_value(constant) && columns.insert(name)
        }
        _ => false,
    }
}

/// Is it a constant but NULL, which would decide the comparison?
fn is_value(expr: &Expr) -> bool {
    let null = |part: &Expr| part.literal() == Some(&Literal::Null);
    expr.is_signed_literal() && !expr.any_part(&null)
}
