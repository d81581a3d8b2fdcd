//! Lambdas: `transform(a, x -> x + 1)`.
//!
//! A definition takes one as an argument `lambda1`, `lambda2` (so many parameters) and applies it in
//! its body, which is mostly a subquery over the elements: `given($2, _e)` is its value for these
//! arguments, `holds($2, _e)` its truth. The text of the lambda is bound there, with its parameters
//! standing for the arguments, and it sees what the call around it sees.
//!
//! Bodies name what they make `_e`, `_o`, `_u`. Inside a lambda these names get a number behind them,
//! so that a body within a lambda of another body hides nothing of that one.

use super::{Binder, Bound};
use crate::{
    subqueries::has_query,
    tree::{Call, Expr, ExprKind, FunctionKind, Literal},
    types::Type,
};
use sqlparser::ast::{self, FunctionArg, FunctionArgExpr};

/// A lambda that the text writes, and the parameters of those around it.
#[derive(Debug, Clone)]
pub(super) struct Lambda {
    written: ast::LambdaFunction,
    around: Vec<(String, Expr)>,
}

/// How a definition uses what a lambda gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Value,
    Truth,
}

impl Binder<'_> {
    /// An argument that is a lambda: a stand-in for it, which only `given` and `holds` understand.
    pub(super) fn lambda_argument(&mut self, arg: &FunctionArg, span: super::Span) -> Option<Expr> {
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(ast::Expr::Lambda(lambda))) = arg else {
            return None;
        };
        Some(self.lambda(lambda.clone(), span))
    }

    pub(super) fn lambda(&mut self, written: ast::LambdaFunction, span: super::Span) -> Expr {
        let ty = Type::Internal(type_name(written.params.len()));
        let at = self.lambdas.len();
        self.lambdas.push(Lambda { written, around: self.lambda_params.clone() });
        Expr { kind: ExprKind::Literal(Literal::Typed(at.to_string())), ty, span }
    }

    /// What a parameter stands for, where the name is one.
    pub(super) fn lambda_param(&self, path: &[String], span: super::Span) -> Bound<Option<Expr>> {
        let Some(first) = path.first().filter(|_| self.lowering.is_empty()) else {
            return Ok(None);
        };
        if self.lambda_params.is_empty() {
            return Ok(None);
        }
        let found = self.lambda_params.iter().rev().find(|(name, _)| name == first);
        match (found, path.len()) {
            (Some((_, expr)), 1) => Ok(Some(Expr { span, ..expr.clone() })),
            (Some(_), _) => self.unsupported("a field of a lambda's parameter", span),
            // It could be one of the names that bodies make.
            (None, _) if path.iter().any(|name| name.starts_with('_')) => {
                self.unsupported("a name that begins with `_` in a lambda", span)
            }
            (None, _) => Ok(None),
        }
    }

    /// `given(lambda, argument, …)` and `holds(lambda, argument, …)` in the body of a definition;
    /// nothing for any other name.
    pub(super) fn applied(
        &mut self,
        name: &str,
        written: &[FunctionArg],
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let purpose = match name {
            "given" => Use::Value,
            "holds" => Use::Truth,
            _ => return Ok(None),
        };
        let mut args = self.plain_args(written, span)?;
        if args.is_empty() {
            return self.unsupported("a lambda without arguments", span);
        }
        let lambda = match &args.remove(0).kind {
            ExprKind::Literal(Literal::Typed(at)) => {
                at.parse::<usize>().ok().and_then(|at| self.lambdas.get(at)).cloned()
            }
            _ => None,
        };
        let Some(Lambda { written, mut around }) = lambda else {
            return self.unsupported("this lambda", span);
        };
        let names = written.params.iter();
        if names.len() != args.len() || names.clone().any(|param| param.data_type.is_some()) {
            return self.unsupported("a lambda with these parameters", span);
        }
        if has_query(&written.body) {
            return self.unsupported("a subquery in a lambda", span);
        }
        around.extend(names.map(|param| self.written_name(&param.name)).zip(args));
        let lowering = std::mem::take(&mut self.lowering);
        let params = std::mem::replace(&mut self.lambda_params, around);
        self.lambda_depth += 1;
        let bound = self.expr(&written.body).and_then(|expr| match purpose {
            Use::Value => self.as_value(expr),
            Use::Truth => self.as_condition(expr),
        });
        self.lambda_depth -= 1;
        self.lambda_params = params;
        self.lowering = lowering;
        let bound = bound?;
        if bound.any_call(&|call| call.kind != FunctionKind::Scalar) {
            return self.unsupported("an aggregate or a window function in a lambda", span);
        }
        if bound.any_call(&Call::is_chance) {
            return self.unsupported("a volatile function in a lambda", span);
        }
        match (purpose, &bound.ty) {
            (Use::Value, _) | (Use::Truth, Type::Bool) => Ok(Some(bound)),
            (Use::Truth, Type::Unknown) if bound.is_null() => {
                self.coerce(bound, &Type::Bool).map(Some)
            }
            _ => self.unsupported("a lambda that is no condition here", span),
        }
    }

    /// A name in the body of a definition: one that the body makes has the number of the lambda
    /// around it.
    pub(super) fn made_name(&self, name: String) -> String {
        match self.lowering.last() {
            Some(frame) if frame.level > 0 && name.starts_with('_') => {
                format!("{name}{}", frame.level)
            }
            _ => name,
        }
    }

    /// The name of a parameter as the dialect compares names.
    fn written_name(&self, name: &ast::Ident) -> String {
        crate::dialects::fold(name, self.spec.traits().names)
    }
}

