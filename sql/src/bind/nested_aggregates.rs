//! `SELECT MAX(AVG(x)) FROM t GROUP BY k`: an aggregate over the groups, which is one over a derived table of
//! them.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Aggregate-Functions.html>

use super::Binder;
use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, Ident, Query,
    Select, SelectItem, SetExpr, TableAlias, TableFactor, TableWithJoins,
};

/// Aggregates that may stand inside one another.
const AGGREGATES: [&str; 6] = ["avg", "count", "max", "median", "min", "sum"];

impl Binder<'_> {
    /// The query whose list consists of aggregates of aggregates, as one over the groups.
    pub(super) fn without_nested_aggregates(&self, query: &Query) -> Option<Query> {
        if self.speaks_core() || !self.spec.traits().aggregates_nest {
            return None;
        }
        let SetExpr::Select(select) = &*query.body else { return None };
        let grouped = matches!(&select.group_by, GroupByExpr::Expressions(keys, modifiers)
            if !keys.is_empty() && modifiers.is_empty());
        if !grouped || select.distinct.is_some() || query.order_by.is_some() {
            return None;
        }
        let mut outside = Vec::with_capacity(select.projection.len());
        let mut inside = Vec::with_capacity(select.projection.len());
        for (at, item) in select.projection.iter().enumerate() {
            let (expr, alias) = match item {
                SelectItem::UnnamedExpr(expr) => (expr, None),
                SelectItem::ExprWithAlias { expr, alias } => (expr, Some(alias.clone())),
                _ => return None,
            };
            let mut call = expr.clone();
            let argument = argument(&mut call)?;
            if !is_aggregate(argument) {
                return None;
            }
            let name = Ident::new(format!("group_{at}"));
            let own = std::mem::replace(argument, Expr::Identifier(name.clone()));
            inside.push(SelectItem::ExprWithAlias { expr: own, alias: name });
            outside.push(match alias {
                Some(alias) => SelectItem::ExprWithAlias { expr: call, alias },
                None => SelectItem::UnnamedExpr(call),
            });
        }
        let mut groups = query.clone();
        let mut changed = query.clone();
        groups.with = None;
        groups.limit_clause = None;
        groups.fetch = None;
        if let SetExpr::Select(select) = &mut *groups.body {
            select.projection = inside;
        }
        if let SetExpr::Select(select) = &mut *changed.body {
            over_groups(select, groups, outside);
        }
        Some(changed)
    }
}

/// Makes it a SELECT of `list` over the groups.
fn over_groups(select: &mut Select, groups: Query, list: Vec<SelectItem>) {
    let alias = TableAlias {
        explicit: true,
        name: Ident::new("groups_inside"),
        columns: Vec::new(),
        at: None,
    };
    let relation = TableFactor::Derived {
        lateral: false,
        subquery: Box::new(groups),
        alias: Some(alias),
        sample: None,
    };
    select.from = vec![TableWithJoins { relation, joins: Vec::new() }];
    select.projection = list;
    select.selection = None;
    select.having = None;
    select.group_by = GroupByExpr::Expressions(Vec::new(), Vec::new());
}

/// Is it a call of an aggregate?
fn is_aggregate(expr: &Expr) -> bool {
    let Expr::Function(Function { name, over: None, filter: None, within_group, .. }) = expr else {
        return false;
    };
    let called = match name.0.as_slice() {
        [part] => part.as_ident().map(|name| name.value.to_lowercase()),
        _ => None,
    };
    within_group.is_empty() && called.is_some_and(|called| AGGREGATES.contains(&called.as_str()))
}

/// The only argument of a call of an aggregate.
fn argument(expr: &mut Expr) -> Option<&mut Expr> {
    if !is_aggregate(expr) {
        return None;
    }
    let Expr::Function(Function { args, .. }) = expr else { return None };
    let FunctionArguments::List(list) = args else { return None };
    match list.args.as_mut_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] => Some(argument),
        _ => None,
    }
}
