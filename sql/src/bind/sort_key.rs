//! Keys of ORDER BY: of a query by position, name or expression, inside of calls by expression.

use super::{Binder, Bound, KeyUse, codes, hidden_outputs::Meant, select::has_aggregate};
use crate::{
    dialects::Nulls,
    tree::{Body, Column, Select, SortKey, SortTarget},
    types::Type,
};
use sqlparser::ast::{self, Value};

impl Binder<'_> {
    /// A sort key of a query: an output column by position or name, else an expression over the
    /// input.
    pub(super) fn sort_key(
        &mut self,
        key: &ast::OrderByExpr,
        columns: &[Column],
        body: &Body,
    ) -> Bound<SortKey> {
        let span = self.span(&key.expr);
        if key.with_fill.is_some() {
            return self.unsupported("WITH FILL", span);
        }
        // Parentheses do not make an expression of a position or a name.
        let mut written = &key.expr;
        while let ast::Expr::Nested(inner) = written {
            written = inner;
        }
        let target = match written {
            ast::Expr::Value(value) if matches!(value.value, Value::Number(..)) => {
                let Value::Number(digits, _) = &value.value else {
                    return self.unsupported("this sort key", span);
                };
                match digits.parse::<usize>().ok().and_then(|n| n.checked_sub(1)) {
                    Some(index) if index < columns.len() => SortTarget::Output(index),
                    _ => {
                        return self.refuse(
                            codes::UNKNOWN_COLUMN,
                            format!("ORDER BY position `{digits}` is not in the select list"),
                            span,
                        );
                    }
                }
            }
            ast::Expr::Identifier(name)
                if let Some(column) = self.column_before_output(name, body)? =>
            {
                SortTarget::Expr(column)
            }
            ast::Expr::Identifier(name) if self.meant(name) == Some(Meant::Column) => {
                SortTarget::Expr(self.expr(written)?)
            }
            ast::Expr::Identifier(name) => {
                let name = self.fold(name);
                let named = columns.iter().enumerate().filter(|(_, c)| c.name == name);
                let mut hits = named.filter(|(at, _)| !self.is_nameless(body, *at));
                match (hits.next(), hits.next(), body) {
                    (Some((index, _)), None, _) => SortTarget::Output(index),
                    (Some((index, _)), Some((other, _)), Body::Select(select)) => {
                        // The same expression twice under one name is not ambiguous.
                        let same = select.items.get(index).map(|i| &i.expr.kind)
                            == select.items.get(other).map(|i| &i.expr.kind);
                        if !same {
                            return self.refuse(
                                codes::UNKNOWN_COLUMN,
                                format!("ORDER BY `{name}` is ambiguous"),
                                span,
                            );
                        }
                        SortTarget::Output(index)
                    }
                    (None, _, Body::Select(_)) => SortTarget::Expr(self.expr(written)?),
                    _ => {
                        return self.refuse(
                            codes::UNKNOWN_COLUMN,
                            format!("ORDER BY `{name}` is not an output column"),
                            span,
                        );
                    }
                }
            }
            other if !self.speaks_core() && is_negative(other) => {
                match self.counted_back(other, columns.len()) {
                    Some(index) => SortTarget::Output(index),
                    None => return self.unsupported("a negative position", span),
                }
            }
            other if let Body::Select(select) = body => {
                let bound = self.expr(other)?;
                if self.spec.traits().having_of_rows && has_aggregate(&bound) && !is_grouped(select)
                {
                    // It makes a group of all rows, so that HAVING is about that.
                    return self.unsupported("a sort by an aggregate of ungrouped rows", span);
                }
                SortTarget::Expr(bound)
            }
            _ => {
                return self.unsupported("an expression as sort key of a set operation", span);
            }
        };
        self.no_list_order(&target, body, span)?;
        let ty = match &target {
            SortTarget::Output(index) => {
                columns.get(*index).map_or(Type::Unknown, |c| c.ty.clone())
            }
            SortTarget::Expr(expr) => expr.ty.clone(),
        };
        self.finish_key(target, ty, key, span)
    }

    /// A sort key inside an aggregate or a window: always an expression.
    pub(super) fn inner_sort_key(&mut self, key: &ast::OrderByExpr) -> Bound<SortKey> {
        let span = self.span(&key.expr);
        if key.with_fill.is_some() {
            return self.unsupported("WITH FILL", span);
        }
        let expr = self.expr(&key.expr)?;
        if self.lowering.is_empty() && self.is_enumerated(&expr) {
            return self.unsupported("an order by the places in a list of ENUM or SET", span);
        }
        let ty = expr.ty.clone();
        self.sorted(self.finish_key(SortTarget::Expr(expr), ty, key, span)?)
    }

    pub(super) fn finish_key(
        &self,
        target: SortTarget,
        ty: Type,
        key: &ast::OrderByExpr,
        span: crate::bind::Span,
    ) -> Bound<SortKey> {
        self.keyed(&ty, KeyUse::Sorted, span)?;
        let descending = key.options.asc == Some(false);
        let nulls =
            if self.lowering.is_empty() { self.spec.traits().nulls } else { Nulls::Largest };
        Ok(SortKey {
            target,
            ty,
            descending,
            nulls_first: key.options.nulls_first.unwrap_or(nulls.first(descending)),
            nulls_explicit: key.options.nulls_first.is_some(),
            span,
        })
    }
}

/// Are its rows groups?
fn is_grouped(select: &Select) -> bool {
    !select.group_by.is_empty()
        || select.items.iter().map(|item| &item.expr).chain(&select.having).any(has_aggregate)
}

/// Is it a number with a sign? ClickHouse counts from the last column then, Spark takes it for no
/// column, others for a constant.
pub(super) fn is_negative(key: &ast::Expr) -> bool {
    negated(key).is_some()
}

/// The digits of a number with a sign.
pub(super) fn negated(key: &ast::Expr) -> Option<&str> {
    let ast::Expr::UnaryOp { op: ast::UnaryOperator::Minus, expr } = key else { return None };
    match &**expr {
        ast::Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => Some(digits),
            _ => None,
        },
        _ => None,
    }
}
