//! Texts in which a vendor's regular expression could match otherwise than the core's.
//!
//! `$` of `java.util.regex` also stands before an end of the last line, and classes of Joni and of Oracle
//! hold characters of all scripts. The core finds the same in every text without such characters, and a
//! text with one is an error.
//! <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Multilingual-Regular-Expression-Syntax.html>

use super::{Binder, Bound, core_text::quoted, fold::plain_text, pattern};
use crate::tree::Expr;

impl Binder<'_> {
    /// Raises for a text, the first of the arguments so far, in which `regex` could match otherwise
    /// than the core does.
    pub(super) fn raised_where_unlike(
        &mut self,
        args: &mut [Expr],
        regex: &Expr,
        purpose: pattern::Use,
        ignore_case: bool,
        span: super::Span,
    ) -> Bound<()> {
        let flavor = self.spec.traits().patterns;
        let unlike = |text: &str| pattern::unlike(text, purpose, ignore_case, flavor);
        let Some(class) = regex.text().and_then(unlike) else { return Ok(()) };
        let Some(first) = args.first_mut().filter(|first| first.ty.is_character()) else {
            return self.unsupported("this regular expression", span);
        };
        if plain_text(first).is_some_and(|text| text.is_ascii() && !text.contains(['\n', '\r'])) {
            return Ok(());
        }
        let core = format!("CASE WHEN $1 ~ {} THEN raise($1) ELSE $1 END", quoted(&class));
        *first = self.core_text(&core, vec![first.clone()], span)?;
        Ok(())
    }
}
