//! Dates and times that are read by a format: PostgreSQL takes texts that follow it loosely, and gives
//! a date for them, where most dialects raise an error.

use super::Printer;
use crate::{
    emit::{guard, text_literal},
    fragment::{Fragment, Level},
    rule::Emit,
    rules::read_by_format,
};
use sql::tree::Expr;

impl Printer<'_> {
    /// `to_date(text, format)`, or an error for a text that does not follow the format to the letter.
    pub(super) fn by_strict_format(
        name: &str,
        text: &Expr,
        format: &Expr,
        args: &[Fragment],
    ) -> Emit<Fragment> {
        let pattern = format.text().and_then(read_by_format::pattern_of);
        let (Some(pattern), [value, _]) = (pattern, args) else {
            return Self::refuse("text read by such a format is not known", format.span);
        };
        // PostgreSQL has no such groups, but the other parts are digits, which have no case.
        let (differs, pattern) = if pattern.contains("(?i:") {
            ("!~*", pattern.replace("(?i:", "(?:"))
        } else {
            ("!~", pattern)
        };
        let follows = text_literal(&format!("^{pattern}$"));
        let condition = format!("{} {differs} {follows}", value.at(Level::Atom));
        let read = Fragment::call(name, args);
        Ok(guard::divided_if(text, &condition, &read))
    }
}
