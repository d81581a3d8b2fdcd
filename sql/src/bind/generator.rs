//! Functions that give rows beside each row: LATERAL VIEW, UNNEST WITH OFFSET, posexplode.

use super::{
    Binder, Bound,
    scope::{Scope, ScopeRelation},
};
use crate::{
    facts::last_name,
    tree::{
        Alias, Body, Column, Expr, ExprKind, FunctionKind, Item, JoinCondition, JoinKind, Literal,
        Query, Relation, Select,
    },
    types::Type,
};
use sqlparser::ast;

impl Binder<'_> {
    /// The rows of an array with their positions: a derived table of the columns `names`, of which
    /// the offset is counted from zero.
    pub(super) fn with_offset(
        &self,
        array: Expr,
        relation: &str,
        names: [String; 2],
        offset_first: bool,
        own: &mut Scope,
        span: super::Span,
    ) -> Bound<Relation> {
        let unnest = self.resolve("unnest", vec![array], span)?;
        let element = unnest.ty.clone();
        let inner = Alias {
            name: "_u".to_owned(),
            columns: vec!["_element".to_owned(), "_position".to_owned()],
        };
        let column = |name: &str, ty: Type| Expr {
            kind: ExprKind::Column {
                relation: Some("_u".to_owned()),
                name: name.to_owned(),
                qualified: true,
            },
            ty,
            span,
        };
        let one = Expr { ty: Type::Int8, ..self.number("1", span) };
        let position = column("_position", Type::Int8);
        let offset = self.resolve("-", vec![position, one], span)?;
        let [element_name, offset_name] = names;
        let value = Item { expr: column("_element", element), name: element_name };
        let offset = Item { expr: offset, name: offset_name };
        let items = if offset_first { vec![offset, value] } else { vec![value, offset] };
        let function = Relation::Function { call: unnest, alias: inner, ordinality: true };
        let query = Select::of(items, Some(function)).into_query(span);
        own.relations.push(ScopeRelation::new(relation.to_owned(), query.columns.clone()));
        let alias = Alias { name: relation.to_owned(), columns: Vec::new() };
        Ok(Relation::Derived { query: Box::new(query), alias, lateral: true })
    }

    /// `LATERAL VIEW [OUTER] explode(a) t AS x`: one more relation for each.
    pub(super) fn lateral_views(
        &mut self,
        views: &[ast::LateralView],
        scope: &mut Scope,
        mut from: Option<Relation>,
        span: super::Span,
    ) -> Bound<Option<Relation>> {
        for view in views {
            let ast::Expr::Function(function) = &view.lateral_view else {
                return self.unsupported("this LATERAL VIEW", span);
            };
            let name = last_name(&function.name).to_lowercase();
            let ast::FunctionArguments::List(list) = &function.args else {
                return self.unsupported("this LATERAL VIEW", span);
            };
            let args = self.within(scope.clone(), |binder| binder.plain_args(&list.args, span))?;
            let relation = last_name(&view.lateral_view_name);
            let columns: Vec<String> =
                view.lateral_col_alias.iter().map(|c| self.fold(c)).collect();
            let mut own = Scope::default();
            let right = self.generator(&name, args, &relation, &columns, &mut own, span)?;
            scope.relations.append(&mut own.relations);
            from = Some(match from {
                None => right,
                Some(left) => join(left, right, view.outer || name.ends_with("_outer"), span),
            });
        }
        Ok(from)
    }

    /// `stack(2, a, b, c, d)`: two rows of two columns.
    fn stacked(
        &self,
        args: &[Expr],
        relation: &str,
        names: &[String],
        own: &mut Scope,
        span: super::Span,
    ) -> Bound<Relation> {
        let Some((count, values)) = args.split_first() else {
            return self.unsupported("`stack` of nothing", span);
        };
        let count = count.integer().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        if count == 0 || values.is_empty() || values.len() % count != 0 {
            return self.unsupported("`stack` of rows of different lengths", span);
        }
        let width = values.len() / count;
        let mut rows: Vec<Vec<Expr>> = values.chunks(width).map(<[Expr]>::to_vec).collect();
        let mut columns = Vec::with_capacity(width);
        for index in 0..width {
            let cells = || rows.iter().filter_map(|row| row.get(index));
            let types: Vec<Type> = cells().map(|cell| cell.ty.clone()).collect();
            let ty = self.common_type(&types, span)?;
            for row in &mut rows {
                if let Some(cell) = row.get_mut(index) {
                    *cell = self.unify(cell.clone(), &ty)?;
                }
            }
            let name = names.get(index).cloned().unwrap_or_else(|| format!("col{index}"));
            columns.push(Column { name, ty });
        }
        if names.len() > width {
            return self.unsupported("more names than `stack` has columns", span);
        }
        own.relations.push(ScopeRelation::new(relation.to_owned(), columns.clone()));
        let alias = Alias {
            name: relation.to_owned(),
            columns: columns.iter().map(|column| column.name.clone()).collect(),
        };
        let query = Query::of(Body::Values(rows), columns, span);
        Ok(Relation::Derived { query: Box::new(query), alias, lateral: true })
    }

    /// A set-returning function with its columns named: `explode(a)`, `posexplode(a)`.
    fn generator(
        &mut self,
        name: &str,
        args: Vec<Expr>,
        relation: &str,
        columns: &[String],
        own: &mut Scope,
        span: super::Span,
    ) -> Bound<Relation> {
        let call = self.apply(name, args, span)?;
        let Some(inner) = call.call().filter(|c| c.kind == FunctionKind::Set).cloned() else {
            return self.unsupported(&format!("`{name}` in LATERAL VIEW"), span);
        };
        let column = |index: usize, default: &str| {
            columns.get(index).cloned().unwrap_or_else(|| default.to_owned())
        };
        if inner.name == "unnest_with_offset"
            && let Some(array) = inner.args.first()
        {
            let names = [column(1, "col"), column(0, "pos")];
            return self.with_offset(array.clone(), relation, names, true, own, span);
        }
        if inner.name == "stack" {
            return self.stacked(&inner.args, relation, columns, own, span);
        }
        let name = column(0, "col");
        own.relations.push(ScopeRelation::new(
            relation.to_owned(),
            vec![Column { name: name.clone(), ty: call.ty.clone() }],
        ));
        let alias = Alias { name: relation.to_owned(), columns: vec![name] };
        Ok(Relation::Function { call, alias, ordinality: false })
    }
}

/// A join with what a row itself gives; `outer` keeps rows that give none.
pub(super) fn join(left: Relation, right: Relation, outer: bool, span: super::Span) -> Relation {
    let always = Expr { kind: ExprKind::Literal(Literal::Bool(true)), ty: Type::Bool, span };
    let (kind, condition) = if outer {
        (JoinKind::Left, JoinCondition::On(always))
    } else {
        (JoinKind::Cross, JoinCondition::None)
    };
    Relation::Join { left: Box::new(left), right: Box::new(right), kind, condition }
}
