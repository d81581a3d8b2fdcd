//! Columns that are written as the values they stand for, on `DataFusion`, which plans no query for
//! some relations that have one row for each row around them.

use super::correlated;
use crate::{emit::Emitter, fragment::Fragment, rule::Emit};
use model::Span;
use sql::tree::{
    Body, Distinct, Expr, ExprKind, FunctionKind, JoinCondition, JoinKind, Literal, Query, Relation,
};

/// A column that is written as another value.
#[derive(Clone)]
pub(in crate::emit) struct Replaced {
    pub(in crate::emit) relation: String,
    pub(in crate::emit) column: String,
    pub(in crate::emit) value: Expr,
}

impl Emitter {
    /// The value that a column is written as.
    pub(in crate::emit) fn replacement(&self, relation: &str, column: &str) -> Option<Expr> {
        let mut all = self.replaced.iter().rev();
        all.find(|r| r.relation == relation && r.column == column).map(|r| r.value.clone())
    }

    /// The name of a LATERAL query of aggregates alone: it has one row, and each of its columns is a
    /// query of its own where it stands.
    pub(in crate::emit) fn one_row(
        &mut self,
        relation: &Relation,
        kind: JoinKind,
        condition: &JoinCondition,
    ) -> Option<String> {
        let Relation::Derived { query, alias, lateral: true } = relation else { return None };
        keeps_rows(kind, condition)?;
        let Body::Select(select) = &query.body else { return None };
        let whole = query.with.is_empty() && query.limit.is_none() && query.offset.is_none();
        let plain = select.group_by.is_empty()
            && select.having.is_none()
            && select.qualify.is_none()
            && select.distinct == Distinct::No;
        let aggregates = select.items.iter().all(|item| is_of_aggregate(&item.expr));
        let own = select.relations();
        // More than equality it does not take apart.
        let known =
            select.filter.as_ref().is_none_or(|filter| correlated::equalities(filter, &own))
                && select.items.iter().all(|item| !item.expr.looks_outside(&own));
        if !(whole && plain && aggregates && known) {
            return None;
        }
        for (index, item) in select.items.iter().enumerate() {
            let mut one = (**query).clone();
            one.order_by.clear();
            one.columns = query.columns.get(index..=index)?.to_vec();
            if let Body::Select(select) = &mut one.body {
                select.items = vec![item.clone()];
            }
            let column =
                alias.columns.get(index).or(one.columns.first().map(|c| &c.name)).cloned()?;
            let value = Expr {
                kind: ExprKind::Scalar(Box::new(one)),
                ty: item.expr.ty.clone(),
                span: item.expr.span,
            };
            self.replaced.push(Replaced { relation: alias.name.clone(), column, value });
        }
        Some(alias.name.clone())
    }

    /// A query that gives names to values of the row around it and has a value made of them: the values
    /// stand in their places, since `DataFusion` plans no such query.
    pub(in crate::emit) fn values_written_out(
        &mut self,
        query: &Query,
        span: Span,
    ) -> Emit<Fragment> {
        let Some((value, named)) = named_values(query) else {
            return self.refuse("a query over values of each row is not done", span);
        };
        let before = self.replaced.len();
        self.replaced.extend(named);
        let text = self.expr(&value);
        self.replaced.truncate(before);
        text
    }
}

/// Is it an aggregate, perhaps as another type?
fn is_of_aggregate(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_of_aggregate(expr),
        ExprKind::Call(call) => {
            call.kind == FunctionKind::Aggregate && call.over.is_none() && call.order_by.is_empty()
        }
        _ => false,
    }
}

/// The value of a query over one row of named values, with those.
fn named_values(query: &Query) -> Option<(Expr, Vec<Replaced>)> {
    let Body::Select(select) = &query.body else { return None };
    let Some(Relation::Derived { query: inner, alias, .. }) = &select.from else { return None };
    let Body::Select(values) = &inner.body else { return None };
    let [item] = select.items.as_slice() else { return None };
    let settled = |expr: &Expr| {
        !expr.any_call(&|call| {
            call.kind != FunctionKind::Scalar
                || call.over.is_some()
                || ["random", "gen_random_uuid", "clock_timestamp"].contains(&call.name)
        })
    };
    let fine = is_bare(query)
        && is_bare(inner)
        && values.from.is_none()
        && values.items.iter().all(|item| settled(&item.expr));
    if !fine {
        return None;
    }
    let names = values.items.iter().enumerate().map(|(index, item)| {
        let own = alias.columns.get(index);
        let column = own.or_else(|| inner.columns.get(index).map(|c| &c.name))?.clone();
        Some(Replaced { relation: alias.name.clone(), column, value: item.expr.clone() })
    });
    Some((item.expr.clone(), names.collect::<Option<_>>()?))
}

/// Does the query take the rows of its FROM as they are?
pub(in crate::emit) fn is_bare(query: &Query) -> bool {
    let whole = query.with.is_empty()
        && query.order_by.is_empty()
        && query.limit.is_none()
        && query.offset.is_none();
    whole
        && match &query.body {
            Body::Select(select) => {
                select.filter.is_none()
                    && select.group_by.is_empty()
                    && select.having.is_none()
                    && select.qualify.is_none()
                    && select.distinct == Distinct::No
                    && select.items.iter().all(|item| {
                        !item.expr.any_call(&|call| {
                            call.kind != FunctionKind::Scalar || call.over.is_some()
                        })
                    })
            }
            _ => true,
        }
}

/// Is every row kept, or every row that gets something: which of them, where it is one of the two.
pub(in crate::emit) fn keeps_rows(kind: JoinKind, condition: &JoinCondition) -> Option<bool> {
    let always = matches!(condition, JoinCondition::On(on)
        if on.literal() == Some(&Literal::Bool(true)));
    match (kind, condition) {
        (JoinKind::Cross, JoinCondition::None) => Some(false),
        (JoinKind::Inner, _) if always => Some(false),
        (JoinKind::Left, _) if always => Some(true),
        _ => None,
    }
}
