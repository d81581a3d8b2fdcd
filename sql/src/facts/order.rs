//! The outermost ORDER BY as output columns.

use crate::dialects::{Names, Traits, fold};
use model::OrderKey;
use sqlparser::ast::{Expr, OrderByExpr, OrderByKind, Query, Select, SelectItem, SetExpr, Value};

/// Keys of the outermost ORDER BY, with the output column that each equals where the text alone
/// tells it. Where the text is silent NULLs sort as the dialect has it.
pub(super) fn keys(query: &Query, traits: &Traits) -> Vec<OrderKey> {
    let Some(order_by) = &query.order_by else {
        return match &*query.body {
            // `(SELECT … ORDER BY …)` in parentheses.
            SetExpr::Query(inner) => keys(inner, traits),
            _ => Vec::new(),
        };
    };
    let OrderByKind::Expressions(items) = &order_by.kind else { return Vec::new() };
    let select = first_select(&query.body);
    items.iter().map(|item| key(item, select, traits)).collect()
}

fn key(item: &OrderByExpr, select: Option<&Select>, traits: &Traits) -> OrderKey {
    let descending = item.options.asc == Some(false);
    OrderKey {
        column: select.and_then(|select| column_of(&item.expr, select, traits.names)),
        descending,
        nulls_first: item.options.nulls_first.unwrap_or(traits.nulls.first(descending)),
    }
}

fn first_select(body: &SetExpr) -> Option<&Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::Query(query) => first_select(&query.body),
        SetExpr::SetOperation { left, .. } => first_select(left),
        _ => None,
    }
}

fn column_of(key: &Expr, select: &Select, names: Names) -> Option<usize> {
    let items = &select.projection;
    // Columns behind a `*` are not known from the text.
    let known = items
        .iter()
        .position(|i| matches!(i, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)))
        .unwrap_or(items.len());
    let items = items.get(..known)?;
    match key {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => {
                digits.parse::<usize>().ok()?.checked_sub(1).filter(|column| *column < known)
            }
            _ => None,
        },
        Expr::Identifier(name) => {
            let name = fold(name, names);
            items.iter().position(|item| output_name(item, names).as_ref() == Some(&name))
        }
        other => items.iter().position(|item| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => expr == other,
            _ => false,
        }),
    }
}

fn output_name(item: &SelectItem, names: Names) -> Option<String> {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(fold(alias, names)),
        SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(fold(name, names)),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(path)) => {
            path.last().map(|n| fold(n, names))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::{Dialect, OrderKey};

    fn keys(text: &str) -> Vec<OrderKey> {
        parse(text, Dialect::Postgres).unwrap().facts().order_by
    }

    fn columns(text: &str) -> Vec<Option<usize>> {
        keys(text).into_iter().map(|key| key.column).collect()
    }

    #[test]
    fn positions_names_aliases_and_expressions() {
        assert_eq!(
            columns("SELECT a, t.b, a + 1 AS c FROM t ORDER BY 2, c, a, a + 1, d"),
            [Some(1), Some(2), Some(0), Some(2), None]
        );
    }

    #[test]
    fn nulls_default_to_the_largest_value() {
        let keys = keys("SELECT a, b, c FROM t ORDER BY a, b DESC, c DESC NULLS LAST");
        let nulls: Vec<bool> = keys.iter().map(|key| key.nulls_first).collect();
        assert_eq!(nulls, [false, true, false]);
    }

    #[test]
    fn inner_orders_do_not_count_and_stars_hide_columns() {
        assert!(columns("SELECT a FROM (SELECT a FROM t ORDER BY a) x").is_empty());
        assert_eq!(columns("SELECT *, a AS z FROM t ORDER BY z"), [None]);
        assert_eq!(columns("SELECT a FROM t UNION SELECT b FROM u ORDER BY a"), [Some(0)]);
    }
}
