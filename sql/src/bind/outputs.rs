//! Output names of a SELECT in its own clauses: `SELECT date_trunc('month', d) AS d … GROUP BY d`.
//!
//! Whether `d` is then the output or the column differs by dialect and clause, and both give an
//! answer. What is not known is refused where a column has the name of an output that means something
//! else. ClickHouse, Spark, GoogleSQL and MariaDB were asked themselves (`corpora/dialects`); Trino
//! says it in `StatementAnalyzer`, Redshift and Snowflake on the pages of SELECT and GROUP BY.

use super::{Binder, Bound, Span, array_join::is_array_join};
use crate::{
    dialects::{Aliases, Seen},
    tree::{Body, Distinct, Expr, ExprKind, GroupItem, Item, SortKey, SortTarget},
};
use sqlparser::ast::{
    self, JoinConstraint, JoinOperator, SelectItem, TableFactor, TableWithJoins, visit_expressions,
};
use std::{ops::ControlFlow, rc::Rc};

impl super::scope::Scope {
    /// The output called `name`, where the clause that is being bound sees it.
    pub(super) fn output(&self, name: &str) -> Option<usize> {
        match self.seen {
            Seen::No | Seen::Whole => None,
            _ => self.aliases.iter().position(|(alias, _)| alias == name),
        }
    }

    /// Does an output called `name` mean something else than a column of that name?
    fn renames(&self, name: &str) -> bool {
        let output = self.output(name).and_then(|at| self.aliases.get(at));
        output.is_some_and(|(_, expr)| !is_column(expr, name))
    }
}

