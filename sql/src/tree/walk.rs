//! Questions about what is inside an expression.

use super::{
    Body, Call, Distinct, Expr, ExprKind, FrameBound, GroupItem, GroupKey, JoinCondition,
    QuantifiedSource, Query, Relation, Select, SortKey, SortTarget,
};

impl Expr {
    /// Is it a column, or a function, operator or cast with one among its arguments? Queries
    /// inside do not count.
    pub fn has_column(&self) -> bool {
        match &self.kind {
            ExprKind::Column { .. } => true,
            ExprKind::Cast { expr } | ExprKind::Coerce { expr } => expr.has_column(),
            ExprKind::Call(call) => call.args.iter().any(Self::has_column),
            _ => false,
        }
    }

    /// Does a call in the expression pass `test`? Queries inside do not count.
    pub fn any_call(&self, test: &impl Fn(&Call) -> bool) -> bool {
        self.any_part(&|part| part.call().is_some_and(test))
    }

    /// Is there a part of the expression, itself included, that the test is true of? Queries inside
    /// are not looked into.
    pub fn any_part(&self, test: &impl Fn(&Self) -> bool) -> bool {
        test(self) || self.any_child(&mut |part| part.any_part(test))
    }

    /// Does the expression use a column of this kind of name from around it? Columns of the queries
    /// inside are their own; what they take from around them counts.
    pub fn any_free_column(&self, named: &impl Fn(&str) -> bool) -> bool {
        Free { named, relations: Vec::new() }.expr(self)
    }

    /// Is it true of an expression directly inside?
    pub(crate) fn any_child(&self, test: &mut impl FnMut(&Self) -> bool) -> bool {
        match &self.kind {
            ExprKind::Call(call) => call.any_child(test),
            ExprKind::Cast { expr }
            | ExprKind::Coerce { expr }
            | ExprKind::InQuery { expr, .. } => test(expr),
            ExprKind::Quantified { expr, source, .. } => {
                test(expr) || matches!(source, QuantifiedSource::Array(array) if test(array))
            }
            ExprKind::Case { operand, branches, otherwise } => {
                operand.iter().chain(otherwise).any(|expr| test(expr))
                    || branches.iter().any(|(when, then)| test(when) || test(then))
            }
            ExprKind::InList { expr, list, .. } => test(expr) || list.iter().any(test),
            ExprKind::Array(items) | ExprKind::Row(items) => items.iter().any(test),
            ExprKind::Subscript { base, index } => test(base) || test(index),
            ExprKind::Literal(_)
            | ExprKind::Column { .. }
            | ExprKind::Parameter(_)
            | ExprKind::Exists { .. }
            | ExprKind::Scalar(_) => false,
        }
    }

    /// The query directly inside.
    pub(crate) fn query(&self) -> Option<&Query> {
        match &self.kind {
            ExprKind::InQuery { query, .. }
            | ExprKind::Exists { query, .. }
            | ExprKind::Scalar(query)
            | ExprKind::Quantified { source: QuantifiedSource::Query(query), .. } => Some(query),
            _ => None,
        }
    }
}

impl Call {
    /// Is it true of an argument, or of an expression of what follows the arguments?
    fn any_child(&self, test: &mut impl FnMut(&Expr) -> bool) -> bool {
        if self.args.iter().chain(&self.filter).any(&mut *test) || any_key(&self.order_by, test) {
            return true;
        }
        let Some(over) = &self.over else { return false };
        let bounds =
            over.frame.iter().flat_map(|frame| std::iter::once(&frame.start).chain(&frame.end));
        let offset = |bound: &FrameBound| match bound {
            FrameBound::Preceding(expr) | FrameBound::Following(expr) => test(expr),
            FrameBound::UnboundedPreceding
            | FrameBound::UnboundedFollowing
            | FrameBound::CurrentRow => false,
        };
        { bounds }.any(offset)
            || over.partition_by.iter().any(&mut *test)
            || any_key(&over.order_by, test)
    }
}

fn any_key(keys: &[SortKey], test: &mut impl FnMut(&Expr) -> bool) -> bool {
    keys.iter().any(|key| matches!(&key.target, SortTarget::Expr(expr) if test(expr)))
}

/// Looks for columns from around an expression, through the queries inside.
struct Free<'w, N> {
    named: &'w N,
    /// Names of the relations of the queries that are being looked through.
    relations: Vec<String>,
}

impl<N: Fn(&str) -> bool> Free<'_, N> {
    fn expr(&mut self, expr: &Expr) -> bool {
        if let ExprKind::Column { relation, name, .. } = &expr.kind {
            let own = relation.as_ref().is_some_and(|relation| self.relations.contains(relation));
            return !own && (self.named)(name);
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
        let distinct = match &select.distinct {
            Distinct::On(keys) => keys.as_slice(),
            Distinct::No | Distinct::Yes => &[],
        };
        select.from.as_ref().is_some_and(|from| self.relation(from))
            || select.items.iter().any(|item| self.expr(&item.expr))
            || distinct.iter().any(|key| self.expr(key))
            || select.group_by.iter().flat_map(GroupItem::keys).any(|key| self.key(key))
            || [&select.filter, &select.having, &select.qualify]
                .into_iter()
                .flatten()
                .any(|condition| self.expr(condition))
    }

    fn key(&mut self, key: &GroupKey) -> bool {
        match key {
            GroupKey::Expr(expr) => self.expr(expr),
            GroupKey::Output(_) => false,
        }
    }

    /// Looks through a relation, whose name is known behind it.
    fn relation(&mut self, relation: &Relation) -> bool {
        match relation {
            Relation::Table { path, alias, .. } => {
                let name = alias.as_ref().map(|alias| &alias.name).or(path.last());
                self.relations.extend(name.cloned());
                false
            }
            Relation::Derived { query, alias, .. } => {
                let found = self.query(query);
                self.relations.push(alias.name.clone());
                found
            }
            Relation::Function { call, alias, .. } => {
                let found = self.expr(call);
                self.relations.push(alias.name.clone());
                found
            }
            Relation::Sample { input, name, .. } => {
                let found = self.relation(input);
                self.relations.push(name.clone());
                found
            }
            Relation::Join { left, right, condition, .. } => {
                self.relation(left)
                    || self.relation(right)
                    || matches!(condition, JoinCondition::On(condition) if self.expr(condition))
            }
        }
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
