//! PostgreSQL's functions that give rows out of JSON: the names of their columns, and the members
//! of an object as a query over its keys.

use super::{
    Binder, Bound, codes,
    scope::{Scope, ScopeRelation},
};
use crate::{
    tree::{Alias, Call, Column, Expr, ExprKind, FunctionKind, Relation},
    types::Type,
};
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
        let query = self.within(before.beside(own), |binder| {
            let args = binder.plain_args(args, span)?;
            binder.over(core, args, span)
        })?;
        let alias = self.alias_or(alias, name)?;
        let columns = self.renamed(query.columns.clone(), &alias, span)?;
        own.relations.push(ScopeRelation::new(alias.name.clone(), columns));
        Ok(Some(Relation::Derived { query: Box::new(query), alias, lateral: true }))
    }

    /// `json_each(…) WITH ORDINALITY`, if it is that: of equal keys each is a row, which a query over
    /// the keys could not say.
    pub(super) fn numbered_members(
        &mut self,
        name: &str,
        args: &[FunctionArg],
        alias: Option<&ast::TableAlias>,
        own: &mut Scope,
        before: &Scope,
    ) -> Bound<Option<Relation>> {
        if name != "json_each" || !self.speaks_core() {
            return Ok(None);
        }
        let span = self.place;
        let args = self.within(before.beside(own), |binder| binder.plain_args(args, span))?;
        let args: Bound<Vec<Expr>> =
            args.into_iter().map(|arg| self.coerce(arg, &Type::Json)).collect();
        let args = args?;
        if args.len() != 1 {
            let message = format!("`{name}` takes one document");
            return self.refuse(codes::UNKNOWN_FUNCTION, message, span);
        }
        let call = Call::new("json_each", FunctionKind::Set, args);
        let call = Expr { kind: ExprKind::Call(Box::new(call)), ty: Type::Record, span };
        let columns = [("key", Type::Text), ("value", Type::Json), ("ordinality", Type::Int8)];
        let columns = columns.map(|(name, ty)| Column { name: name.to_owned(), ty });
        let alias = self.alias_or(alias, name)?;
        let columns = self.renamed(columns.to_vec(), &alias, span)?;
        let names = columns.iter().map(|column| column.name.clone()).collect();
        own.relations.push(ScopeRelation::new(alias.name.clone(), columns));
        let alias = Alias { name: alias.name, columns: names };
        Ok(Some(Relation::Function { call, alias, ordinality: true }))
    }
}
