//! `$` of `java.util.regex`, which also stands before an end of the last line.
//!
//! Where it matters what a pattern finds, the core's `$` finds the same in every text without an end
//! of a line, and such a text is an error otherwise.

use super::{Binder, Bound, core_text::quoted, pattern};
use crate::tree::Expr;

impl Binder<'_> {
    /// Raises for a text, the first of the arguments so far, in which `regex` could find something
    /// else than the core does.
    pub(super) fn before_line_ends(
        &mut self,
        args: &mut [Expr],
        regex: &Expr,
        purpose: pattern::Use,
        span: super::Span,
    ) -> Bound<()> {
        let flavor = self.spec.traits().patterns;
        let matters = |text: &str| pattern::ends_before_line_end(text, purpose, flavor);
        if !regex.text().is_some_and(matters) {
            return Ok(());
        }
        let Some(first) = args.first_mut().filter(|first| first.ty.is_character()) else {
            return self.unsupported("this pattern that ends with `$`", span);
        };
        let ends = quoted(&pattern::line_ends());
        let core = format!("CASE WHEN $1 ~ {ends} THEN raise($1) ELSE $1 END");
        *first = self.core_text(&core, vec![first.clone()], span)?;
        Ok(())
    }
}
