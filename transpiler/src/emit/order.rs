//! ORDER BY of a query.

use super::{Emitter, alike::Print};
use crate::{fragment::Fragment, rule::Emit, targets::Target};
use model::Span;
use sql::{
    Type,
    tree::{
        Alias, Body, Column, Cte, Distinct, Expr, ExprKind, GroupItem, Item, JoinKind, Query,
        Relation, Select, SetOp, SortKey, SortTarget,
    },
};

/// The name of the derived table around a query that is sorted outside of it.
const SORTED: &str = "_sorted";

impl Emitter {
    /// A key of the query's own ORDER BY.
    pub(super) fn outer_key(
        &mut self,
        key: &SortKey,
        query: &Query,
        items: Option<&[Item]>,
    ) -> Emit<String> {
        if key.ty.element().is_some() && self.target() == Target::DataFusion {
            return self.refuse("arrays are not sorted", key.span);
        }
        let text = match place(key, items) {
            Some(index) => {
                let column = query.columns.get(index).map(|c| c.name.as_str()).unwrap_or_default();
                let item = items.and_then(|items| items.get(index));
                let unique = is_apart(query, index);
                let plain = item.is_none_or(|item| {
                    !matches!(&item.expr.kind, ExprKind::Column { name, .. } if name != column)
                });
                let named = unique && plain && column != "?column?";
                let float = self.float_at(index, query, item, key.span);
                match float {
                    _ if named => {
                        let name = Fragment::atom(self.name(column, key.span)?);
                        match float {
                            Some(expr) => self.as_key(name, &expr).text,
                            None => name.text,
                        }
                    }
                    Some(expr) if item.is_some() => self.inner_key(&expr, query)?,
                    Some(expr) => {
                        return self.refuse("floats without a name as a sort key", expr.span);
                    }
                    None => (index + 1).to_string(),
                }
            }
            None => match &key.target {
                SortTarget::Expr(expr) => self.inner_key(expr, query)?,
                SortTarget::Output(index) => (index + 1).to_string(),
            },
        };
        Ok(self.directed(key, &text))
    }

    /// A key of columns that are no outputs, whose names an output may have too.
    fn inner_key(&mut self, expr: &Expr, query: &Query) -> Emit<String> {
        if let Body::Select(select) = &query.body
            && self.target() == Target::DataFusion
            && expr.any_part(&|part| is_hidden(part, select, &query.columns))
        {
            return self.refuse("a sort key of a column that an output hides", expr.span);
        }
        self.qualify = true;
        let text = self.key(expr);
        self.qualify = false;
        Ok(text?.text)
    }

    /// The output at a place, where it is a float that is not written as a key in the list already.
    fn float_at(
        &self,
        index: usize,
        query: &Query,
        item: Option<&Item>,
        span: Span,
    ) -> Option<Expr> {
        let written = match &query.body {
            Body::Select(select) => select.distinct == Distinct::Yes,
            Body::SetOperation { op, all, .. } => *op == SetOp::Union && !all,
            Body::Values(_) => false,
        };
        let column = query.columns.get(index).filter(|_| !written)?;
        let expr = match item {
            Some(item) => item.expr.clone(),
            None => output(column, None, span),
        };
        self.has_two_zeros(&expr).then_some(expr)
    }

    /// Is it a key that can be written of the query's own columns only, and one of them hides it?
    fn needs_outside(
        &self,
        key: &SortKey,
        place: Option<usize>,
        select: &Select,
        query: &Query,
    ) -> bool {
        let expr = match (&key.target, place) {
            (SortTarget::Expr(expr), None) => expr,
            (_, Some(index)) => match select.items.get(index) {
                Some(item) if self.has_two_zeros(&item.expr) && !is_apart(query, index) => {
                    &item.expr
                }
                _ => return false,
            },
            (SortTarget::Output(_), None) => return false,
        };
        expr.any_part(&|part| is_hidden(part, select, &query.columns))
    }

    /// `DataFusion` takes a column in ORDER BY for an output of that name, whatever relation is
    /// named with it. Such keys become columns of a query around which it is sorted.
    pub(super) fn sorted_outside(&self, query: &Query) -> Option<Query> {
        let Body::Select(select) = &query.body else { return None };
        if self.target() != Target::DataFusion || select.distinct != Distinct::No {
            return None;
        }
        let items = select.items.as_slice();
        let keys = query.order_by.iter().map(|key| (key, place(key, Some(items))));
        if !keys.clone().any(|(key, place)| self.needs_outside(key, place, select, query)) {
            return None;
        }
        let apart = (0..query.columns.len()).all(|index| is_apart(query, index));
        let mut inner = Query { order_by: Vec::new(), limit: None, offset: None, ..query.clone() };
        inner.with.clear();
        let Body::Select(list) = &mut inner.body else { return None };
        if !apart {
            for (index, (item, column)) in list.items.iter_mut().zip(&mut inner.columns).enumerate()
            {
                column.name = format!("_c{}", index + 1);
                item.name.clone_from(&column.name);
            }
        }
        let outputs = inner.columns.clone();
        let mut order_by = Vec::with_capacity(query.order_by.len());
        for (index, (key, place)) in keys.enumerate() {
            let target = match (&key.target, place) {
                (SortTarget::Expr(expr), None) => {
                    let name = format!("_key{}", index + 1);
                    if query.columns.iter().any(|column| column.name == name) {
                        return None;
                    }
                    let column = Column { name: name.clone(), ty: expr.ty.clone() };
                    list.items.push(Item { expr: expr.clone(), name });
                    inner.columns.push(column.clone());
                    SortTarget::Expr(output(&column, Some(SORTED), key.span))
                }
                (target, None) => target.clone(),
                (_, Some(index)) => SortTarget::Output(index),
            };
            order_by.push(SortKey { target, ..key.clone() });
        }
        let alias = Alias { name: SORTED.to_owned(), columns: Vec::new() };
        let columns = outputs.iter().zip(&query.columns).map(|(inside, column)| Item {
            expr: output(inside, Some(SORTED), query.span),
            name: column.name.clone(),
        });
        let from = Relation::Derived { query: Box::new(inner), alias, lateral: false };
        let around = Select::of(columns.collect(), Some(from));
        Some(Query { body: Body::Select(Box::new(around)), order_by, ..query.clone() })
    }
}

