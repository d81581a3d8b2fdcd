//! `UPDATE`.

use super::target::Written;
use crate::{
    bind::{Binder, Bound, Span, decorate::both, scope::Scope},
    dialects::Several,
    tree::{
        Assignment, Cell, Expr, ExprKind, Item, Literal, Query, Relation, Select, Statement, Update,
    },
    types::Type,
};
use sqlparser::ast::{self, TableFactor, TableWithJoins, UpdateTableFromKind};

impl Binder<'_> {
    pub(super) fn update(
        &mut self,
        update: &ast::Update,
        with: Option<&ast::With>,
    ) -> Bound<Statement> {
        let span = self.span(update);
        let ast::Update {
            update_token: _,
            // Noted from the text.
            optimizer_hints: _,
            table,
            assignments,
            from,
            selection,
            returning,
            output,
            or,
            order_by,
            limit,
        } = update;
        let foreign = [
            (or.is_some(), "UPDATE that passes errors over"),
            (!order_by.is_empty() || limit.is_some(), "UPDATE with ORDER BY or LIMIT"),
        ];
        self.has_none(&foreign, span)?;
        let with = self.with_clause(with)?;
        let from: &[TableWithJoins] = match from {
            None => &[],
            Some(UpdateTableFromKind::AfterSet(from) | UpdateTableFromKind::BeforeSet(from)) => {
                from
            }
        };
        let mut joined = self.joined(table, from, span)?;
        self.scopes.push(joined.whole_scope());
        let Joined { written, relation, condition, .. } = joined;
        let bound = self.update_values(&written, assignments, condition, selection.as_ref());
        self.scopes.pop();
        let (assignments, filter) = bound?;
        self.deleted_is_kept(output.as_ref(), &assignments, span)?;
        let assignments = self.one_after_the_other(assignments, relation.is_some(), span)?;
        let returning = self.rows_back(
            &written,
            returning.as_ref(),
            output.as_ref(),
            &["inserted", "deleted"],
        )?;
        let own = written.scope.relations.first().map(|r| r.name.clone()).unwrap_or_default();
        let target = written.target;
        let update = Update { with, target, assignments, from: relation, filter, returning, span };
        let update = self.one_match(update);
        self.matched_by_several(&update, &own);
        Ok(Statement::Update(Box::new(update)))
    }

    fn update_values(
        &mut self,
        written: &Written,
        assignments: &[ast::Assignment],
        condition: Option<Expr>,
        selection: Option<&ast::Expr>,
    ) -> Bound<(Vec<Assignment>, Option<Expr>)> {
        let set = self.assignments(written, assignments)?;
        let filter = self.joined_filter(condition, selection)?;
        Ok((set, filter))
    }

    /// The conditions of joins with the written table, and WHERE.
    pub(super) fn joined_filter(
        &mut self,
        condition: Option<Expr>,
        selection: Option<&ast::Expr>,
    ) -> Bound<Option<Expr>> {
        let filter = selection.map(|e| self.condition(e)).transpose()?;
        Ok(match (condition, filter) {
            (Some(one), Some(two)) => {
                let span = two.span;
                Some(both(Some(one), two, span))
            }
            (one, two) => one.or(two),
        })
    }

    /// Where a second match is an error: each value is a query of its own, which raises it.
    fn one_match(&self, update: Update) -> Update {
        let Some(from) = update.from.clone() else { return update };
        if self.spec.traits().writing.update_matches == Several::Any {
            return update;
        }
        let span = update.span;
        let filter = update.filter.clone();
        let mut assignments = Vec::with_capacity(update.assignments.len());
        for one in update.assignments {
            let value = match one.value {
                Cell::Value(value) => {
                    let (ty, span) = (value.ty.clone(), value.span);
                    let kind =
                        ExprKind::Scalar(Box::new(one_column(value, &from, filter.as_ref())));
                    Cell::Value(Expr { kind, ty, span })
                }
                Cell::Default => Cell::Default,
            };
            assignments.push(Assignment { value, ..one });
        }
        let one = Literal::Number("1".to_owned());
        let one = Expr { kind: ExprKind::Literal(one), ty: Type::Int4, span };
        let exists = ExprKind::Exists {
            query: Box::new(one_column(one, &from, filter.as_ref())),
            negated: false,
        };
        let filter = Some(Expr { kind: exists, ty: Type::Bool, span });
        Update { assignments, from: None, filter, ..update }
    }

    /// Tells the written table from those joined with it.
    pub(super) fn joined(
        &mut self,
        table: &TableWithJoins,
        from: &[TableWithJoins],
        span: Span,
    ) -> Bound<Joined> {
        // `UPDATE a SET … FROM t AS a JOIN …`: the table is named in FROM.
        if let TableFactor::Table { name, alias: None, .. } = &table.relation
            && table.joins.is_empty()
            && !from.is_empty()
            && !self.speaks_core()
            && let Some(named) = self.named_in_from(from, name, span)?
        {
            return self.joined_in(&named.from, named.at, span);
        }
        if !table.joins.is_empty() {
            // `UPDATE t JOIN u ON … SET …`
            if !from.is_empty() {
                return self.unsupported("joins on both sides of SET", span);
            }
            return self.joined_in(std::slice::from_ref(table), 0, span);
        }
        let written = self.written_factor(&table.relation)?;
        if from.is_empty() {
            return Ok(Joined {
                written,
                scope: Scope::default(),
                relation: None,
                condition: None,
            });
        }
        let (mut scope, relation) = self.relations(from)?;
        let condition = kept(&mut scope, span);
        let own = written.scope.relations.first().map(|r| r.name.clone()).unwrap_or_default();
        if scope.relations.iter().any(|relation| relation.name == own) {
            return self.unsupported("the written table once more under its name", span);
        }
        Ok(Joined { written, scope, relation, condition })
    }

    /// A table in FROM that is the one written to: its inner joins become conditions.
    pub(super) fn joined_in(
        &mut self,
        from: &[TableWithJoins],
        at: usize,
        span: Span,
    ) -> Bound<Joined> {
        let Some(item) = from.get(at) else {
            return self.unsupported("this FROM clause", span);
        };
        let written = self.written_factor(&item.relation)?;
        let mut others: Vec<TableWithJoins> = Vec::new();
        let mut conditions: Vec<ast::Expr> = Vec::new();
        for join in &item.joins {
            use ast::{JoinConstraint as C, JoinOperator as O};
            match &join.join_operator {
                O::Join(C::On(condition)) | O::Inner(C::On(condition)) if !join.global => {
                    conditions.push(condition.clone());
                }
                O::CrossJoin(C::None) if !join.global => {}
                _ => return self.unsupported("this join with the written table", span),
            }
            others.push(TableWithJoins { relation: join.relation.clone(), joins: Vec::new() });
        }
        others.extend(from.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, t)| t.clone()));
        if others.is_empty() {
            return Ok(Joined {
                written,
                scope: Scope::default(),
                relation: None,
                condition: None,
            });
        }
        let (mut scope, relation) = self.relations(&others)?;
        let mut condition = kept(&mut scope, span);
        let mut all = scope.clone();
        all.relations.splice(0..0, written.scope.relations.iter().cloned());
        self.scopes.push(all);
        let bound: Bound<Vec<Expr>> = conditions.iter().map(|one| self.condition(one)).collect();
        self.scopes.pop();
        for one in bound? {
            condition = Some(both(condition, one, span));
        }
        Ok(Joined { written, scope, relation, condition })
    }

    /// The name of a table that is written without anything else.
    pub(super) fn bare_name(&self, factor: &TableFactor) -> Option<String> {
        match factor {
            TableFactor::Table { name, alias: None, .. } => {
                let [part] = name.0.as_slice() else { return None };
                part.as_ident().map(|ident| self.fold(ident))
            }
            _ => None,
        }
    }

    /// The element of FROM that is called `name`, or is the table of that name.
    pub(super) fn position(&self, from: &[TableWithJoins], name: &str) -> Option<usize> {
        let called = |factor: &TableFactor| match factor {
            TableFactor::Table { alias: Some(alias), .. } => Some(self.fold(&alias.name)),
            TableFactor::Table { name, .. } => {
                name.0.last().and_then(|part| part.as_ident()).map(|ident| self.fold(ident))
            }
            _ => None,
        };
        from.iter().position(|item| called(&item.relation).as_deref() == Some(name))
    }
}

