//! Questions about what is inside an expression.

use super::{
    Body, Call, Distinct, Expr, ExprKind, FrameBound, FunctionKind, GroupItem, GroupKey,
    JoinCondition, QuantifiedSource, Query, Relation, Select, SortKey, SortTarget,
};

/// What stands directly in a query.
enum Piece<'p> {
    /// A query in WITH, in FROM or on a side of a set operation.
    Query(&'p Query),
    /// An expression.
    Expr(&'p Expr),
}

impl Query {
    /// Is the test true of a piece that stands directly in the query?
    fn any_piece<'p>(&'p self, test: &mut dyn FnMut(Piece<'p>) -> bool) -> bool {
        self.with.iter().any(|cte| test(Piece::Query(&cte.query)))
            || match &self.body {
                Body::Select(select) => {
                    select.from.as_ref().is_some_and(|from| from.any_piece(test))
                        || select.exprs().any(|expr| test(Piece::Expr(expr)))
                }
                Body::SetOperation { left, right, .. } => {
                    test(Piece::Query(left)) || test(Piece::Query(right))
                }
                Body::Values(rows) => rows.iter().flatten().any(|cell| test(Piece::Expr(cell))),
            }
            || any_key(&self.order_by, &mut |key| test(Piece::Expr(key)))
            || self.limit.iter().chain(&self.offset).any(|count| test(Piece::Expr(count)))
    }

    /// Is there a query, this one or any inside it, that the test is true of? Those inside come first.
    pub fn any_query(&self, test: &mut dyn FnMut(&Self) -> bool) -> bool {
        self.any_piece(&mut |piece| match piece {
            Piece::Query(query) => query.any_query(test),
            Piece::Expr(expr) => expr.any_query(test),
        }) || test(self)
    }

    /// Shows each expression in the query, and in the queries inside, with each of its parts.
    pub fn visit_exprs<'q>(&'q self, visit: &mut impl FnMut(&'q Expr)) {
        self.any_piece(&mut |piece| {
            match piece {
                Piece::Query(query) => query.visit_exprs(visit),
                Piece::Expr(expr) => expr.visit_parts(&mut |part| {
                    visit(part);
                    if let Some(query) = part.query() {
                        query.visit_exprs(visit);
                    }
                }),
            }
            false
        });
    }

    /// Takes the expressions in the query, and those in what is inside, from what may be left.
    fn uses_up(&self, left: &mut usize) -> bool {
        self.any_piece(&mut |piece| match piece {
            Piece::Query(query) => query.uses_up(left),
            Piece::Expr(expr) => expr.uses_up(left),
        })
    }
}

impl Relation {
    fn any_piece<'p>(&'p self, test: &mut dyn FnMut(Piece<'p>) -> bool) -> bool {
        match self {
            Self::Table { .. } => false,
            Self::Derived { query, .. } => test(Piece::Query(query)),
            Self::Function { call, .. } => test(Piece::Expr(call)),
            Self::Sample { input, .. } => input.any_piece(test),
            Self::Join { left, right, condition, .. } => {
                left.any_piece(test)
                    || right.any_piece(test)
                    || matches!(condition, JoinCondition::On(on) if test(Piece::Expr(on)))
            }
        }
    }

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
    /// The expressions of the SELECT, whatever clause they stand in. FROM does not count.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let distinct = match &self.distinct {
            Distinct::On(keys) => keys.as_slice(),
            Distinct::No | Distinct::Yes => &[],
        };
        let grouped = self.group_by.iter().flat_map(GroupItem::keys).filter_map(|key| match key {
            GroupKey::Expr(expr) => Some(expr),
            GroupKey::Output(_) => None,
        });
        let items = self.items.iter().map(|item| &item.expr);
        let conditions = self.filter.iter().chain(&self.having).chain(&self.qualify);
        items.chain(distinct).chain(grouped).chain(conditions)
    }

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

    /// Shows the expression and each of its parts; queries in it are not looked into.
    pub fn visit_parts<'e>(&'e self, visit: &mut impl FnMut(&'e Self)) {
        visit(self);
        self.any_child(&mut |part| {
            part.visit_parts(visit);
            false
        });
    }

    /// Is it true of an expression directly inside?
    pub fn any_child<'e>(&'e self, test: &mut impl FnMut(&'e Self) -> bool) -> bool {
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

    /// Is the test true of a query in the expression, or of one inside that?
    pub fn any_query(&self, test: &mut dyn FnMut(&Query) -> bool) -> bool {
        self.any_child(&mut |part| part.any_query(test))
            || self.query().is_some_and(|query| query.any_query(test))
    }

    /// Takes the expression and all inside it, also in its queries, from what may be left. Says
    /// whether that is more: then it stops there.
    pub(crate) fn uses_up(&self, left: &mut usize) -> bool {
        let Some(less) = left.checked_sub(1) else { return true };
        *left = less;
        self.any_child(&mut |part| part.uses_up(left))
            || self.query().is_some_and(|query| query.uses_up(left))
    }

    /// The queries in the expression; not those inside of them.
    pub fn queries(&self) -> Vec<&Query> {
        let mut queries = Vec::new();
        self.visit_parts(&mut |part| queries.extend(part.query()));
        queries
    }

    /// The query directly inside.
    pub fn query(&self) -> Option<&Query> {
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
    fn any_child<'e>(&'e self, test: &mut impl FnMut(&'e Expr) -> bool) -> bool {
        if self.args.iter().chain(&self.filter).any(&mut *test) || any_key(&self.order_by, test) {
            return true;
        }
        let Some(over) = &self.over else { return false };
        let bounds =
            over.frame.iter().flat_map(|frame| std::iter::once(&frame.start).chain(&frame.end));
        let offset = |bound: &'e FrameBound| match bound {
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

pub(super) fn any_key<'e>(keys: &'e [SortKey], test: &mut impl FnMut(&'e Expr) -> bool) -> bool {
    keys.iter().any(|key| matches!(&key.target, SortTarget::Expr(expr) if test(expr)))
}
