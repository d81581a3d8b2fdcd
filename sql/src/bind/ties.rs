//! `TOP n WITH TIES`, `TOP n PERCENT` and their FETCH forms, `LIMIT n BY keys`: a condition on the place of each row.

use super::{Binder, Bound, operator::predicate};
use crate::{
    tree::{
        Body, Call, Distinct, Expr, ExprKind, FunctionKind, GroupItem, Item, Literal, SortKey,
        SortTarget, Window,
    },
    types::Type,
};
use model::NotComparableKind;
use sqlparser::ast;

/// How many rows are kept.
#[derive(Debug)]
pub(super) struct Top {
    pub(super) count: Expr,
    /// Rows that tie with the last one are kept too.
    pub(super) ties: bool,
    /// The count is a part of all rows, in hundredths, rounded up.
    pub(super) percent: bool,
}

impl Binder<'_> {
    /// `LIMIT n BY keys`: the first rows for each value of the keys.
    pub(super) fn keep_first_of_each(
        &mut self,
        body: &mut Body,
        order_by: &[SortKey],
        limit: &ast::Expr,
        keys: &[ast::Expr],
        span: super::Span,
    ) -> Bound<()> {
        let count = self.count(limit)?;
        let Body::Select(select) = body else {
            return self.unsupported("LIMIT BY of a set operation", span);
        };
        let totals = select.group_by.iter().any(|item| !matches!(item, GroupItem::Key(_)));
        if totals && self.types_lack_null() {
            return self.unsupported("LIMIT BY of totals", span);
        }
        let mut partition_by = Vec::with_capacity(keys.len());
        for key in keys {
            let key = match self.item_at(key, &select.items, span)? {
                Some(item) => item.expr.clone(),
                None => self.expr(key)?,
            };
            if key.integer().is_some() {
                return self.unsupported("LIMIT BY a constant", span);
            }
            partition_by.push(self.key(key)?);
        }
        if select.distinct != Distinct::No {
            return self.unsupported("LIMIT BY of DISTINCT", span);
        }
        let order_by = self.keys_as_expressions(order_by, &select.items, span)?;
        if order_by.is_empty() {
            self.leave_open(NotComparableKind::Unordered, "LIMIT BY without ORDER BY", span);
        }
        let place = window("row_number", partition_by, order_by, span);
        let first = predicate("<=", vec![place, count], span);
        select.qualify = Some(super::decorate::both(select.qualify.take(), first, span));
        Ok(())
    }

    /// Sort keys by expressions, where they name output columns.
    fn keys_as_expressions(
        &self,
        order_by: &[SortKey],
        items: &[Item],
        span: super::Span,
    ) -> Bound<Vec<SortKey>> {
        let mut keys = Vec::with_capacity(order_by.len());
        for key in order_by {
            let mut key = key.clone();
            if let SortTarget::Output(index) = key.target {
                let Some(item) = items.get(index) else {
                    return self.unsupported("this sort key", span);
                };
                key.target = SortTarget::Expr(item.expr.clone());
            }
            keys.push(key);
        }
        Ok(keys)
    }

    /// Keeps the first rows of a SELECT by QUALIFY.
    pub(super) fn keep_first(
        &self,
        body: &mut Body,
        order_by: &[SortKey],
        top: Top,
        span: super::Span,
    ) -> Bound<()> {
        let Body::Select(select) = body else {
            return self.unsupported("ties and percentages of a set operation", span);
        };
        if order_by.is_empty() || select.distinct != Distinct::No {
            return self.unsupported("ties and percentages without ORDER BY or of DISTINCT", span);
        }
        let keys = self.keys_as_expressions(order_by, &select.items, span)?;
        let windowed = |key: &SortKey| match &key.target {
            SortTarget::Expr(key) => key.any_call(&|call| call.over.is_some()),
            SortTarget::Output(_) => false,
        };
        if keys.iter().any(windowed) {
            let Some(first) = first_of_window(&keys, &top) else {
                return self.unsupported("ties and percentages of a window function", span);
            };
            select.qualify = Some(super::decorate::both(select.qualify.take(), first, span));
            return Ok(());
        }
        let name = if top.ties { "rank" } else { "row_number" };
        let place = window(name, Vec::new(), keys, span);
        let bound = if top.percent {
            if top.count.integer().is_none() {
                return self.unsupported("a percentage that is no whole number", span);
            }
            // Rounded up: 99 more before the division by 100.
            let all = window("count", Vec::new(), Vec::new(), span);
            let hundredths = self.resolve("*", vec![all, top.count], span)?;
            let up = self.resolve("+", vec![hundredths, self.number("99", span)], span)?;
            self.resolve("/", vec![up, self.number("100", span)], span)?
        } else {
            top.count
        };
        let first = predicate("<=", vec![place, bound], span);
        select.qualify = Some(super::decorate::both(select.qualify.take(), first, span));
        Ok(())
    }
}

/// `TOP 1 WITH TIES … ORDER BY ROW_NUMBER() OVER (…)`: the rows whose place in the window is the first one,
/// which some row has.
fn first_of_window(keys: &[SortKey], top: &Top) -> Option<Expr> {
    let [SortKey { target: SortTarget::Expr(place), descending: false, span, .. }] = keys else {
        return None;
    };
    let call = place.call()?;
    let ranks = ["row_number", "rank", "dense_rank"].contains(&call.name) && call.over.is_some();
    let first = ranks && top.ties && !top.percent && top.count.integer() == Some(1);
    first.then(|| {
        predicate("=", vec![place.clone(), Expr { ty: place.ty.clone(), ..one(*span) }], *span)
    })
}

fn window(
    name: &'static str,
    partition_by: Vec<Expr>,
    order_by: Vec<SortKey>,
    span: super::Span,
) -> Expr {
    let count = name == "count";
    let kind = if count { FunctionKind::Aggregate } else { FunctionKind::Window };
    let over = Some(Window { partition_by, order_by, frame: None });
    let call = Call { star: count, over, ..Call::new(name, kind, Vec::new()) };
    Expr { kind: ExprKind::Call(Box::new(call)), ty: Type::Int8, span }
}

/// One row.
pub(super) fn one(span: super::Span) -> Expr {
    let kind = ExprKind::Literal(Literal::Number("1".to_owned()));
    Expr { kind, ty: Type::Int8, span }
}
