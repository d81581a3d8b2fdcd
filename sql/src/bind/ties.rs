//! `TOP n WITH TIES`, `TOP n PERCENT` and their FETCH forms: a condition on the place of each row.

use super::{Binder, Bound, operator::predicate};
use crate::{
    tree::{
        Body, Call, Distinct, Expr, ExprKind, FunctionKind, Literal, SortKey, SortTarget, Window,
    },
    types::Type,
};

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
        let mut keys = Vec::with_capacity(order_by.len());
        for key in order_by {
            let mut key = key.clone();
            if let SortTarget::Output(index) = key.target {
                let Some(item) = select.items.get(index) else {
                    return self.unsupported("this sort key", span);
                };
                key.target = SortTarget::Expr(item.expr.clone());
            }
            keys.push(key);
        }
        let place = window(if top.ties { "rank" } else { "row_number" }, keys, span);
        let bound = if top.percent {
            if top.count.integer().is_none() {
                return self.unsupported("a percentage that is no whole number", span);
            }
            // Rounded up: 99 more before the division by 100.
            let all = window("count", Vec::new(), span);
            let hundredths = self.resolve("*", vec![all, top.count], span)?;
            let up = self.resolve("+", vec![hundredths, self.number("99", span)], span)?;
            self.resolve("/", vec![up, self.number("100", span)], span)?
        } else {
            top.count
        };
        let first = predicate("<=", vec![place, bound], span);
        select.qualify = Some(match select.qualify.take() {
            None => first,
            Some(before) => predicate("and", vec![before, first], span),
        });
        Ok(())
    }
}

fn window(name: &'static str, order_by: Vec<SortKey>, span: super::Span) -> Expr {
    let count = name == "count";
    let call = Call {
        name,
        kind: if count { FunctionKind::Aggregate } else { FunctionKind::Window },
        args: Vec::new(),
        star: count,
        distinct: false,
        filter: None,
        order_by: Vec::new(),
        ignore_nulls: false,
        over: Some(Window { partition_by: Vec::new(), order_by, frame: None }),
    };
    Expr { kind: ExprKind::Call(Box::new(call)), ty: Type::Int8, span }
}

/// One row.
pub(super) fn one(span: super::Span) -> Expr {
    let kind = ExprKind::Literal(Literal::Number("1".to_owned()));
    Expr { kind, ty: Type::Int8, span }
}
