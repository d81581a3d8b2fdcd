//! Elements of values: subscripts of arrays and paths into JSON.

use super::{Binder, Bound, codes};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};
use sqlparser::ast::{self, AccessExpr, Subscript};

impl Binder<'_> {
    pub(super) fn access(
        &mut self,
        root: &ast::Expr,
        chain: &[AccessExpr],
        span: super::Span,
    ) -> Bound<Expr> {
        // `t.a[1]`
        if let (
            ast::Expr::Identifier(table),
            [AccessExpr::Dot(ast::Expr::Identifier(column)), rest @ ..],
        ) = (root, chain)
            && !rest.is_empty()
            && self.is_relation(table)
        {
            let path = vec![table.clone(), column.clone()];
            return self.access(&ast::Expr::CompoundIdentifier(path), rest, span);
        }
        if let Some(field) = self.field_of_struct(root, chain) {
            return self.expr(&field);
        }
        if let Some(joined) = self.subscript_of_call(root, chain) {
            return self.function(&joined, span);
        }
        let base = self.expr(root)?;
        if !self.speaks_core() {
            return self.dialect_access(root, base, chain, span);
        }
        if let [
            AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, stride: None }),
        ] = chain
        {
            let mut args = vec![base];
            for bound in [lower_bound, upper_bound].into_iter().flatten() {
                args.push(self.expr(bound)?);
            }
            let name = match (lower_bound, upper_bound) {
                (Some(_), Some(_)) => "slice",
                (Some(_), None) => "slice from",
                (None, Some(_)) => "slice to",
                (None, None) => return self.unsupported("a slice without bounds", span),
            };
            return self.resolve(name, args, span);
        }
        let [AccessExpr::Subscript(Subscript::Index { index })] = chain else {
            return self.unsupported("a chain of subscripts", span);
        };
        let Some(element) = base.ty.element().cloned() else {
            return self.refuse(
                codes::TYPES,
                format!("a subscript needs an array, this is `{}`", base.ty),
                span,
            );
        };
        let index = self.expr(index)?;
        let index = self.coerce(index, &Type::Int4)?;
        let kind = ExprKind::Subscript { base: Box::new(base), index: Box::new(index) };
        Ok(Expr { kind, ty: element, span })
    }

    /// Is a relation of that name seen, here or around?
    fn is_relation(&self, name: &ast::Ident) -> bool {
        let name = self.fold(name);
        self.scopes.iter().any(|scope| scope.relations.iter().any(|relation| relation.name == name))
    }

    /// `a[1]`, `a[OFFSET(1)]`: by the definitions of `subscript` and `subscript offset`.
    fn dialect_access(
        &mut self,
        root: &ast::Expr,
        base: Expr,
        chain: &[AccessExpr],
        span: super::Span,
    ) -> Bound<Expr> {
        let mut value = base;
        for access in chain {
            let AccessExpr::Subscript(Subscript::Index { index }) = access else {
                return self.unsupported("a slice or a field of a value", span);
            };
            let by_function = match index {
                ast::Expr::Function(function) => match &function.args {
                    ast::FunctionArguments::List(list) if list.args.len() == 1 => {
                        Some((crate::facts::last_name(&function.name), list.args.as_slice()))
                    }
                    _ => None,
                },
                _ => None,
            };
            let named = by_function.map(|(name, args)| (format!("subscript {name}"), args));
            value = if let Some((name, args)) = named.filter(|(name, _)| self.spec.knows(name)) {
                let mut all = vec![value];
                all.extend(self.plain_args(args, span)?);
                self.apply(&name, all, span)?
            } else {
                let index = self.expr(index)?;
                let name = self.subscript_of(&value, root);
                let element = self.apply(name, vec![value, index], span)?;
                self.note_subscript(name, span);
                element
            };
        }
        Ok(value)
    }

    /// `v:a.b[0]`: by the definitions of `json key` and `json element`.
    pub(super) fn json_path(
        &mut self,
        value: &ast::Expr,
        path: &ast::JsonPath,
        span: super::Span,
    ) -> Bound<Expr> {
        if self.speaks_core() {
            return self.unsupported("JSON access with `:`", span);
        }
        let mut bound = self.expr(value)?;
        for element in &path.path {
            bound = match element {
                ast::JsonPathElem::Dot { key, quoted: _ } => {
                    let key = self.member_name(&ast::Ident::new(key));
                    let kind = ExprKind::Literal(Literal::Text(key));
                    let key = Expr { kind, ty: Type::Text, span };
                    self.apply("json key", vec![bound, key], span)?
                }
                ast::JsonPathElem::Bracket { key } => {
                    let key = self.expr(key)?;
                    let text = key.ty.is_character() || key.ty == Type::Unknown;
                    self.apply(
                        if text { "json key" } else { "json element" },
                        vec![bound, key],
                        span,
                    )?
                }
                ast::JsonPathElem::ColonBracket { .. } => {
                    return self.unsupported("this JSON path", span);
                }
            };
        }
        Ok(bound)
    }
}
