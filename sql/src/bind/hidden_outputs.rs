//! Outputs that a name does not mean although they are called so here: those without an alias, whose
//! names are PostgreSQL's (`SELECT CAST(id AS text) … ORDER BY id`), and those in quotes and in lower case
//! where unquoted names are in upper case (`SELECT upper(k) AS "k" … ORDER BY k`), which are kept in lower
//! case here like all names.

use super::{Binder, Bound, Span, outputs::is_column};
use crate::{
    dialects::{Names, OutputNames, Seen},
    tree::{self, Body},
};
use sqlparser::ast::{self, Expr, SelectItem};

/// What a name means that a column and an output have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    Column,
    Output,
}

impl Binder<'_> {
    /// Notes an item without an alias, whose place in the SELECT list is `at`.
    pub(super) fn note_nameless(&mut self, at: usize, expr: &Expr) {
        let named = self.speaks_core() || is_named(expr, self.spec.traits().output_names);
        if let Some(scope) = self.scopes.last_mut().filter(|_| !named) {
            scope.nameless.push(at);
        }
    }

    /// Is a name in quotes another one than the same name without them, which is kept in lower case
    /// here, too?
    pub(super) fn is_another_name(&self, name: &ast::Ident) -> bool {
        !self.speaks_core()
            && self.spec.traits().names == Names::FoldUpper
            && is_lower_in_quotes(name)
    }

    /// Notes the names in quotes before anything is bound that could use them, and gives them.
    pub(super) fn quote_outputs(&mut self, projection: &[SelectItem]) -> Vec<String> {
        let quoted = projection.iter().filter_map(|item| match item {
            SelectItem::ExprWithAlias { expr, alias } if self.is_another_name(alias) => {
                Some(self.fold(alias)).filter(|name| !is_column(expr, name))
            }
            _ => None,
        });
        let quoted: Vec<String> = quoted.collect();
        if let Some(scope) = self.scopes.last_mut() {
            scope.quoted.clone_from(&quoted);
        }
        quoted
    }

    /// What a name means that a column and an output in quotes have.
    pub(super) fn meant(&self, name: &ast::Ident) -> Option<Meant> {
        let scope = self.scopes.last().filter(|scope| !scope.quoted.is_empty())?;
        let folded = self.fold(name);
        if !scope.quoted.contains(&folded) || scope.unqualified(&folded).is_empty() {
            return None;
        }
        Some(if is_lower_in_quotes(name) { Meant::Output } else { Meant::Column })
    }

    /// A name in an expression that a column and an output in quotes have.
    pub(super) fn meant_column(
        &mut self,
        name: &ast::Ident,
        span: Span,
    ) -> Bound<Option<tree::Expr>> {
        let path = [self.fold(name)];
        match self.meant(name) {
            None => Ok(None),
            Some(Meant::Column) => {
                self.with_outputs(Seen::No, |binder| binder.column(&path, span)).map(Some)
            }
            // In its own definition it can only be a column that is written so.
            Some(Meant::Output) => {
                let [name] = path;
                if self.scopes.last().is_some_and(|scope| scope.defining.contains(&name)) {
                    return Ok(None);
                }
                self.unsupported("a name in quotes of a column and of an output", span)
            }
        }
    }

    /// Is the item at this place of a SELECT list called so by PostgreSQL alone?
    pub(super) fn is_nameless(&self, body: &Body, at: usize) -> bool {
        matches!(body, Body::Select(_))
            && self.scopes.last().is_some_and(|scope| scope.nameless.contains(&at))
    }
}

pub(super) fn is_lower_in_quotes(name: &ast::Ident) -> bool {
    name.quote_style.is_some()
        && name.value.chars().any(char::is_lowercase)
        && !name.value.chars().any(char::is_uppercase)
}

/// Does an item without an alias have a name that a clause can use?
fn is_named(expr: &Expr, names: OutputNames) -> bool {
    match expr {
        _ if names == OutputNames::Core => true,
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::CompoundFieldAccess { .. } => {
            true
        }
        Expr::Nested(inner) => is_named(inner, names),
        Expr::Cast { expr, .. } => names == OutputNames::Casts && is_named(expr, names),
        _ => false,
    }
}
