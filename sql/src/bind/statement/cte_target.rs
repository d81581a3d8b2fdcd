//! `WITH d AS (SELECT …, ROW_NUMBER() OVER (…) AS n FROM t) DELETE FROM d WHERE n > 1`: rows of the table that
//! the expression shows are deleted. They are found by the key of the table, so it must have one.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/queries/with-common-table-expression-transact-sql>

use crate::{
    bind::{Binder, Bound},
    catalog::ALL_COLUMNS,
};
use sqlparser::{
    ast::{
        self, Expr, FromTable, GroupByExpr, Ident, ObjectName, SelectItem, SetExpr, TableFactor,
        TableWithJoins,
    },
    parser::Parser,
};

/// The column of the key, beside those that the expression has.
const KEY: &str = "key_of_row";

impl Binder<'_> {
    /// The same as a DELETE from the table, and the expressions that stay in front of it.
    pub(super) fn delete_of_cte(
        &mut self,
        delete: &ast::Delete,
        with: &ast::With,
    ) -> Bound<Option<(ast::Delete, Option<ast::With>)>> {
        if !self.spec.traits().writing.ctes_are_targets || delete.output.is_some() {
            return Ok(None);
        }
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let [TableWithJoins { relation: TableFactor::Table { name, alias: None, .. }, joins }] =
            from.as_slice()
        else {
            return Ok(None);
        };
        let Some(name) = only_part(name).filter(|_| joins.is_empty() && delete.using.is_none())
        else {
            return Ok(None);
        };
        let called = self.fold(name);
        let named = |one: &ObjectName| only_part(one).is_some_and(|one| self.fold(one) == called);
        if !delete.tables.iter().all(named) {
            return Ok(None);
        }
        let at = with.cte_tables.iter().position(|cte| self.fold(&cte.alias.name) == called);
        let Some(cte) = at.and_then(|at| with.cte_tables.get(at)) else { return Ok(None) };
        let span = self.place;
        let Some((table, shown)) = one_table(&cte.query) else {
            return self.unsupported("DELETE from such a common table expression", span);
        };
        let written = self.written(table, None)?;
        let keys = self.catalog.keys(&written.target.path);
        let Some(key) = keys.iter().find_map(|key| match key.as_slice() {
            [one] if one != ALL_COLUMNS => Some(one),
            _ => None,
        }) else {
            return self.unsupported(
                "DELETE from a common table expression over a table without a key of one column",
                span,
            );
        };
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let template = format!(
            "DELETE FROM t WHERE {} IN (SELECT {KEY} FROM (SELECT {}.{} AS {KEY}) AS {} WHERE true)",
            quoted(key),
            quoted(&shown.map_or_else(|| last(table), |alias| self.fold(alias))),
            quoted(key),
            quoted(&called),
        );
        let parsed = Parser::new(&sqlparser::dialect::PostgreSqlDialect {})
            .try_with_sql(&template)
            .and_then(|mut parser| parser.parse_statement());
        let Some(made) = parsed.ok().and_then(|made| filled(made, cte, table, delete)) else {
            return self.unsupported("DELETE from such a common table expression", span);
        };
        let mut rest = with.clone();
        rest.cte_tables.retain(|one| self.fold(&one.alias.name) != called);
        Ok(Some((made, (!rest.cte_tables.is_empty()).then_some(rest))))
    }
}

/// The template with its table, the query of the expression with the key beside its columns, and the condition.
fn filled(
    made: ast::Statement,
    cte: &ast::Cte,
    table: &ObjectName,
    delete: &ast::Delete,
) -> Option<ast::Delete> {
    let ast::Statement::Delete(mut made) = made else { return None };
    let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &mut made.from;
    let TableFactor::Table { name, .. } = &mut from.first_mut()?.relation else { return None };
    table.clone_into(name);
    let Some(Expr::InSubquery { subquery, .. }) = &mut made.selection else { return None };
    let SetExpr::Select(outer) = &mut *subquery.body else { return None };
    let TableFactor::Derived { subquery: inner, alias, .. } = &mut outer.from.first_mut()?.relation
    else {
        return None;
    };
    let SetExpr::Select(with_key) = &mut *inner.body else { return None };
    let key: SelectItem = with_key.projection.pop()?;
    let mut query = (*cte.query).clone();
    let SetExpr::Select(select) = &mut *query.body else { return None };
    select.projection.push(key);
    **inner = query;
    if !cte.alias.columns.is_empty() {
        let mut columns = cte.alias.columns.clone();
        columns.push(ast::TableAliasColumnDef::from_name(KEY));
        alias.as_mut()?.columns = columns;
    }
    outer.selection.clone_from(&delete.selection);
    Some(made)
}

/// The table that the query shows rows of, each once, and its alias.
fn one_table(query: &ast::Query) -> Option<(&ObjectName, Option<&Ident>)> {
    let plain = query.with.is_none() && query.limit_clause.is_none() && query.fetch.is_none();
    let SetExpr::Select(select) = &*query.body else { return None };
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    if !plain || select.distinct.is_some() || grouped || select.having.is_some() {
        return None;
    }
    let [TableWithJoins { relation: TableFactor::Table { name, alias, args: None, .. }, joins }] =
        select.from.as_slice()
    else {
        return None;
    };
    let alias = alias.as_ref();
    if !joins.is_empty() || alias.is_some_and(|alias| !alias.columns.is_empty()) {
        return None;
    }
    Some((name, alias.map(|alias| &alias.name)))
}

/// A name without a schema.
fn only_part(name: &ObjectName) -> Option<&Ident> {
    match name.0.as_slice() {
        [part] => part.as_ident(),
        _ => None,
    }
}

fn last(name: &ObjectName) -> String {
    crate::facts::last_name(name)
}
