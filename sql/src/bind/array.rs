//! Arrays and rows as GoogleSQL writes them: `ARRAY(SELECT …)`, `IN UNNEST(…)`, `FROM t, t.tags`,
//! `UNNEST([STRUCT(…), …])`, `STRUCT(…).field`.

use super::{
    Binder, Bound, KeyUse, codes,
    operator::predicate,
    outer_aggregate,
    scope::{Scope, ScopeRelation},
};
use crate::tree::{
    Alias, Body, Call, Column, Distinct, Expr, ExprKind, FunctionKind, Literal, QuantifiedSource,
    Query, Relation, SortKey, SortTarget,
};
use crate::types::Type;
use sqlparser::ast::{self, AccessExpr, FunctionArg, FunctionArgExpr, FunctionArguments};

impl Binder<'_> {
    /// `ARRAY(SELECT x … ORDER BY y)`: the rows of a query in their order; an empty array where
    /// there is none.
    pub(super) fn array_of_query(&mut self, query: &ast::Query, span: super::Span) -> Bound<Expr> {
        let mut query = self.query(query)?;
        let [column] = query.columns.as_slice() else {
            return self.refuse(codes::TYPES, "the query of an array has one column", span);
        };
        let ty = column.ty.clone();
        if ty.element().is_some() {
            return self.unsupported("an array of arrays", span);
        }
        if query.order_by.is_empty() && (is_made_of_all_rows(&query) || is_of_outside(&query)) {
            // An aggregate is not taken over others, nor over windows, nor in the query outside.
            let columns = query.columns.clone();
            query = Self::around(query, &columns).into_query(span);
        }
        if is_made_of_all_rows(&query) || query.limit.is_some() || query.offset.is_some() {
            return self.unsupported("an array of a grouped or limited query in order", span);
        }
        let order_by = std::mem::take(&mut query.order_by);
        let Body::Select(select) = &mut query.body else {
            return self.unsupported("an array of this query", span);
        };
        let distinct = select.distinct == Distinct::Yes;
        let [item] = select.items.as_mut_slice() else {
            return self.unsupported("an array of this query", span);
        };
        if matches!(select.distinct, Distinct::On(_)) {
            return self.unsupported("an array of this query", span);
        }
        let value = item.expr.clone();
        let order_by: Vec<SortKey> = order_by
            .into_iter()
            .map(|key| match key.target {
                SortTarget::Output(_) => SortKey { target: SortTarget::Expr(value.clone()), ..key },
                SortTarget::Expr(_) => key,
            })
            .collect();
        // What is distinct is sorted by itself.
        if distinct && order_by.iter().any(|key| key.target != SortTarget::Expr(value.clone())) {
            return self.unsupported("an array of distinct values in this order", span);
        }
        let array = Type::Array(Box::new(ty.clone()));
        item.expr = Expr {
            kind: ExprKind::Call(Box::new(Call {
                name: "array_agg",
                kind: FunctionKind::Aggregate,
                args: vec![value],
                star: false,
                distinct,
                filter: None,
                order_by,
                ignore_nulls: false,
                over: None,
            })),
            ty: array.clone(),
            span,
        };
        select.distinct = Distinct::No;
        for column in &mut query.columns {
            column.ty = array.clone();
        }
        let rows = Expr { kind: ExprKind::Scalar(Box::new(query)), ty: array.clone(), span };
        let none = Expr { kind: ExprKind::Array(Vec::new()), ty: array.clone(), span };
        let mut whole = predicate("coalesce", vec![rows, none], span);
        whole.ty = array;
        Ok(whole)
    }

    /// `x IN UNNEST(a)`: false where the array is NULL.
    pub(super) fn in_unnest(
        &mut self,
        expr: &ast::Expr,
        array: &ast::Expr,
        negated: bool,
        span: super::Span,
    ) -> Bound<Expr> {
        let (expr, array) = (self.expr(expr)?, self.expr(array)?);
        let Some(element) = array.ty.element().cloned() else {
            return self.refuse(codes::TYPES, "IN UNNEST needs an array", span);
        };
        let ty = self.comparison_type([&expr.ty, &element], span)?;
        self.keyed(&ty, KeyUse::ToldApart, expr.span)?;
        self.no_text(&ty, "IN UNNEST", span)?;
        if ty.is_float() || (element != ty && element != Type::Unknown) {
            return self.unsupported("IN UNNEST of these types", span);
        }
        let wanted = Type::Array(Box::new(ty.clone()));
        let (expr, array) = (self.coerce(expr, &ty)?, self.coerce(array, &wanted)?);
        if let ExprKind::Array(list) = &array.kind
            && !list.is_empty()
        {
            let kind = ExprKind::InList { expr: Box::new(expr), list: list.clone(), negated };
            return Ok(Expr { kind, ty: Type::Bool, span });
        }
        let null = predicate("is null", vec![array.clone()], span);
        let literal = matches!(array.kind, ExprKind::Array(_));
        let source = QuantifiedSource::Array(Box::new(array));
        let kind = ExprKind::Quantified { op: "=", all: false, expr: Box::new(expr), source };
        let mut found = Expr { kind, ty: Type::Bool, span };
        if !literal {
            let no = Expr { kind: ExprKind::Literal(Literal::Bool(false)), ty: Type::Bool, span };
            let kind = ExprKind::Case {
                operand: None,
                branches: vec![(null, no)],
                otherwise: Some(Box::new(found)),
            };
            found = Expr { kind, ty: Type::Bool, span };
        }
        Ok(if negated { predicate("not", vec![found], span) } else { found })
    }

    /// Is `t.tags` in FROM an array of a relation before it?
    pub(super) fn is_array_path(
        &self,
        name: &ast::ObjectName,
        own: &Scope,
        before: &Scope,
    ) -> Option<FunctionArg> {
        let path: Vec<&ast::Ident> = name.0.iter().filter_map(|p| p.as_ident()).collect();
        let [relation, column] = path.as_slice() else { return None };
        if self.speaks_core() {
            return None;
        }
        let (relation_name, column_name) = (self.fold(relation), self.fold(column));
        let is_array = before.relations.iter().chain(&own.relations).any(|r| {
            r.name == relation_name
                && r.columns.iter().any(|c| c.name == column_name && c.ty.element().is_some())
        });
        let expr = ast::Expr::CompoundIdentifier(vec![(*relation).clone(), (*column).clone()]);
        is_array.then_some(FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)))
    }

    /// `UNNEST([STRUCT(1 AS a, 'x' AS b), (2, 'y')])`: rows written out.
    pub(super) fn rows_of_structs(
        &mut self,
        array: &ast::Expr,
        alias: Option<&ast::TableAlias>,
        own: &mut Scope,
        span: super::Span,
    ) -> Bound<Option<Relation>> {
        let ast::Expr::Array(array) = array else { return Ok(None) };
        let Some(names) = array.elem.first().and_then(|row| self.field_names(row)) else {
            return Ok(None);
        };
        let mut rows = Vec::with_capacity(array.elem.len());
        for row in &array.elem {
            let Some(values) = row_values(row).filter(|values| values.len() == names.len()) else {
                return self.unsupported("this array of structs", span);
            };
            let values: Bound<Vec<Expr>> = values.iter().map(|value| self.expr(value)).collect();
            rows.push(values?);
        }
        let mut columns = Vec::with_capacity(names.len());
        for (index, name) in names.into_iter().enumerate() {
            let types: Vec<Type> =
                rows.iter().filter_map(|row| row.get(index)).map(|e| e.ty.clone()).collect();
            let ty = self.common_type(&types, span)?;
            for row in &mut rows {
                if let Some(cell) = row.get_mut(index) {
                    *cell = self.unify(cell.clone(), &ty)?;
                }
            }
            columns.push(Column { name, ty });
        }
        let name = alias.map_or_else(|| format!("_u{}", span.start), |a| self.fold(&a.name));
        own.relations.push(ScopeRelation::new(name.clone(), columns.clone()));
        let alias = Alias { name, columns: columns.iter().map(|c| c.name.clone()).collect() };
        let query = Query::of(Body::Values(rows), columns, span);
        Ok(Some(Relation::Derived { query: Box::new(query), alias, lateral: false }))
    }

    /// The names of a struct's fields, if each has one.
    fn field_names(&self, row: &ast::Expr) -> Option<Vec<String>> {
        let ast::Expr::Struct { values, fields } = row else { return None };
        if !fields.is_empty() {
            return fields.iter().map(|f| f.field_name.as_ref().map(|n| self.fold(n))).collect();
        }
        values
            .iter()
            .map(|value| match value {
                ast::Expr::Named { name, .. } | ast::Expr::Identifier(name) => {
                    Some(self.fold(name))
                }
                ast::Expr::CompoundIdentifier(path) => path.last().map(|name| self.fold(name)),
                _ => None,
            })
            .collect()
    }

    /// `STRUCT(…).field`, and `ARRAY_AGG(STRUCT(…) …)[OFFSET(0)].field`, as the field alone.
    pub(super) fn field_of_struct(
        &self,
        root: &ast::Expr,
        chain: &[AccessExpr],
    ) -> Option<ast::Expr> {
        let at = chain.iter().position(|access| matches!(access, AccessExpr::Dot(_)))?;
        let AccessExpr::Dot(ast::Expr::Identifier(field)) = chain.get(at)? else { return None };
        let field = self.fold(field);
        let of_struct = |row: &ast::Expr| {
            let ast::Expr::Struct { values, fields } = row else { return None };
            let index = self.field_names(row)?.iter().position(|name| *name == field)?;
            let value = match values.get(index)? {
                ast::Expr::Named { expr, .. } => (**expr).clone(),
                other => other.clone(),
            };
            Some(match fields.get(index) {
                None => value,
                Some(field) => ast::Expr::Cast {
                    kind: ast::CastKind::Cast,
                    expr: Box::new(value),
                    data_type: field.field_type.clone(),
                    array: false,
                    format: None,
                },
            })
        };
        let mut rest = chain.to_vec();
        rest.remove(at);
        let root = match root {
            row @ ast::Expr::Struct { .. } if at == 0 => of_struct(row)?,
            ast::Expr::Function(function) => {
                let mut function = function.clone();
                if !crate::facts::last_name(&function.name).eq_ignore_ascii_case("array_agg") {
                    return None;
                }
                let FunctionArguments::List(list) = &mut function.args else { return None };
                let [FunctionArg::Unnamed(FunctionArgExpr::Expr(arg))] = list.args.as_mut_slice()
                else {
                    return None;
                };
                *arg = of_struct(arg)?;
                ast::Expr::Function(function)
            }
            _ => return None,
        };
        if rest.is_empty() {
            return Some(root);
        }
        Some(ast::Expr::CompoundFieldAccess { root: Box::new(root), access_chain: rest })
    }

    /// The first `count` elements of an array.
    pub(super) fn first_of(
        &mut self,
        array: Expr,
        count: &ast::Expr,
        span: super::Span,
    ) -> Bound<Expr> {
        let (array, separator) = joined_apart(array);
        let count = self.expr(count)?;
        let whole = count.integer().is_some_and(|n| n > 0);
        if array.ty.element().is_none() || !whole {
            return self.unsupported("LIMIT inside this call", span);
        }
        let count = Expr { ty: Type::Int4, ..count };
        let one = self.number("1", span);
        let first = self.resolve("slice", vec![array, one, count], span)?;
        match separator {
            Some(separator) => self.resolve("array_to_string", vec![first, separator], span),
            None => Ok(first),
        }
    }
}

