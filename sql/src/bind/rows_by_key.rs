//! EXCEPT and INTERSECT of texts that a collation takes for one: a group for each key of the rows of both
//! sides, of which it is known from which side they come.

use super::{Binder, Bound, Span, operator::predicate};
use crate::{
    tree::{Body, Column, Item, Query, Select, SetOp},
    types::Type,
};

impl Binder<'_> {
    /// The rows of `left` that are not, or that are, among those of `right` by their keys.
    pub(super) fn rows_by_key(
        &self,
        op: SetOp,
        left: Query,
        right: Query,
        columns: &[Column],
        span: Span,
    ) -> Bound<Select> {
        let mut side = "side".to_owned();
        while columns.iter().any(|column| column.name == side) {
            side.push('_');
        }
        let mut all = columns.to_vec();
        all.push(Column { name: side.clone(), ty: Type::Int4 });
        let [left, right] = [(left, "1"), (right, "2")].map(|(query, number)| {
            let own = query.columns.clone();
            let mut select = Self::around(query, &own);
            for (item, column) in select.items.iter_mut().zip(columns) {
                item.name.clone_from(&column.name);
            }
            select.items.push(Item { expr: self.number(number, span), name: side.clone() });
            Ok(Box::new(Query::of(Body::Select(Box::new(select)), all.clone(), span)))
        });
        let both = Body::SetOperation { op: SetOp::Union, all: true, left: left?, right: right? };
        let mut select = Self::around(Query::of(both, all.clone(), span), &all);
        let Some(side) = select.items.pop() else { return Ok(select) };
        self.distinct_by_key(&mut select)?;
        let last = self.resolve("max", vec![side.expr.clone()], span)?;
        let condition = if op == SetOp::Except {
            predicate("=", vec![last, self.number("1", span)], span)
        } else {
            let first = self.resolve("min", vec![side.expr], span)?;
            predicate("<", vec![first, last], span)
        };
        select.having = Some(condition);
        Ok(select)
    }
}
