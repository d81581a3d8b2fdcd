//! `FROM t, t.s AS e AT i`: the elements of an array in a document of a relation before, as Redshift
//! takes them out of a SUPER.

use super::{
    Binder, Bound,
    scope::{Scope, ScopeRelation},
};
use crate::{
    tree::{Alias, Relation},
    types::Type,
};
use sqlparser::ast;

/// What is no array is an error: which rows it would be is not said.
const ELEMENTS: &str = "SELECT _v AS element, _o - 1 AS place FROM jsonb_array_elements($1) \
    WITH ORDINALITY AS _u(_v, _o)";
const ALONE: &str = "SELECT _v AS element FROM jsonb_array_elements($1) AS _u(_v)";

impl Binder<'_> {
    /// The rows, if the name is that of a document in a relation before and not one of a table.
    pub(super) fn json_elements(
        &mut self,
        name: &ast::ObjectName,
        path: Option<&ast::JsonPath>,
        alias: Option<&ast::TableAlias>,
        own: &mut Scope,
        before: &Scope,
    ) -> Bound<Option<Relation>> {
        let span = self.place;
        if !self.spec.traits().unnests_json || self.speaks_core() {
            return Ok(None);
        }
        let parts: Vec<ast::Ident> = name.0.iter().filter_map(|p| p.as_ident()).cloned().collect();
        let Some(first) = parts.first().map(|part| self.fold(part)) else { return Ok(None) };
        let visible = before.beside(own);
        let Some(relation) = visible.relations.iter().find(|one| one.name == first) else {
            return Ok(None);
        };
        // An element of another array is a relation with one column of its own name.
        let element = relation.columns.iter().any(|c| c.name == first && c.ty == Type::Jsonb);
        let value = match parts.as_slice() {
            [one] if element => ast::Expr::Identifier(one.clone()),
            [_] => return Ok(None),
            _ => ast::Expr::CompoundIdentifier(parts.clone()),
        };
        let value = match path {
            Some(path) => ast::Expr::JsonAccess { value: Box::new(value), path: path.clone() },
            None => value,
        };
        let Ok(value) = self.within(visible, |binder| binder.expr(&value)) else {
            return Ok(None);
        };
        if value.ty != Type::Jsonb {
            return Ok(None);
        }
        let shown = match (alias, parts.last()) {
            (Some(alias), _) if !alias.columns.is_empty() => {
                return self.unsupported("names for the columns of elements", span);
            }
            (Some(alias), _) => self.fold(&alias.name),
            (None, Some(last)) if path.is_none() => self.fold(last),
            _ => return self.unsupported("elements without a name", span),
        };
        let mut columns = vec![shown.clone()];
        columns.extend(alias.and_then(|alias| alias.at.as_ref()).map(|at| self.fold(at)));
        let core = if columns.len() > 1 { ELEMENTS } else { ALONE };
        let query = self.over(core, vec![value], span)?;
        let alias = Alias { name: shown, columns };
        let columns = self.renamed(query.columns.clone(), &alias, span)?;
        own.relations.push(ScopeRelation::new(alias.name.clone(), columns));
        Ok(Some(Relation::Derived { query: Box::new(query), alias, lateral: true }))
    }
}