/// The type of a stand-in for a lambda.
fn type_name(params: usize) -> String {
    format!("lambda {params}")
}

/// Is it the type of a lambda of so many parameters?
pub(super) fn is_lambda_of(ty: &Type, params: usize) -> bool {
    matches!(ty, Type::Internal(name) if *name == type_name(params))
}

/// Is it the type of a lambda?
pub(super) fn is_lambda(ty: &Type) -> bool {
    matches!(ty, Type::Internal(name) if name.starts_with("lambda "))
}

/// A lambda that gives its first argument, or whether that is NULL, as a probe.
pub(super) fn probe(params: usize, condition: bool) -> ast::LambdaFunction {
    let param = |index: usize| ast::LambdaFunctionParameter {
        name: ast::Ident::new(format!("p{index}")),
        data_type: None,
    };
    let first = Box::new(ast::Expr::Identifier(ast::Ident::new("p0")));
    ast::LambdaFunction {
        params: ast::OneOrManyWithParens::Many((0..params).map(param).collect()),
        body: if condition { Box::new(ast::Expr::IsNull(first)) } else { first },
        syntax: ast::LambdaSyntax::Arrow,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse};
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    /// The bound query as debug text, or the message of the refusal.
    fn bound(text: &str) -> Result<String, String> {
        let column = |name: &str, data_type: &str| CatalogColumn {
            name: name.to_owned(),
            data_type: data_type.to_owned(),
            nullable: true,
        };
        let catalog = Catalog::of(
            Dialect::Spark,
            &[CatalogTable {
                database: None,
                schema: None,
                name: "t".to_owned(),
                columns: vec![
                    column("i", "INT"),
                    column("_e", "INT"),
                    column("a", "ARRAY<INT>"),
                    column("b", "ARRAY<INT>"),
                ],
                keys: Vec::new(),
            }],
        );
        let parsed = parse(text, Dialect::Spark).map_err(|d| d.message)?;
        parsed.bind(&catalog, &[]).map(|query| format!("{query:?}")).map_err(|d| d.message)
    }

    #[test]
    fn a_lambda_within_a_lambda_makes_other_names() {
        let query = bound("SELECT transform(a, x -> aggregate_free(x)) FROM t");
        assert!(query.is_err(), "{query:?}");
        let query = bound("SELECT filter(a, x -> exists(b, y -> y > x + i)) FROM t").unwrap();
        assert!(query.contains("\"_e\"") && query.contains("\"_e1\""), "{query}");
    }

    #[test]
    fn what_a_lambda_cannot_see_is_refused() {
        for text in [
            "SELECT transform(a, x -> y) FROM t",
            "SELECT transform(a, x -> _e) FROM t",
            "SELECT transform(a, x -> x.y) FROM t",
            "SELECT transform(a, x -> x + sum(i)) FROM t",
            "SELECT transform(a, x -> (SELECT max(i) FROM t)) FROM t",
            "SELECT filter(a, x -> x + 1) FROM t",
            "SELECT coalesce(x -> x, a) FROM t",
            "SELECT x -> x FROM t",
            "SELECT transform(a, (x, y, z) -> x) FROM t",
        ] {
            assert!(bound(text).is_err(), "{text}");
        }
    }
}
