//! A call whose first argument is a call, where a line says what both are together
//! (`element_at map_agg(any, any, any)`): the value between them is of a type that is not known here, such
//! as a map.

use super::Binder;
use crate::facts::last_name;
use sqlparser::ast::{self, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName};

impl Binder<'_> {
    /// The two calls as one, by the name of both.
    pub(super) fn call_of_call(&self, function: &ast::Function) -> Option<ast::Function> {
        let FunctionArguments::List(list) = &function.args else { return None };
        let (first, rest) = list.args.split_first()?;
        let plain = function.over.is_none() && function.filter.is_none();
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(first)) = first else { return None };
        if plain { self.joined_call(&last_name(&function.name), first, rest) } else { None }
    }

    /// The same of `m['k']`.
    pub(super) fn subscript_of_call(
        &self,
        root: &ast::Expr,
        chain: &[ast::AccessExpr],
    ) -> Option<ast::Function> {
        let [ast::AccessExpr::Subscript(ast::Subscript::Index { index })] = chain else {
            return None;
        };
        let index = FunctionArg::Unnamed(FunctionArgExpr::Expr(index.clone()));
        self.joined_call("subscript", root, &[index])
    }

    fn joined_call(
        &self,
        outer: &str,
        first: &ast::Expr,
        rest: &[FunctionArg],
    ) -> Option<ast::Function> {
        let ast::Expr::Function(inner) = first else { return None };
        let name = format!("{outer} {}", last_name(&inner.name));
        if self.speaks_core() || inner.over.is_some() || !self.spec.knows(&name) {
            return None;
        }
        let mut joined = inner.clone();
        let FunctionArguments::List(list) = &mut joined.args else { return None };
        if list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
            return None;
        }
        list.args.extend(rest.iter().cloned());
        joined.name = ObjectName::from(vec![Ident::new(name)]);
        Some(joined)
    }
}
