//! UNION, INTERSECT, EXCEPT.

use super::{Binder, Bound, KeyUse, codes, limit::cells_of};
use crate::{
    tree::{Body, Column, Expr, ExprKind, Query, SetOp},
    types::Type,
};
use sqlparser::ast::{self, SetExpr, SetOperator, SetQuantifier};

impl Binder<'_> {
    pub(super) fn set_operation(
        &mut self,
        left: &SetExpr,
        op: SetOperator,
        quantifier: SetQuantifier,
        right: &SetExpr,
    ) -> Bound<(Body, Vec<Column>)> {
        let span = self.place;
        if self.spec.traits().flat_sets
            && op != SetOperator::Intersect
            && matches!(right, SetExpr::SetOperation { .. })
        {
            return self.unsupported("INTERSECT behind another set operation", span);
        }
        let op = match op {
            SetOperator::Union => SetOp::Union,
            SetOperator::Intersect => SetOp::Intersect,
            SetOperator::Except => SetOp::Except,
            // Where the dialect's grammar has it, it is EXCEPT.
            SetOperator::Minus => SetOp::Except,
        };
        let all = match quantifier {
            SetQuantifier::All => true,
            SetQuantifier::None if self.spec.traits().sets_are_bags => {
                if op == SetOp::Union {
                    return self.unsupported("UNION without ALL or DISTINCT", span);
                }
                true
            }
            SetQuantifier::Distinct | SetQuantifier::None => false,
            SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName => {
                return self.unsupported("BY NAME", span);
            }
        };
        let mut left = self.operand(left)?;
        let outputs = std::mem::take(&mut self.outputs);
        let mut right = self.operand(right)?;
        self.outputs_of_both(outputs);
        if left.columns.len() != right.columns.len() {
            return self.refuse(
                codes::TYPES,
                format!(
                    "the set operation has {} columns on the left and {} on the right",
                    left.columns.len(),
                    right.columns.len()
                ),
                span,
            );
        }
        if !(all && op == SetOp::Union) && self.types_lack_null() {
            self.same_integers(&left, &right, span)?;
        }
        if self.spec.traits().first_select_types && self.lowering.is_empty() {
            self.as_in_first(&left, &mut right, span)?;
        }
        let mut columns = Vec::with_capacity(left.columns.len());
        for (index, (one, two)) in
            left.columns.clone().iter().zip(right.columns.clone().iter()).enumerate()
        {
            self.adapt_column(&mut left, index, &two.ty)?;
            self.adapt_column(&mut right, index, &one.ty)?;
            let kinds = [&left, &right].map(|side| {
                side.columns.get(index).map_or(Type::Unknown, |column| column.ty.clone())
            });
            let mut cells = Vec::new();
            for side in [&left, &right] {
                cells_of(&side.body, index, &mut cells);
            }
            self.of_one_length(cells, span)?;
            let ty = self.common_type(&kinds, span)?;
            self.retype(&mut left, index, &ty)?;
            self.retype(&mut right, index, &ty)?;
            if !(all && op == SetOp::Union) {
                self.keyed(&ty, KeyUse::ToldApart, span)?;
            }
            columns.push(Column { name: one.name.clone(), ty });
        }
        self.limited(&[&left.body, &right.body], &mut columns);
        let texts = columns.iter().any(|column| column.ty.is_character());
        if texts && all && op != SetOp::Union && self.keys().is_some() {
            return self.unsupported("ALL of such text under this collation", span);
        }
        if texts && !all && self.keys().is_some() {
            if op != SetOp::Union {
                let select = self.rows_by_key(op, left, right, &columns, span)?;
                self.scopes.push(super::scope::Scope::default());
                return Ok((Body::Select(Box::new(select)), columns));
            }
            let whole =
                Body::SetOperation { op, all: true, left: Box::new(left), right: Box::new(right) };
            let query = Query::of(whole, columns.clone(), span);
            let mut select = Self::around(query, &columns);
            self.distinct_by_key(&mut select)?;
            self.scopes.push(super::scope::Scope::default());
            return Ok((Body::Select(Box::new(select)), columns));
        }
        Ok((Body::SetOperation { op, all, left: Box::new(left), right: Box::new(right) }, columns))
    }

    /// An operand of a set operation as a query of its own.
    fn operand(&mut self, written: &SetExpr) -> Bound<Query> {
        if let SetExpr::Query(query) = written {
            return self.query(query);
        }
        self.deeper(|binder| {
            let scopes = binder.scopes.len();
            let limit = match binder.top(written)? {
                Some(top) if top.ties || top.percent => {
                    return binder.unsupported("TOP WITH TIES or PERCENT here", binder.place);
                }
                top => top.map(|top| top.count),
            };
            let (mut body, columns) = binder.body(written)?;
            binder.collate(&mut body, &mut [])?;
            binder.scopes.truncate(scopes);
            let span = binder.span(written);
            let query = Query { limit, ..Query::of(body, columns, span) };
            binder.query_without_order(&query);
            Ok(query)
        })
    }

    /// Converts output column `index` of a query to `ty`.
    fn retype(&self, query: &mut Query, index: usize, ty: &Type) -> Bound<()> {
        let Some(column) = query.columns.get_mut(index) else { return Ok(()) };
        if column.ty == *ty {
            return Ok(());
        }
        column.ty = ty.clone();
        let convert = |expr: &mut Expr| -> Bound<()> {
            let old = std::mem::replace(
                expr,
                Expr {
                    kind: ExprKind::Literal(crate::tree::Literal::Null),
                    ty: Type::Unknown,
                    span: expr.span,
                },
            );
            *expr = self.as_result(old, ty)?;
            Ok(())
        };
        match &mut query.body {
            Body::Select(select) => match select.items.get_mut(index) {
                Some(item) => convert(&mut item.expr),
                None => Ok(()),
            },
            Body::Values(rows) => {
                rows.iter_mut().filter_map(|row| row.get_mut(index)).try_for_each(convert)
            }
            Body::SetOperation { left, right, .. } => {
                self.retype(left, index, ty)?;
                self.retype(right, index, ty)
            }
        }
    }
}

/// The query with its ORDER BY and LIMIT at its last SELECT, to which they belong in some dialects.
pub(super) fn sorted_last(query: &ast::Query) -> Option<ast::Query> {
    let mut moved = query.clone();
    let last = last_select(&mut moved.body)?;
    let sorted = ast::Query {
        with: None,
        body: Box::new(last.clone()),
        order_by: moved.order_by.take(),
        limit_clause: moved.limit_clause.take(),
        fetch: moved.fetch.take(),
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    };
    *last = SetExpr::Query(Box::new(sorted));
    Some(moved)
}

fn last_select(body: &mut SetExpr) -> Option<&mut SetExpr> {
    match body {
        SetExpr::SetOperation { right, .. } => last_select(right),
        SetExpr::Select(_) => Some(body),
        _ => None,
    }
}