/// Does a key of a query sort nothing? `DataFusion` 54 drops the whole sort where the first key is one
/// value and the rows come from groups.
pub(super) fn sorts_nothing(key: &SortKey, query: &Query, items: Option<&[Item]>) -> bool {
    let Body::Select(select) = &query.body else { return key.is_same_always() };
    let expr = match (place(key, items), &key.target) {
        (Some(index), _) => match select.items.get(index) {
            Some(item) => &item.expr,
            None => return false,
        },
        (None, SortTarget::Expr(expr)) => expr,
        (None, SortTarget::Output(_)) => return false,
    };
    // In the totals of ROLLUP and the like a key is NULL.
    !has_totals(select) && is_one_value(expr, select.from.as_ref(), &query.with)
}

fn has_totals(select: &Select) -> bool {
    select.group_by.iter().any(|item| !matches!(item, GroupItem::Key(_)))
}

/// Is it the same value for all rows of FROM?
fn is_one_value(expr: &Expr, from: Option<&Relation>, with: &[Cte]) -> bool {
    if expr.is_same_always() {
        return true;
    }
    let ExprKind::Column { relation: Some(relation), name, .. } = &expr.kind else { return false };
    let Some((query, names)) = from.and_then(|from| query_called(relation, from, with)) else {
        return false;
    };
    let at = (0..query.columns.len()).find(|&index| {
        let own = query.columns.get(index).map(|column| &column.name);
        names.get(index).or(own) == Some(name)
    });
    let Body::Select(select) = &query.body else { return false };
    let item = at.and_then(|index| select.items.get(index));
    !has_totals(select)
        && item.is_some_and(|item| is_one_value(&item.expr, select.from.as_ref(), &query.with))
}

/// The query that a relation is, and the names that it has for its columns; an outer join may put NULL
/// beside its values, so nothing for one inside of that.
fn query_called<'q>(
    name: &str,
    from: &'q Relation,
    with: &'q [Cte],
) -> Option<(&'q Query, &'q [String])> {
    match from {
        Relation::Derived { query, alias, .. } if alias.name == name => {
            Some((query, &alias.columns))
        }
        Relation::Table { path, alias, .. } => {
            let shown = alias.as_ref().map_or(path.last(), |alias| Some(&alias.name));
            let cte = with.iter().find(|cte| path.as_slice() == [cte.name.clone()]);
            cte.filter(|_| shown.is_some_and(|shown| shown == name))
                .map(|cte| (&cte.query, cte.column_names.as_slice()))
        }
        Relation::Join { left, right, kind: JoinKind::Inner | JoinKind::Cross, .. } => {
            query_called(name, left, with).or_else(|| query_called(name, right, with))
        }
        _ => None,
    }
}

/// The output that a key is.
fn place(key: &SortKey, items: Option<&[Item]>) -> Option<usize> {
    match &key.target {
        SortTarget::Output(index) => Some(*index),
        SortTarget::Expr(expr) => {
            items.and_then(|items| items.iter().position(|item| item.expr.kind == expr.kind))
        }
    }
}

/// Has the output a name of its own?
fn is_apart(query: &Query, index: usize) -> bool {
    let name = query.columns.get(index).map(|column| column.name.as_str());
    query.columns.iter().filter(|column| Some(column.name.as_str()) == name).count() == 1
}

/// Is it a column whose name an output of another value has?
fn is_hidden(part: &Expr, select: &Select, outputs: &[Column]) -> bool {
    let ExprKind::Column { name, relation, .. } = &part.kind else { return false };
    // Of a padded text it is another value.
    let same = |item: &Item| {
        !matches!(item.expr.ty, Type::Char(_))
            && matches!(&item.expr.kind, ExprKind::Column { name: n, relation: r, .. }
            if n == name && r == relation)
    };
    select.items.iter().zip(outputs).any(|(item, column)| column.name == *name && !same(item))
}

/// An output column as an expression.
fn output(column: &Column, relation: Option<&str>, span: Span) -> Expr {
    let kind = ExprKind::Column {
        relation: relation.map(str::to_owned),
        name: column.name.clone(),
        qualified: false,
    };
    Expr { kind, ty: column.ty.clone(), span }
}
