//! Aggregates over nothing but columns of a query outside.
//!
//! By the standard, which PostgreSQL, SQL Server, Oracle and DuckDB follow, such an aggregate is one
//! of the query outside, whose rows become groups by it (PostgreSQL, "Aggregate Expressions"). In
//! BigQuery and ClickHouse it is one of the query in which it is written. MariaDB does the one in a
//! list and the other in WHERE.

use super::{Binder, Bound, Span, select::is_aggregate};
use crate::tree::{Call, Expr, ExprKind, Select, SortTarget};

impl Binder<'_> {
    /// Refuses an aggregate that could be one of the query outside.
    pub(super) fn aggregates_are_own(&self, select: &Select, span: Span) -> Bound<()> {
        let own = names(select);
        if select.exprs().any(|expr| expr.any_call(&|call| takes_outside(call, &own))) {
            let what = "an aggregate over columns of a query outside alone";
            return self.unsupported(what, span);
        }
        Ok(())
    }
}

/// The names of the relations of a SELECT.
pub(super) fn names(select: &Select) -> Vec<String> {
    select.from.iter().flat_map(crate::tree::Relation::names).collect()
}

/// Is it an aggregate of a query outside?
fn takes_outside(call: &Call, own: &[String]) -> bool {
    let keys = call.order_by.iter().filter_map(|key| match &key.target {
        SortTarget::Expr(expr) => Some(expr),
        SortTarget::Output(_) => None,
    });
    is_aggregate(call) && is_of_outside(call.args.iter().chain(&call.filter).chain(keys), own)
}

/// Do the expressions use columns, and none of these relations?
pub(super) fn is_of_outside<'e>(
    parts: impl IntoIterator<Item = &'e Expr> + Clone,
    own: &[String],
) -> bool {
    // A column that USING merges has no relation, and is the query's own.
    let is_own = |part: &Expr| match &part.kind {
        ExprKind::Column { relation, .. } => {
            relation.as_ref().is_none_or(|name| own.contains(name))
        }
        _ => false,
    };
    !parts.clone().into_iter().any(|part| part.any_part(&is_own))
        && parts.into_iter().any(|part| part.looks_outside(own))
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse, tables_of_ddl};
    use model::Dialect;

    fn said(sql: &str) -> Option<String> {
        let ddl = "CREATE TABLE t (a int); CREATE TABLE u (b int)";
        let catalog = Catalog::new(&tables_of_ddl(ddl, Dialect::Postgres).unwrap());
        parse(sql, Dialect::Postgres).unwrap().bind(&catalog, &[]).err().map(|d| d.message)
    }

    #[test]
    fn an_aggregate_over_columns_of_outside_alone_is_refused() {
        for sql in [
            "SELECT (SELECT max(t.a) FROM u) FROM t",
            "SELECT a FROM t WHERE a < (SELECT count(t.a + 1) FROM u)",
            "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u HAVING sum(t.a) > 2)",
            "SELECT (SELECT string_agg('x', ',' ORDER BY t.a) FROM u) FROM t",
        ] {
            let said = said(sql).unwrap_or_default();
            assert!(said.contains("columns of a query outside alone"), "{sql}: {said}");
        }
        for sql in [
            "SELECT (SELECT max(t.a + b) FROM u) FROM t",
            "SELECT (SELECT count(t.a) FILTER (WHERE b > 1) FROM u) FROM t",
            "SELECT (SELECT string_agg('x', ',' ORDER BY b, t.a) FROM u) FROM t",
            "SELECT (SELECT count(*) FROM u WHERE b = t.a), (SELECT sum(1) FROM u) FROM t",
        ] {
            assert_eq!(said(sql), None, "{sql}");
        }
    }

    #[test]
    fn an_array_of_a_column_of_outside_has_rows_of_its_own() {
        assert_eq!(said("SELECT ARRAY(SELECT t.a FROM u) FROM t"), None);
        let sorted = said("SELECT ARRAY(SELECT t.a FROM u ORDER BY b) FROM t");
        assert_eq!(sorted, None);
    }
}
