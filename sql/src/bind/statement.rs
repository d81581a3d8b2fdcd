//! Statements: which kind it is, and what those that write have in common.

mod assign;
mod create_table;
mod create_view;
mod cte_target;
mod delete;
mod drop;
mod in_order;
mod insert;
mod matched;
mod merge;
mod named_in_from;
mod narrow;
mod target;
mod united;
mod update;

use super::{Binder, Bound};
use crate::tree::{Statement, With};
use model::Diagnostic;
use sqlparser::ast::{self, SetExpr};

impl Binder<'_> {
    /// Binds a statement of any kind.
    pub(super) fn statement(&mut self, statement: &ast::Statement) -> Bound<Statement> {
        let place = self.place;
        match statement {
            ast::Statement::Query(query) => match &*query.body {
                SetExpr::Insert(inner)
                | SetExpr::Update(inner)
                | SetExpr::Delete(inner)
                | SetExpr::Merge(inner) => self.behind_with(query, inner),
                SetExpr::Select(select) if select.into.is_some() => self.select_into(query),
                _ => {
                    let mut query = self.query(query)?;
                    Self::shown(&mut query);
                    Ok(Statement::Query(Box::new(query)))
                }
            },
            ast::Statement::Insert(insert) => self.insert(insert, None),
            ast::Statement::Update(update) => self.update(update, None),
            ast::Statement::Delete(delete) => self.delete(delete, None),
            ast::Statement::Merge(merge) => self.merge_statement(merge, None),
            ast::Statement::CreateTable(table) => self.create_table(table),
            ast::Statement::CreateView(view) => self.create_view(view),
            ast::Statement::Drop { .. } => self.drop_object(statement),
            ast::Statement::Truncate(truncate) => self.truncate(truncate),
            _ => self.unsupported("this kind of statement", place),
        }
    }

    /// `WITH … INSERT …`
    fn behind_with(&mut self, query: &ast::Query, inner: &ast::Statement) -> Bound<Statement> {
        let with = query.with.as_ref();
        let plain = query.order_by.is_none()
            && query.limit_clause.is_none()
            && query.fetch.is_none()
            && query.locks.is_empty();
        if !plain {
            return self.unsupported("this clause behind a statement that writes", self.place);
        }
        match inner {
            ast::Statement::Insert(insert) => self.insert(insert, with),
            ast::Statement::Update(update) => self.update(update, with),
            ast::Statement::Delete(delete) => self.delete(delete, with),
            ast::Statement::Merge(merge) => self.merge_statement(merge, with),
            _ => self.unsupported("this statement behind WITH", self.place),
        }
    }

    /// The common table expressions in front of a statement that writes; they stay in scope.
    fn with_clause(&mut self, with: Option<&ast::With>) -> Bound<With> {
        let Some(with) = with else { return Ok(With::default()) };
        let mut bound = With { ctes: Vec::new(), recursive: with.recursive };
        for cte in &with.cte_tables {
            let unmarked = self.recurses_unmarked(cte);
            bound.recursive |= unmarked;
            bound.ctes.push(self.cte(cte, with.recursive || unmarked)?);
        }
        Ok(bound)
    }

    /// Notes that something was left out that changes no result.
    pub(super) fn left_out(&mut self, what: &str, span: super::Span) {
        let note = format!("{what} is left out: it changes no result");
        self.notes.push(Diagnostic::note(super::codes::LEFT_OUT, note, Some(span)));
    }
}
