//! Blank-padded text in a dialect whose functions see the blanks.
//!
//! The core's `character(n)` loses its blanks when it becomes text. Where a dialect keeps them (Oracle),
//! an operand is written out with its blanks; comparisons with constants leave them aside in both.

use super::{Binder, Bound};
use crate::{
    tree::{Expr, ExprKind},
    types::Type,
};

impl Binder<'_> {
    /// Operands of a function, padded texts with their blanks.
    pub(super) fn with_blanks(&self, name: &str, args: Vec<Expr>) -> Bound<Vec<Expr>> {
        if self.speaks_core() || !self.spec.traits().keeps_blanks {
            return Ok(args);
        }
        // What is asked of the column, not of its value.
        if ["grouping", "grouping_id", "count"].contains(&name) {
            return Ok(args);
        }
        let padded = |arg: &Expr| matches!(arg.ty, Type::Char(_));
        if name == "nullif" && args.iter().any(padded) {
            return self.unsupported("NULLIF of padded text", self.place);
        }
        // The first of several padded texts is as long as the longest of them.
        let longest = args.iter().filter_map(|arg| match arg.ty {
            Type::Char(length) => Some(length),
            _ => None,
        });
        let all = name == "coalesce" && args.iter().all(padded);
        let length = longest.max().filter(|_| all);
        args.into_iter().map(|arg| self.blanks_shown(arg, length)).collect()
    }

    /// Padded text beside other text, which is compared with its blanks.
    pub(super) fn blanks_beside_text(&self, left: Expr, right: Expr) -> Bound<(Expr, Expr)> {
        let mixed = |a: &Expr, b: &Expr| matches!(a.ty, Type::Char(_)) && b.ty.is_text();
        if self.speaks_core() || !self.spec.traits().keeps_blanks {
            return Ok((left, right));
        }
        if mixed(&left, &right) || mixed(&right, &left) {
            return Ok((self.blanks_shown(left, None)?, self.blanks_shown(right, None)?));
        }
        Ok((left, right))
    }

    /// Padded text that becomes other text keeps its blanks there.
    pub(super) fn kept_blanks(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        let keeps = !self.speaks_core() && self.spec.traits().keeps_blanks;
        if keeps && !matches!(to, Type::Char(_)) { self.blanks_shown(expr, None) } else { Ok(expr) }
    }

    /// The text with its blanks, as many as its own type has where no other length is said.
    fn blanks_shown(&self, expr: Expr, length: Option<u32>) -> Bound<Expr> {
        let Type::Char(own) = expr.ty else { return Ok(expr) };
        let length = length.unwrap_or(own);
        let span = expr.span;
        let kind = ExprKind::Coerce { expr: Box::new(expr) };
        let text = Expr { kind, ty: Type::Text, span };
        self.resolve("rpad", vec![text, self.number(&length.to_string(), span)], span)
    }
}
