//! Questions about what is inside an expression.

use super::{
    Body, Call, Distinct, Expr, ExprKind, FrameBound, FunctionKind, GroupItem, GroupKey,
    JoinCondition, QuantifiedSource, Query, Relation, Select, SortKey, SortTarget,
};

impl Relation {
    /// The name that its columns are called by. A join has none of its own.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Table { path, alias, .. } => {
                alias.as_ref().map(|alias| alias.name.as_str()).or(path.last().map(String::as_str))
            }
            Self::Derived { alias, .. } | Self::Function { alias, .. } => Some(&alias.name),
            Self::Sample { name, .. } => Some(name),
            Self::Join { .. } => None,
        }
    }

    /// The names of all relations of a FROM, from left to right.
    pub fn names(&self) -> Vec<String> {
        let mut all = Vec::new();
        self.note_names(&mut all);
        all
    }

    fn note_names(&self, all: &mut Vec<String>) {
        match self {
            Self::Join { left, right, .. } => {
                left.note_names(all);
                right.note_names(all);
            }
            other => all.extend(other.name().map(str::to_owned)),
        }
    }
}

impl SortKey {
    /// Is it the same for all rows, so that it sorts nothing?
    pub fn is_same_always(&self) -> bool {
        matches!(&self.target, SortTarget::Expr(expr) if expr.is_same_always())
    }
}

impl Select {
    /// The names of its relations, from left to right.
    pub fn relations(&self) -> Vec<String> {
        self.from.as_ref().map(Relation::names).unwrap_or_default()
    }
}

impl Expr {
    /// Is it a constant as it is written: a literal, perhaps with a sign?
    pub fn is_signed_literal(&self) -> bool {
        match &self.kind {
            ExprKind::Literal(_) => true,
            ExprKind::Coerce { expr } => expr.is_signed_literal(),
            ExprKind::Call(call) => {
                call.name == "unary -" && call.args.iter().all(Self::is_signed_literal)
            }
            _ => false,
        }
    }

    /// Is the value known before any row is read: nothing but constants, and functions of a row over
    /// them? A function without arguments (a clock, chance) counts, too. Queries do not.
    pub fn is_constant(&self) -> bool {
        match &self.kind {
            ExprKind::Column { .. }
            | ExprKind::Parameter(_)
            | ExprKind::Exists { .. }
            | ExprKind::InQuery { .. }
            | ExprKind::Quantified { .. }
            | ExprKind::Scalar(_) => false,
            ExprKind::Call(call) if call.kind != FunctionKind::Scalar => false,
            _ => !self.any_child(&mut |part| !part.is_constant()),
        }
    }

    /// Is it the same value whenever it is asked for: a constant without a function that has no
    /// arguments, which may be the clock or chance? `(SELECT NULL)` is one, too.
    pub fn is_same_always(&self) -> bool {
        match &self.kind {
            ExprKind::Scalar(query) => match &query.body {
                Body::Select(select) => {
                    select.from.is_none()
                        && select.items.iter().all(|item| item.expr.is_same_always())
                }
                Body::SetOperation { .. } | Body::Values(_) => false,
            },
            ExprKind::Column { .. }
            | ExprKind::Parameter(_)
            | ExprKind::Exists { .. }
            | ExprKind::InQuery { .. }
            | ExprKind::Quantified { .. } => false,
            ExprKind::Call(call)
                if call.kind != FunctionKind::Scalar
                    || call.over.is_some()
                    || call.args.is_empty() =>
            {
                false
            }
            _ => !self.any_child(&mut |part| !part.is_same_always()),
        }
    }

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