impl Binder<'_> {
    /// Notes the output names of the SELECT whose scope is the last.
    pub(super) fn name_outputs(
        &mut self,
        projection: &[SelectItem],
        from: &[TableWithJoins],
    ) -> Bound<()> {
        let quoted = self.quote_outputs(projection);
        let is_quoted =
            |ident: &ast::Ident| self.is_another_name(ident) && quoted.contains(&self.fold(ident));
        if !quoted.is_empty() && names_one(from, &is_quoted) {
            return self.unsupported("a name in quotes of an output in a join", self.place);
        }
        let can = self.spec.traits().aliases;
        if can == Aliases::NONE {
            return Ok(());
        }
        let named = projection.iter().filter_map(|item| match item {
            SelectItem::ExprWithAlias { expr, alias } => {
                Some((self.fold(alias), Rc::new(expr.clone())))
            }
            _ => None,
        });
        let named: Vec<(String, Rc<ast::Expr>)> = named.collect();
        let renamed = |ident: &ast::Ident| {
            let name = self.fold(ident);
            named.iter().any(|(n, e)| *n == name && !is_column(e, &name))
        };
        if can.items == Seen::First && names_one(from, &renamed) {
            return self.unsupported("an output name in a join", self.place);
        }
        if let Some(scope) = self.scopes.last_mut() {
            scope.aliases = named;
        }
        Ok(())
    }

    /// Says how the clause that is bound next sees the output names.
    pub(super) fn see_outputs(&mut self, seen: Seen) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.seen = seen;
        }
    }

    /// Says whether it is WHERE that is bound next.
    pub(super) fn filtering(&mut self, filtering: bool) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.filtering = filtering;
        }
    }

    /// Refuses an output name in WHERE that is also a column of a query outside: which of the two is meant
    /// is not documented where outputs come behind the columns.
    pub(super) fn no_column_outside(&self, name: &str, span: Span) -> Bound<()> {
        let Some((scope, outside)) = self.scopes.split_last() else { return Ok(()) };
        let named = || outside.iter().any(|scope| !scope.unqualified(name).is_empty());
        if scope.filtering && scope.seen == Seen::Last && named() {
            return self.unsupported("a name of an output and of a column outside", span);
        }
        Ok(())
    }

    /// Binds something by which the output names are seen otherwise.
    pub(super) fn with_outputs<T>(&mut self, seen: Seen, bind: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.scopes.last_mut().map(|s| std::mem::replace(&mut s.seen, seen));
        let bound = bind(self);
        if let (Some(scope), Some(before)) = (self.scopes.last_mut(), before) {
            scope.seen = before;
        }
        bound
    }

    /// Binds the expression of the output called `name`, which cannot stand for itself there.
    pub(super) fn defining<T>(&mut self, name: &str, bind: impl FnOnce(&mut Self) -> T) -> T {
        let at = self.scopes.last().and_then(|scope| scope.output(name));
        let Some((at, scope)) = at.zip(self.scopes.last_mut()) else { return bind(self) };
        let own = scope.aliases.remove(at);
        scope.defining.push(name.to_owned());
        let bound = bind(self);
        if let Some(scope) = self.scopes.last_mut() {
            scope.defining.pop();
            scope.aliases.insert(at, own);
        }
        bound
    }

    /// What an output name stands for, bound where it is used, as the SELECT list sees it.
    pub(super) fn aliased(&mut self, at: usize) -> Bound<Expr> {
        let found = self.scopes.last().and_then(|scope| scope.aliases.get(at)).cloned();
        let Some((name, expr)) = found else {
            return self.unsupported("this name", self.place);
        };
        self.standing_for(&name, |binder| binder.expr(&expr))
    }

    /// Binds what the output called `name` stands for, as the SELECT list sees it.
    pub(super) fn standing_for<T>(
        &mut self,
        name: &str,
        bind: impl FnOnce(&mut Self) -> Bound<T>,
    ) -> Bound<T> {
        let seen = self.spec.traits().aliases.items;
        self.defining(name, |binder| binder.with_outputs(seen, bind))
    }

    /// The output called `name`, where it goes before a column of that name.
    pub(super) fn output_before_column(&mut self, name: &str, span: Span) -> Bound<Option<Expr>> {
        let Some((scope, outer)) = self.scopes.split_last() else { return Ok(None) };
        let is_column = || !scope.unqualified(name).is_empty();
        let Some(at) = scope.output(name) else {
            // An output of the query around this one.
            let hidden = |around: &super::scope::Scope| {
                matches!(around.seen, Seen::First | Seen::Alone) && around.renames(name)
            };
            if outer.iter().any(hidden) && !is_column() {
                return self.unsupported("an output name inside a subquery", span);
            }
            let around = scope.defining.split_last().map_or(&[][..], |(_, around)| around);
            if scope.seen == Seen::First && around.iter().any(|one| one == name) {
                return self.unsupported("output names that stand for each other", span);
            }
            return Ok(None);
        };
        match scope.seen {
            Seen::First => self.aliased(at).map(Some),
            Seen::Ungrouped if !scope.grouped.iter().any(|grouped| grouped == name) => {
                self.aliased(at).map(Some)
            }
            Seen::Last
                if self.spec.traits().merged_last
                    && scope.renames(name)
                    && scope.is_merged(name) =>
            {
                self.unsupported("a name of an output and of a column that a join merges", span)
            }
            Seen::Alone if scope.renames(name) && is_column() => {
                self.unsupported("a name of a column and of an output", span)
            }
            _ => Ok(None),
        }
    }

    /// The column that a sort key is although an output has its name too, where columns go first.
    pub(super) fn column_before_output(
        &mut self,
        name: &ast::Ident,
        body: &Body,
    ) -> Bound<Option<Expr>> {
        let folded = self.fold(name);
        let hides = |scope: &super::scope::Scope| {
            scope.renames(&folded) && !scope.unqualified(&folded).is_empty()
        };
        if self.speaks_core()
            || !self.spec.traits().sorts_by_columns_first
            || !matches!(body, Body::Select(_))
            || !self.scopes.last().is_some_and(hides)
        {
            return Ok(None);
        }
        let column = ast::Expr::Identifier(name.clone());
        self.with_outputs(Seen::No, |binder| binder.expr(&column)).map(Some)
    }

    /// The rows of DISTINCT are sorted by what they have: a key of another expression has several
    /// values for one of them, or none that the targets know.
    pub(super) fn sorted_by_outputs(&self, body: &Body, keys: &[SortKey]) -> Bound<()> {
        let Body::Select(select) = body else { return Ok(()) };
        if select.distinct != Distinct::Yes {
            return Ok(());
        }
        for key in keys {
            if let SortTarget::Expr(expr) = &key.target
                && !select.items.iter().any(|item| item.expr.is_same(expr))
            {
                return self.unsupported("a sort key that DISTINCT does not give", key.span);
            }
        }
        Ok(())
    }

    /// Notes which columns GROUP BY names.
    pub(super) fn note_grouped(&mut self, group_by: &[GroupItem], items: &[Item]) {
        let keys = group_by.iter().flat_map(GroupItem::keys);
        let names = keys.filter_map(|key| match &key.expr(items)?.kind {
            ExprKind::Column { name, .. } => Some(name.clone()),
            _ => None,
        });
        let names: Vec<String> = names.collect();
        if let Some(scope) = self.scopes.last_mut() {
            scope.grouped = names;
        }
    }
}

