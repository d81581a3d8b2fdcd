//! What expressions and queries take from the queries around them.

use super::{Body, Expr, ExprKind, JoinCondition, Query, Relation, Select, walk::any_key};

impl Expr {
    /// Does the expression use a column of this kind of name from around it? Columns of the queries
    /// inside are their own; what they take from around them counts.
    pub(crate) fn any_free_column(&self, named: &impl Fn(&str) -> bool) -> bool {
        Free { wanted: &|_: Option<&str>, name: &str| named(name), relations: Vec::new() }
            .expr(self)
    }

    /// Does the expression use a column of a relation that is none of these?
    pub fn looks_outside(&self, own: &[String]) -> bool {
        Free { wanted: &is_named, relations: own.to_vec() }.expr(self)
    }
}

impl Query {
    /// Does the query use a column of a relation around it?
    pub fn is_correlated(&self) -> bool {
        Free { wanted: &is_named, relations: Vec::new() }.query(self)
    }
}

impl Relation {
    /// Does something in this part of a FROM use a column of a relation that is none of these, and
    /// none of its own?
    pub fn looks_outside(&self, own: &[String]) -> bool {
        Free { wanted: &is_named, relations: own.to_vec() }.relation(self)
    }
}

/// Has the column a relation? One without is an output of its own query, or hidden.
const fn is_named(relation: Option<&str>, _: &str) -> bool {
    relation.is_some()
}

/// Looks for columns from around an expression, through the queries inside.
struct Free<'w, N> {
    /// Is a column of this relation and name looked for?
    wanted: &'w N,
    /// Names of the relations of the queries that are being looked through.
    relations: Vec<String>,
}

impl<N: Fn(Option<&str>, &str) -> bool> Free<'_, N> {
    fn expr(&mut self, expr: &Expr) -> bool {
        if let ExprKind::Column { relation, name, .. } = &expr.kind {
            let own = relation.as_ref().is_some_and(|relation| self.relations.contains(relation));
            return !own && (self.wanted)(relation.as_deref(), name);
        }
        expr.any_child(&mut |part| self.expr(part))
            || expr.query().is_some_and(|query| self.query(query))
    }

    fn query(&mut self, query: &Query) -> bool {
        let outside = self.relations.len();
        let found = query.with.iter().any(|cte| self.query(&cte.query))
            || match &query.body {
                Body::Select(select) => self.select(select),
                Body::SetOperation { left, right, .. } => self.query(left) || self.query(right),
                Body::Values(rows) => rows.iter().flatten().any(|cell| self.expr(cell)),
            }
            || any_key(&query.order_by, &mut |key| self.expr(key))
            || query.limit.iter().chain(&query.offset).any(|count| self.expr(count));
        self.relations.truncate(outside);
        found
    }

    fn select(&mut self, select: &Select) -> bool {
        select.from.as_ref().is_some_and(|from| self.relation(from))
            || select.exprs().any(|expr| self.expr(expr))
    }

    /// Looks through a relation, whose name is known behind it.
    fn relation(&mut self, relation: &Relation) -> bool {
        let found = match relation {
            Relation::Join { left, right, condition, .. } => {
                return self.relation(left)
                    || self.relation(right)
                    || matches!(condition, JoinCondition::On(condition) if self.expr(condition));
            }
            Relation::Table { .. } => false,
            Relation::Derived { query, .. } => self.query(query),
            Relation::Function { call, .. } => self.expr(call),
            Relation::Sample { input, .. } => self.relation(input),
        };
        self.relations.extend(relation.name().map(str::to_owned));
        found
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse};
    use model::Dialect;

    fn bound(text: &str) -> Result<(), String> {
        let parsed = parse(text, Dialect::Postgres).unwrap();
        parsed.bind(&Catalog::default(), &[]).map(|_| ()).map_err(|why| why.message)
    }

    #[test]
    fn columns_from_around_are_seen_through_queries() {
        // The query over the keys of an object calls them `_k`.
        let over = |arg: &str| {
            bound(&format!(
                "SELECT m.key FROM (SELECT '{{}}'::jsonb AS _k, 1 AS n) AS t, jsonb_each({arg}) AS m"
            ))
        };
        for taken in [
            "_k",
            "t._k",
            "(SELECT _k)",
            "(SELECT u.y FROM (SELECT '{}'::jsonb AS y) AS u WHERE t._k IS NOT NULL)",
            "(SELECT u.y FROM (SELECT '{}'::jsonb AS y) AS u ORDER BY t._k IS NULL LIMIT 1)",
            "(SELECT jsonb_agg(u.y ORDER BY t._k IS NULL) FROM (SELECT 1 AS y) AS u)",
        ] {
            let why = over(taken).unwrap_err();
            assert!(why.contains("a column whose name"), "{taken}: {why}");
        }
        for own in ["(SELECT u._k FROM (SELECT '{}'::jsonb AS _k) AS u)", "to_jsonb(n)"] {
            assert_eq!(over(own), Ok(()), "{own}");
        }
    }
}
