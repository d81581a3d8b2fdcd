//! What a pattern of the core finds in most texts alone.
//!
//! `$` of `java.util.regex` also stands before an end of the last line: where it matters what a pattern
//! finds, the core's `$` finds the same in every text without an end of a line. `\w` and `[:alpha:]` of
//! Oracle stand for the letters of every language, those of the core for those of ASCII:
//! <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Multilingual-Regular-Expression-Syntax.html>.
//! Another text is an error.

use super::{Binder, Bound, core_text::quoted, fold::plain_text, pattern};
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

    /// Raises for a text with characters beyond ASCII, the first of the arguments so far, where `regex`
    /// has a part that may stand for them.
    pub(super) fn of_plain_letters(
        &mut self,
        args: &mut [Expr],
        regex: &Expr,
        span: super::Span,
    ) -> Bound<()> {
        let flavor = self.spec.traits().patterns;
        if !regex.text().is_some_and(|text| pattern::names_letters(text, flavor)) {
            return Ok(());
        }
        let Some(first) = args.first_mut().filter(|first| first.ty.is_character()) else {
            return self.unsupported("this pattern of letters", span);
        };
        if !plain_text(first).is_some_and(str::is_ascii) {
            let core = "CASE WHEN $1 ~ E'[^\\t-~]' THEN raise($1) ELSE $1 END";
            *first = self.core_text(core, vec![first.clone()], span)?;
        }
        Ok(())
    }
}