/// A written table and what it is joined with.
pub(super) struct Joined {
    pub(super) written: Written,
    /// The other relations.
    pub(super) scope: Scope,
    pub(super) relation: Option<Relation>,
    /// What the joins with the written table demand.
    pub(super) condition: Option<Expr>,
}

impl Joined {
    /// The scope of values and conditions: the written table, and the other relations behind it.
    pub(super) fn whole_scope(&mut self) -> Scope {
        let mut scope = std::mem::take(&mut self.scope);
        scope.relations.splice(0..0, self.written.scope.relations.iter().cloned());
        scope.nullable.splice(0..0, self.written.scope.nullable.iter().cloned());
        scope
    }
}

/// What semi joins of a scope demand, taken out of it.
fn kept(scope: &mut Scope, span: Span) -> Option<Expr> {
    let kept = std::mem::take(&mut scope.kept);
    kept.into_iter().reduce(|one, two| both(Some(one), two, span))
}

/// `SELECT item FROM from WHERE filter`
fn one_column(item: Expr, from: &Relation, filter: Option<&Expr>) -> Query {
    let span = item.span;
    let name = "value".to_owned();
    let items = vec![Item { expr: item, name }];
    let select = Select { filter: filter.cloned(), ..Select::of(items, Some(from.clone())) };
    select.into_query(span)
}
