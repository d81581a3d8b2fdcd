//! Whole numbers of quotients that have more digits than a target can hold, and those of what is calculated
//! with such quotients, which depend on how many digits an engine calculates with.

use super::{Binder, Bound};
use crate::{
    dialects::Definition,
    tree::{Expr, ExprKind},
    types::Type,
};

impl Binder<'_> {
    /// `FLOOR(a / b)` of exact numbers where a quotient has more digits than a target can hold: worked out
    /// without it.
    pub(super) fn whole_quotient(
        &mut self,
        definition: &Definition,
        args: &[Expr],
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let core = match definition.name {
            "floor" => {
                "quotient_trunc($1, $2, 0) - CASE WHEN ($1 < 0) <> ($2 < 0) AND \
                 quotient_trunc($1, $2, 0) * $2 <> $1 THEN 1 ELSE 0 END"
            }
            "ceil" => {
                "quotient_trunc($1, $2, 0) + CASE WHEN ($1 < 0) = ($2 < 0) AND \
                 quotient_trunc($1, $2, 0) * $2 <> $1 THEN 1 ELSE 0 END"
            }
            "trunc" => "quotient_trunc($1, $2, 0)",
            _ => return Ok(None),
        };
        let [arg @ Expr { kind: ExprKind::Call(call), ty: Type::Numeric(None), .. }] = args else {
            return Ok(None);
        };
        // `TRUNC((d2 - d1) * 24)` of five hours is 4 or 5.
        if !self.speaks_core() && call.name != "/" && arg.any_call(&|call| call.name == "/") {
            let open = self.resolve("left_open", vec![arg.clone()], span)?;
            return self.core_call(definition.core, vec![open], span).map(Some);
        }
        let exact = call.args.iter().all(|arg| arg.ty.decimal_shape().is_some());
        if self.speaks_core() || call.name != "/" || !exact {
            return Ok(None);
        }
        self.core_text(core, call.args.clone(), span).map(Some)
    }
}
