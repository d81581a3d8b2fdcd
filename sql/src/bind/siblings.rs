//! `ORDER SIBLINGS BY k` of a hierarchy: each row behind the one above it, and rows below the same one by their key.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Hierarchical-Queries.html>.
//! The rows are numbered by their keys; the numbers from the root down to a row are its sort key.

use super::{Binder, Bound, hierarchy};
use crate::tokens::oracle::SIBLINGS;
use sqlparser::{
    ast::{
        Distinct, Expr, GroupByExpr, Ident, OrderByExpr, OrderByKind, OrderByOptions, Query,
        SetExpr, Statement, TableFactor, Value,
    },
    dialect::OracleDialect,
    parser::Parser,
};

/// The number of a row among all by the keys.
const NUMBER: &str = "siblings_0_";
/// The numbers down to it, each of as many digits.
const PATH: &str = "path_of_siblings_0_";

impl Binder<'_> {
    /// The query with sort keys that its hierarchy carries; nothing for any other query.
    pub(super) fn siblings(&self, query: &Query, span: super::Span) -> Bound<Option<Query>> {
        let Some(keys) = keys(query) else { return Ok(None) };
        match sorted(query, keys, self.spec.traits().one_row_table) {
            Some(sorted) => Ok(Some(sorted)),
            None => self.unsupported("ORDER SIBLINGS BY of this query", span),
        }
    }
}

/// What stands behind ORDER SIBLINGS BY.
fn keys(query: &Query) -> Option<&[OrderByExpr]> {
    let OrderByKind::Expressions(keys) = &query.order_by.as_ref()?.kind else { return None };
    let (first, keys) = keys.split_first()?;
    let Expr::Value(value) = &first.expr else { return None };
    matches!(&value.value, Value::SingleQuotedString(text) if text == SIBLINGS).then_some(keys)
}

fn sorted(query: &Query, keys: &[OrderByExpr], one_row: Option<&str>) -> Option<Query> {
    let SetExpr::Select(select) = &*query.body else { return None };
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    let distinct = !matches!(select.distinct, None | Some(Distinct::All));
    let positions = keys.iter().any(|key| matches!(key.expr, Expr::Value(_)));
    if select.connect_by.is_empty() || grouped || distinct || positions {
        return None;
    }
    let mut numbered = (**select).clone();
    let [from] = numbered.from.as_mut_slice() else { return None };
    let name = match &from.relation {
        TableFactor::Table { alias: Some(alias), .. }
        | TableFactor::Derived { alias: Some(alias), .. } => alias.name.clone(),
        TableFactor::Table { name, alias: None, .. } => name.0.last()?.as_ident()?.clone(),
        _ => return None,
    };
    let shown: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let text = format!(
        "SELECT 1 FROM (SELECT {name}.*, ROW_NUMBER() OVER (ORDER BY {}) AS {NUMBER} FROM {}) {name}",
        shown.join(", "),
        from.relation
    );
    let Some(Statement::Query(read)) = Parser::parse_sql(&OracleDialect {}, &text).ok()?.pop()
    else {
        return None;
    };
    let SetExpr::Select(read) = *read.body else { return None };
    from.relation = read.from.into_iter().next()?.relation;
    let number = format!("TO_CHAR(1000000000 + {name}.{NUMBER})");
    let carried = hierarchy::Carried {
        name: PATH.to_owned(),
        first: number.clone(),
        next: format!("{}.{PATH} || {number}", hierarchy::PRIOR),
    };
    let moved = hierarchy::moved(&numbered, one_row, Some(carried))?;
    let mut changed = query.clone();
    *changed.body = SetExpr::Select(Box::new(moved));
    let key = OrderByExpr {
        expr: Expr::CompoundIdentifier(vec![name, Ident::new(PATH)]),
        options: OrderByOptions { asc: None, nulls_first: None },
        with_fill: None,
    };
    changed.order_by.as_mut()?.kind = OrderByKind::Expressions(vec![key]);
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::{keys, sorted};
    use sqlparser::{ast::Statement, dialect::OracleDialect, parser::Parser};

    fn made(text: &str) -> Option<String> {
        let mut parsed = Parser::parse_sql(&OracleDialect {}, text).unwrap();
        let Some(Statement::Query(query)) = parsed.pop() else { return None };
        Some(sorted(&query, keys(&query)?, Some("dual"))?.to_string())
    }

    #[test]
    fn siblings_are_sorted_by_what_the_hierarchy_carries() {
        let tree = "FROM emp START WITH mgr IS NULL CONNECT BY PRIOR id = mgr";
        let shown = made(&format!("SELECT id {tree} ORDER BY 'siblings', name DESC")).unwrap();
        assert!(shown.contains("ROW_NUMBER() OVER (ORDER BY name DESC) AS siblings_0_"), "{shown}");
        assert!(shown.ends_with("ORDER BY emp.path_of_siblings_0_"), "{shown}");
        for other in [
            format!("SELECT id {tree} ORDER BY name"),
            format!("SELECT id {tree} ORDER BY 'siblings', 1"),
            format!("SELECT DISTINCT id {tree} ORDER BY 'siblings', name"),
            "SELECT id FROM emp ORDER BY 'siblings', name".to_owned(),
        ] {
            assert_eq!(made(&other), None, "{other}");
        }
    }
}
