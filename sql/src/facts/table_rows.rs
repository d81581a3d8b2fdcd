//! Is each row of an answer one row of a table?
//!
//! Then what tells the rows of the table apart tells those of the answer apart, too.

use super::{Walk, origins};
use crate::{dialects, parse::Parsed};
use sqlparser::ast::{Expr, GroupByExpr, Select, SelectItem, Statement, visit_expressions};
use std::ops::ControlFlow;

/// A query each of whose rows is one row of a single table, and no row is there twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRows {
    /// The table, named as in `StatementFacts::tables`.
    pub table: String,
    /// Are the columns of the table the output, by `*` alone?
    pub all_columns: bool,
}

impl Parsed {
    /// The table whose rows a query gives: a SELECT from it alone, which neither joins nor groups,
    /// and has no call in its list, as a call may give several rows. A name says no more than that a
    /// relation is no CTE; a view looks like a table here.
    pub fn table_rows(&self) -> Option<TableRows> {
        let Statement::Query(query) = &self.statement else { return None };
        let select = origins::outermost(query)?;
        let [from] = &select.from[..] else { return None };
        let multiplies = !from.joins.is_empty()
            || !select.lateral_views.is_empty()
            || !select.connect_by.is_empty()
            || is_grouped(select)
            || select.projection.iter().any(has_call);
        if multiplies {
            return None;
        }
        let names = dialects::traits(self.dialect).names;
        let table = origins::relation(&from.relation, &Walk::of(self).ctes, names)?.table?;
        let all_columns = match &select.projection[..] {
            [SelectItem::Wildcard(options)] => {
                options.to_string().is_empty() && select.exclude.is_none()
            }
            _ => false,
        };
        Some(TableRows { table: table.join("."), all_columns })
    }
}

fn is_grouped(select: &Select) -> bool {
    let by = match &select.group_by {
        GroupByExpr::All(_) => true,
        GroupByExpr::Expressions(keys, modifiers) => !keys.is_empty() || !modifiers.is_empty(),
    };
    by || select.having.is_some()
}

fn has_call(item: &SelectItem) -> bool {
    let found = visit_expressions(item, |expr| match expr {
        Expr::Function(_) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::Dialect;

    fn table_rows(text: &str) -> Option<(String, bool)> {
        let rows = parse(text, Dialect::Postgres).unwrap().table_rows()?;
        Some((rows.table, rows.all_columns))
    }

    #[test]
    fn rows_of_one_table() {
        for (text, table, all) in [
            ("SELECT * FROM T", "t", true),
            ("SELECT a, b + 1 FROM s.t AS x WHERE c IN (SELECT max(d) FROM u)", "s.t", false),
            ("(SELECT DISTINCT a FROM t ORDER BY f(b) LIMIT 3)", "t", false),
            ("SELECT *, a FROM t", "t", false),
            ("SELECT t.* FROM t", "t", false),
        ] {
            assert_eq!(table_rows(text), Some((table.to_owned(), all)), "{text}");
        }
    }

    #[test]
    fn what_may_multiply_or_merge_rows_is_none() {
        for text in [
            "SELECT a.id FROM t a JOIN t b ON true",
            "SELECT id FROM t, u",
            "SELECT id, unnest(list) FROM t",
            "SELECT id, 1 + (f(a)) FROM t",
            "SELECT id FROM t GROUP BY id",
            "SELECT id FROM t GROUP BY ROLLUP (id)",
            "SELECT 1 FROM t HAVING true",
            "SELECT id FROM t UNION ALL SELECT id FROM t",
            "WITH t AS (SELECT 1 AS id) SELECT * FROM t",
            "SELECT * FROM (SELECT * FROM t) d",
            "SELECT * FROM generate_series(1, 2)",
            "SELECT x FROM t AS t(x)",
            "VALUES (1)",
            "SELECT 1",
            "DELETE FROM t RETURNING *",
        ] {
            assert_eq!(table_rows(text), None, "{text}");
        }
        let snowflake = "SELECT * EXCLUDE (a) FROM t";
        let rows = parse(snowflake, Dialect::Snowflake).unwrap().table_rows().unwrap();
        assert!(!rows.all_columns);
    }
}
