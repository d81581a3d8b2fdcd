//! Is a value among others: `IN (…)`, `IN (SELECT …)`, `= ANY (…)`, `> ALL (…)`.

use super::{Binder, Bound, KeyUse, codes, said::unmarked};
use crate::{
    dialects::Rows,
    tree::{Body, Expr, ExprKind, QuantifiedSource, Query},
    types::Type,
};
use model::NotComparableKind;
use sqlparser::ast::{self, BinaryOperator};

impl Binder<'_> {
    pub(super) fn in_list(
        &mut self,
        expr: &ast::Expr,
        list: &[ast::Expr],
        negated: bool,
        span: super::Span,
    ) -> Bound<Expr> {
        let mut expr = self.operand_said(expr)?;
        let mut list: Vec<Expr> =
            list.iter().map(|e| self.operand_said(e)).collect::<Bound<_>>()?;
        let said = unmarked(std::iter::once(&mut expr).chain(&mut list));
        self.under(said, |binder| binder.in_unmarked_list(expr, list, negated, span))
    }

    fn in_unmarked_list(
        &mut self,
        expr: Expr,
        list: Vec<Expr>,
        negated: bool,
        span: super::Span,
    ) -> Bound<Expr> {
        if let ExprKind::Row(items) = &expr.kind {
            return self.row_in_list(items, &list, negated, span);
        }
        if self.is_compared_by_kind(&expr, &list) {
            return self.in_by_kind(&expr, list, negated, span);
        }
        self.no_quotients(std::iter::once(&expr).chain(&list), span)?;
        let list = self.without_null_items(list, span)?;
        let mut list = self.adapted(std::iter::once(expr).chain(list).collect())?;
        self.no_text_by_format(&list)?;
        list = self.dates_among_numbers(list, span)?;
        self.beside_dates(&mut list);
        let expr = list.remove(0);
        let expr = self.text_before_numbers(expr, &list)?;
        let expr = self.listed_loosely(expr, &list)?;
        let types: Vec<Type> = std::iter::once(&expr).chain(&list).map(|e| e.ty.clone()).collect();
        let ty = self.comparison_type(&types, span)?;
        self.keyed(&ty, KeyUse::ToldApart, expr.span)?;
        let mut list: Vec<Expr> = std::iter::once(expr)
            .chain(list)
            .map(|e| self.comparison_operand(e, &ty))
            .collect::<Bound<_>>()?;
        self.list_is_safe(&ty, list.get(1..).unwrap_or_default(), span)?;
        list = self.compared("=", list, span)?;
        let expr = Box::new(list.remove(0));
        let kind = ExprKind::InList { expr, list, negated };
        Ok(Expr { kind, ty: Type::Bool, span })
    }

    pub(super) fn in_query(
        &mut self,
        expr: &ast::Expr,
        query: &ast::Query,
        negated: bool,
        span: super::Span,
    ) -> Bound<Expr> {
        let mut expr = self.operand_said(expr)?;
        let (mut query, correlated) = self.inner_query(query)?;
        let mut marked = vec![&mut expr];
        first_columns(&mut query, &mut marked);
        let said = unmarked(marked);
        self.under(said, |binder| binder.in_unmarked(expr, query, correlated, negated, span))
    }

    fn in_unmarked(
        &mut self,
        expr: Expr,
        mut query: Query,
        correlated: bool,
        negated: bool,
        span: super::Span,
    ) -> Bound<Expr> {
        self.no_quotients(std::iter::once(&expr), span)?;
        self.without_null_rows(&mut query, span)?;
        let expr = match &expr.kind {
            ExprKind::Row(items) if items.len() == query.columns.len() => {
                self.keys_apart(items)?;
                // Trino looks for the row itself, in which NULL may be equal to itself.
                if self.spec.traits().rows == Rows::NotOrdered
                    && items.iter().any(|item| self.can_be_null(item) != Some(false))
                {
                    let what = "a row with NULL among the rows of a query";
                    self.leave_open(NotComparableKind::Choice, what, span);
                }
                for (item, column) in items.iter().zip(&query.columns) {
                    self.no_text(&item.ty, "a row with IN", span)?;
                    let both = |is: fn(&Type) -> bool| is(&item.ty) && is(&column.ty);
                    let alike = item.ty.base() == column.ty.base()
                        || both(Type::is_text)
                        || both(Type::is_integer);
                    if !alike {
                        return self.refuse(
                            codes::TYPES,
                            format!("`{}` and `{}` are compared by IN", item.ty, column.ty),
                            span,
                        );
                    }
                }
                expr
            }
            _ => {
                let [column] = query.columns.as_slice() else {
                    return self.refuse(codes::TYPES, "a subquery of IN has one column", span);
                };
                self.no_days_of_rows(&expr.ty, &column.ty, span)?;
                let ty = self.comparison_type([&expr.ty, &column.ty], span)?;
                self.no_ticks_of_rows(&column.ty, &ty, span)?;
                self.keyed(&ty, KeyUse::ToldApart, expr.span)?;
                if ty.is_float() && self.nan_is_unordered() {
                    return self.unsupported("IN of floats that could be NaN", span);
                }
                if matches!(expr.ty, Type::Char(_)) != matches!(column.ty, Type::Char(_)) {
                    return self.unsupported("IN between padded and plain text", span);
                }
                if matches!(ty, Type::Char(_)) && expr.ty != column.ty {
                    return self.unsupported("IN between texts of different padding", span);
                }
                let expr = self.coerce(self.of_ticks(expr, &ty)?, &ty)?;
                self.keyed_query(&mut query, span)?;
                self.key(expr)?
            }
        };
        let left = expr.clone();
        let kind =
            ExprKind::InQuery { expr: Box::new(expr), query: Box::new(query), negated, correlated };
        let found = self.of_null(left, Expr { kind, ty: Type::Bool, span }, negated);
        Ok(self.as_match(found))
    }

    pub(super) fn quantified(
        &mut self,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
        all: bool,
        span: super::Span,
    ) -> Bound<Expr> {
        let op = match op {
            BinaryOperator::Eq => "=",
            BinaryOperator::NotEq => "<>",
            BinaryOperator::Lt => "<",
            BinaryOperator::LtEq => "<=",
            BinaryOperator::Gt => ">",
            BinaryOperator::GtEq => ">=",
            _ => return self.unsupported("this operator with ANY or ALL", span),
        };
        let expr = self.expr(left)?;
        let (ty, source) = if let ast::Expr::Subquery(query) = right {
            let query = self.query(query)?;
            let [column] = query.columns.as_slice() else {
                return self.refuse(codes::TYPES, "a subquery of ANY has one column", span);
            };
            (column.ty.clone(), QuantifiedSource::Query(Box::new(query)))
        } else {
            let array = self.expr(right)?;
            // A parameter without a type is an array of what stands on the left.
            let array = self.told_parameter(array, &Type::Array(Box::new(expr.ty.clone())))?;
            let Some(element) = array.ty.element().cloned() else {
                return self.refuse(
                    codes::TYPES,
                    format!("ANY and ALL need an array, this is `{}`", array.ty),
                    span,
                );
            };
            (element, QuantifiedSource::Array(Box::new(array)))
        };
        self.no_days_of_rows(&expr.ty, &ty, span)?;
        let common = self.comparison_type([&expr.ty, &ty], span)?;
        self.no_ticks_of_rows(&ty, &common, span)?;
        let of = if ["=", "<>"].contains(&op) { KeyUse::ToldApart } else { KeyUse::Sorted };
        self.keyed(&common, of, expr.span)?;
        if matches!(common, Type::Char(_)) {
            return self.unsupported("ANY and ALL of padded text", span);
        }
        self.no_text(&common, "ANY and ALL", span)?;
        if of == KeyUse::Sorted {
            self.in_own_order(&common, "ANY and ALL", span)?;
        }
        let expr = Box::new(self.coerce(self.of_ticks(expr, &common)?, &common)?);
        Ok(Expr { kind: ExprKind::Quantified { op, all, expr, source }, ty: Type::Bool, span })
    }
}

/// What the first column of a query is made of.
fn first_columns<'q>(query: &'q mut Query, found: &mut Vec<&'q mut Expr>) {
    match &mut query.body {
        Body::Select(select) => {
            found.extend(select.items.first_mut().map(|item| &mut item.expr));
        }
        Body::Values(rows) => found.extend(rows.iter_mut().filter_map(|row| row.first_mut())),
        Body::SetOperation { left, right, .. } => {
            first_columns(left, found);
            first_columns(right, found);
        }
    }
}