/// Is its one output made of columns of a query outside alone?
fn is_of_outside(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let own = outer_aggregate::names(select);
    select.items.iter().all(|item| outer_aggregate::is_of_outside([&item.expr], &own))
}

/// What `string_agg` joins, as an array, and what stands between.
fn joined_apart(expr: Expr) -> (Expr, Option<Expr>) {
    let span = expr.span;
    let Some(call) = expr.call().filter(|call| call.name == "string_agg") else {
        return (expr, None);
    };
    let [value, separator] = call.args.as_slice() else { return (expr, None) };
    let not_null = predicate("is not null", vec![value.clone()], span);
    let array = Call {
        name: "array_agg",
        args: vec![value.clone()],
        filter: Some(super::decorate::both(call.filter.clone(), not_null, span)),
        ..call.clone()
    };
    let separator = separator.clone();
    let ty = Type::Array(Box::new(value.ty.clone()));
    (Expr { kind: ExprKind::Call(Box::new(array)), ty, span }, Some(separator))
}

/// The values of a row as `STRUCT(…)` or `(…)` writes it.
fn row_values(row: &ast::Expr) -> Option<Vec<&ast::Expr>> {
    match row {
        ast::Expr::Struct { values, .. } => Some(
            values
                .iter()
                .map(|value| match value {
                    ast::Expr::Named { expr, .. } => &**expr,
                    other => other,
                })
                .collect(),
        ),
        ast::Expr::Tuple(values) => Some(values.iter().collect()),
        _ => None,
    }
}

/// Has the query groups, a window or other queries in it, so that a row of it is no row of FROM?
fn is_made_of_all_rows(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return query.limit.is_none() };
    let plain = query.limit.is_none() && query.offset.is_none();
    let over_rows = |call: &Call| call.over.is_some() || call.kind != FunctionKind::Scalar;
    plain
        && (!select.group_by.is_empty()
            || select.having.is_some()
            || select.qualify.is_some()
            || select.items.iter().any(|item| item.expr.any_call(&over_rows)))
}
