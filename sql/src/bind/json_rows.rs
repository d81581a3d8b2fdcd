//! PostgreSQL's functions that give rows out of JSON: the names of their columns, and the members
//! of an object as a query over its keys.

use super::{
    Binder, Bound,
    scope::{Scope, ScopeRelation},
};
use crate::tree::{Alias, Relation};
use sqlparser::ast::{self, FunctionArg};

/// The column of a function in FROM that has a name of its own.
pub(super) fn column_of(function: &str) -> Option<&'static str> {
    let name = function.strip_prefix("jsonb_").or_else(|| function.strip_prefix("json_"))?;
    matches!(name, "array_elements" | "array_elements_text").then_some("value")
}

/// What gives the members of an object.
fn members(function: &str) -> Option<&'static str> {
    Some(match function {
        "jsonb_each" => "SELECT _k AS key, $1 -> _k AS value FROM jsonb_object_keys($1) AS _u(_k)",
        "jsonb_each_text" => {
            "SELECT _k AS key, $1 ->> _k AS value FROM jsonb_object_keys($1) AS _u(_k)"
        }
        "json_each" => "SELECT _k AS key, $1 -> _k AS value FROM json_object_keys($1) AS _u(_k)",
        "json_each_text" => {
            "SELECT _k AS key, $1 ->> _k AS value FROM json_object_keys($1) AS _u(_k)"
        }
        _ => return None,
    })
}

impl Binder<'_> {
    /// `jsonb_each(…)` and its like in FROM, if it is one of them.
    pub(super) fn json_members(
        &mut self,
        name: &str,
        args: &[FunctionArg],
        alias: Option<&ast::TableAlias>,
        own: &mut Scope,
        before: &Scope,
    ) -> Bound<Option<Relation>> {
        let Some(core) = members(name).filter(|_| self.speaks_core()) else { return Ok(None) };
        let span = self.place;
        let visible = before.beside(own);
        self.scopes.push(visible);
        let query = self.plain_args(args, span).and_then(|args| self.over(core, args, span));
        self.scopes.pop();
        let query = query?;
        let alias = match alias {
            Some(alias) => self.alias(alias)?,
            None => Alias { name: name.to_owned(), columns: Vec::new() },
        };
        let columns = self.renamed(query.columns.clone(), &alias, span)?;
        own.relations.push(ScopeRelation::new(alias.name.clone(), columns));
        Ok(Some(Relation::Derived { query: Box::new(query), alias, lateral: true }))
    }
}
