//! `QUALIFY`, which PostgreSQL does not have: the query becomes a derived table with the condition
//! as a column more, and the query around it keeps the rows where that is true.

use super::Printer;
use crate::rule::Emit;
use sql::{
    Type,
    tree::{
        Alias, Body, Distinct, Expr, ExprKind, Item, Query, Relation, Select, SortKey, SortTarget,
    },
};

/// Name of the derived table.
const INNER: &str = "qualified";

impl Printer<'_> {
    /// The query without QUALIFY, or as it is.
    pub(super) fn without_qualify(query: &Query) -> Emit<Option<Query>> {
        let Body::Select(select) = &query.body else { return Ok(None) };
        let Some(condition) = &select.qualify else { return Ok(None) };
        if matches!(select.distinct, Distinct::On(_)) {
            return Self::refuse("DISTINCT ON with QUALIFY is not done", query.span);
        }
        let mut inner = (**select).clone();
        inner.qualify = None;
        inner.distinct = Distinct::No;
        let mut outer = Vec::with_capacity(inner.items.len());
        for (n, item) in inner.items.iter_mut().enumerate() {
            let name = format!("c{}", n + 1);
            outer.push(Item { expr: column(&name, &item.expr), name: item.name.clone() });
            item.name = name;
        }
        inner.items.push(Item { expr: condition.clone(), name: "kept".to_owned() });
        let filter = column("kept", condition);
        let mut order_by: Vec<SortKey> = Vec::with_capacity(query.order_by.len());
        for (n, key) in query.order_by.iter().enumerate() {
            let mut key = key.clone();
            if let SortTarget::Expr(expr) = &key.target {
                let name = format!("k{}", n + 1);
                let sorted = column(&name, expr);
                inner.items.push(Item { expr: expr.clone(), name });
                key.target = SortTarget::Expr(sorted);
            }
            order_by.push(key);
        }
        let from = Relation::Derived {
            query: Box::new(inner.into_query(query.span)),
            alias: Alias { name: INNER.to_owned(), columns: Vec::new() },
            lateral: false,
        };
        let select = Select {
            distinct: select.distinct.clone(),
            filter: Some(Expr { ty: Type::Bool, ..filter }),
            ..Select::of(outer, Some(from))
        };
        let body = Body::Select(Box::new(select));
        Ok(Some(Query { body, order_by, ..query.clone() }))
    }
}

fn column(name: &str, of: &Expr) -> Expr {
    let kind = ExprKind::Column {
        relation: Some(INNER.to_owned()),
        name: name.to_owned(),
        qualified: true,
    };
    Expr { kind, ty: of.ty.clone(), span: of.span }
}
