//! Expressions of the core language that the binder itself writes, as text.

use super::{Binder, Bound, lower::Lowering};
use crate::dialects::postgres::PostgresParser;
use crate::tree::Expr;
use sqlparser::parser::Parser;

impl Binder<'_> {
    /// The core expression `core` over `$1`, `$2`, …
    pub(super) fn core_text(
        &mut self,
        core: &str,
        args: Vec<Expr>,
        span: super::Span,
    ) -> Bound<Expr> {
        let parsed = Parser::new(&PostgresParser)
            .try_with_sql(core)
            .and_then(|mut parser| parser.parse_expr());
        let Ok(parsed) = parsed else { return self.unsupported("this form", span) };
        self.lowering.push(Lowering::of(args));
        let place = std::mem::replace(&mut self.place, span);
        let bound = self.expr(&parsed);
        self.place = place;
        self.lowering.pop();
        bound.map(|bound| Expr { span, ..bound })
    }
}

/// A text constant of the core language.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