/// The condition of a join.
fn on(operator: &JoinOperator) -> Option<&ast::Expr> {
    use JoinOperator as J;
    let constraint = match operator {
        J::Join(c)
        | J::Inner(c)
        | J::Left(c)
        | J::LeftOuter(c)
        | J::Right(c)
        | J::RightOuter(c)
        | J::FullOuter(c)
        | J::CrossJoin(c)
        | J::Semi(c)
        | J::LeftSemi(c)
        | J::RightSemi(c)
        | J::Anti(c)
        | J::LeftAnti(c)
        | J::RightAnti(c)
        | J::StraightJoin(c) => c,
        J::AsOf { constraint, .. } => constraint,
        _ => return None,
    };
    match constraint {
        JoinConstraint::On(expr) => Some(expr),
        _ => None,
    }
}

/// Is the expression the column called `name`?
pub(super) fn is_column(expr: &ast::Expr, name: &str) -> bool {
    let last = match expr {
        ast::Expr::Identifier(ident) => Some(ident),
        ast::Expr::CompoundIdentifier(path) => path.last(),
        _ => None,
    };
    last.is_some_and(|ident| ident.value.eq_ignore_ascii_case(name))
}

/// Does a join condition, or an array that is joined, use one of these names?
fn names_one(from: &[TableWithJoins], renamed: &dyn Fn(&ast::Ident) -> bool) -> bool {
    let joins = || from.iter().flat_map(|item| &item.joins);
    let mut arrays = joins().filter(|join| is_array_join(&join.join_operator).is_some());
    let joined = |join: &ast::Join| match &join.relation {
        TableFactor::Table { name, args: None, .. } => match name.0.as_slice() {
            [part] => part.as_ident().is_some_and(renamed),
            _ => false,
        },
        TableFactor::Table { args: Some(args), .. } => mentions(&args.args, renamed),
        _ => false,
    };
    let mut conditions = joins().filter_map(|join| on(&join.join_operator));
    arrays.any(joined) || conditions.any(|condition| mentions(condition, renamed))
}

/// Does one of these names stand in it?
fn mentions(node: &impl ast::Visit, renamed: &dyn Fn(&ast::Ident) -> bool) -> bool {
    let found = visit_expressions(node, |expr| match expr {
        ast::Expr::Identifier(ident) if renamed(ident) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse};
    use model::Dialect::{self, ClickHouse, MySql, Postgres, Spark, TSql, Teradata};

    fn is_read(dialect: Dialect, text: &str) -> bool {
        parse(text, dialect).is_ok_and(|parsed| parsed.bind(&Catalog::default(), &[]).is_ok())
    }

    /// Each beside a neighbour that means what it says.
    #[test]
    fn what_would_be_taken_for_something_else_is_refused() {
        for (dialect, other, plain) in [
            (Postgres, "SELECT 'a'\n'b'", "SELECT 'a' AS b"),
            (Teradata, "SELECT '41'XC", "SELECT '41' xa"),
            (TSql, "SELECT @x = 1", "SELECT x = 1"),
            (MySql, "SELECT 1 AS a INTO @x", "SELECT 1 AS a"),
            (
                ClickHouse,
                "SELECT 1 AS a UNION ALL SELECT 2 ORDER BY a",
                "SELECT a FROM (SELECT 1 AS a UNION ALL SELECT 2) AS q ORDER BY a",
            ),
            (
                ClickHouse,
                "SELECT number FROM numbers(3) ORDER BY -2",
                "SELECT number FROM numbers(3) ORDER BY -number",
            ),
            (
                ClickHouse,
                "SELECT number + 1 AS number, (SELECT number) AS b FROM numbers(3)",
                "SELECT number + 1 AS a, (SELECT number) AS b FROM numbers(3)",
            ),
            (
                Spark,
                "SELECT DISTINCT a FROM VALUES (1, 2) AS v(a, b) ORDER BY b",
                "SELECT DISTINCT a FROM VALUES (1, 2) AS v(a, b) ORDER BY a",
            ),
            (
                Postgres,
                "SELECT sum(sum(a)) FROM (VALUES (1)) AS v(a)",
                "SELECT sum(sum(a)) OVER () FROM (VALUES (1)) AS v(a)",
            ),
            (
                Postgres,
                "SELECT a FROM (VALUES (1)) AS v(a) WHERE sum(a) > 0 GROUP BY a",
                "SELECT a FROM (VALUES (1)) AS v(a) GROUP BY a HAVING sum(a) > 0",
            ),
        ] {
            assert!(!is_read(dialect, other), "{dialect}: {other}");
            assert!(is_read(dialect, plain), "{dialect}: {plain}");
        }
    }
}
