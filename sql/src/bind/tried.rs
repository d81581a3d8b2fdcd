//! Forms that are written like functions and are none: `ROW(a, b)`, `tupleElement(tuple(a, b), 1)`,
//! `TRY(expression)`.

use super::{Binder, Bound};
use crate::{
    tree::{Expr, ExprKind},
    types::Type,
};
use sqlparser::ast::{self, BinaryOperator, CastKind, FunctionArg, FunctionArgExpr};

impl Binder<'_> {
    /// The expression that a call of such a name is; nothing for any other call, and nothing where
    /// the dialect defines a function of that name.
    pub(super) fn written_as_call(
        &mut self,
        name: &str,
        args: &[FunctionArg],
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        if self.speaks_core() || !self.spec.definitions(name).is_empty() {
            return Ok(None);
        }
        match (name, args) {
            ("row", [_, ..]) => self.row_of(args, span).map(Some),
            ("tuple", [_, ..]) if self.spec.traits().tuples => self.row_of(args, span).map(Some),
            ("tupleelement", [_, _]) if self.spec.traits().tuples => {
                let bound = self.plain_args(args, span)?;
                let [row, at] = bound.as_slice() else { return Ok(None) };
                let at = at.integer().and_then(|at| usize::try_from(at).ok()?.checked_sub(1));
                match (&row.kind, at) {
                    (ExprKind::Row(items), Some(at)) if at < items.len() => {
                        Ok(items.get(at).cloned())
                    }
                    _ => self.unsupported("an element of what is no tuple written out", span),
                }
            }
            ("try", [FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))]) => {
                self.tried(expr, span).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn row_of(&mut self, args: &[FunctionArg], span: super::Span) -> Bound<Expr> {
        let items = self.plain_args(args, span)?;
        Ok(Expr { kind: ExprKind::Row(items), ty: Type::Record, span })
    }

    /// `TRY(…)`: NULL where its one operation is an error. A cast becomes `TRY_CAST`; a division has
    /// lines of its own (`try /(int8, int8)`). What could be an error inside of it is refused.
    fn tried(&mut self, expr: &ast::Expr, span: super::Span) -> Bound<Expr> {
        match expr {
            ast::Expr::Nested(inner) => self.tried(inner, span),
            ast::Expr::Cast {
                kind: CastKind::Cast,
                expr: inner,
                data_type,
                array: false,
                format: None,
            } if is_plain(inner) => self.cast("try_cast", inner, data_type, span),
            ast::Expr::BinaryOp { left, op, right } if is_plain(left) && is_plain(right) => {
                let name = match op {
                    BinaryOperator::Divide => "try /",
                    BinaryOperator::Modulo => "try %",
                    BinaryOperator::Plus => "try +",
                    BinaryOperator::Minus => "try -",
                    BinaryOperator::Multiply => "try *",
                    _ => return self.unsupported("TRY of this operator", span),
                };
                let args = vec![self.expr(left)?, self.expr(right)?];
                self.apply(name, args, span)
            }
            _ => self.unsupported("TRY of this expression", span),
        }
    }
}

/// Functions that are no error for any value, or only where a table has more rows than can be counted.
const NEVER_FAIL: [&str; 14] = [
    "coalesce",
    "count",
    "if",
    "json_extract_scalar",
    "length",
    "lower",
    "ltrim",
    "max",
    "min",
    "nullif",
    "rtrim",
    "sum",
    "trim",
    "upper",
];

/// A column, a constant, and what is made of them without an error. What overflows would be NULL and is an
/// error here.
fn is_plain(expr: &ast::Expr) -> bool {
    use BinaryOperator::{Minus, Multiply, Plus};
    match expr {
        ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_) | ast::Expr::Value(_) => true,
        ast::Expr::Nested(inner) => is_plain(inner),
        ast::Expr::BinaryOp { left, op: Plus | Minus | Multiply, right } => {
            is_plain(left) && is_plain(right)
        }
        ast::Expr::Function(call) => {
            let name = call.name.to_string();
            let ast::FunctionArguments::List(list) = &call.args else { return false };
            NEVER_FAIL.iter().any(|known| name.eq_ignore_ascii_case(known))
                && list.args.iter().all(|arg| match arg {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)) => is_plain(arg),
                    FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => true,
                    _ => false,
                })
        }
        ast::Expr::Cast { kind: CastKind::Cast, expr, data_type, .. } => {
            // Every number is a double.
            matches!(data_type, ast::DataType::Double(_)) && is_number(expr)
        }
        _ => false,
    }
}

/// A number whatever the columns are.
fn is_number(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Nested(inner) => is_number(inner),
        ast::Expr::Function(call) => {
            let name = call.name.to_string();
            ["count", "sum"].iter().any(|known| name.eq_ignore_ascii_case(known)) && is_plain(expr)
        }
        _ => false,
    }
}
