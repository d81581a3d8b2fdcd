//! Arguments that are given by name, `make_interval(day => 1)`, and those that are left out.

use super::{Binder, Bound, codes};
use sqlparser::ast::{self, FunctionArg, FunctionArgExpr, Ident};

impl Binder<'_> {
    /// The arguments in the order of the function's parameters, with the defaults of those that are
    /// not given; as they are for a function whose parameters have no names here.
    pub(super) fn arguments_in_order(
        &self,
        function: &str,
        written: Vec<FunctionArg>,
        span: super::Span,
    ) -> Bound<Vec<FunctionArg>> {
        let parameters = self.spec.traits().parameters(function);
        if parameters.is_empty() || written.len() > parameters.len() {
            return Ok(written);
        }
        let mut given: Vec<Option<FunctionArgExpr>> = vec![None; parameters.len()];
        for (index, arg) in written.into_iter().enumerate() {
            let (at, value) = match arg {
                FunctionArg::Unnamed(value) => (Some(index), value),
                FunctionArg::Named { name: Ident { value: name, .. }, arg, .. }
                | FunctionArg::ExprNamed {
                    name: ast::Expr::Identifier(Ident { value: name, .. }),
                    arg,
                    ..
                } => {
                    let lower = name.to_lowercase();
                    (parameters.iter().position(|(known, _)| *known == lower), arg)
                }
                FunctionArg::ExprNamed { .. } => (None, FunctionArgExpr::Wildcard),
            };
            match at.and_then(|at| given.get_mut(at)) {
                Some(slot) if slot.is_none() => *slot = Some(value),
                _ => {
                    let what = format!("`{function}` has no such argument");
                    return self.refuse(codes::UNKNOWN_FUNCTION, what, span);
                }
            }
        }
        let number = |digits: &str| {
            let value = ast::Value::Number(digits.to_owned(), false);
            FunctionArgExpr::Expr(ast::Expr::Value(value.with_empty_span()))
        };
        let all = given.into_iter().zip(parameters);
        Ok(all
            .map(|(given, (_, default))| {
                FunctionArg::Unnamed(given.unwrap_or_else(|| number(default)))
            })
            .collect())
    }
}
