//! Dates and times that are read by a format: PostgreSQL takes texts that follow it loosely, and gives
//! a date for them, where most dialects raise an error.

use super::Printer;
use crate::{
    emit::{guard, text_literal},
    fragment::{Fragment, Level},
    rule::Emit,
    rules::read_by_format,
};
use sql::{Type, tree::Expr};

/// `YYYY-M-D`
const DAY: &str = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}";
/// `H:M[:S[.ffffff]]`
const TIME: &str = "([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]*)?)?";
/// An offset or the name of a region; abbreviations mean other zones elsewhere.
const ZONE: &str = "( *(Z|UTC|[+-][0-9:]+|[A-Za-z_]+/[A-Za-z_/]+))?";

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

    /// What a text must look like to be read as a date or a time, where PostgreSQL reads more than the
    /// source: `now`, `Feb 9 2024`, `20240209`, 24 o'clock.
    pub(super) fn strict_pattern(&self, text: &Expr, to: &Type) -> Option<String> {
        if !self.strict_formats || !text.ty.is_text() || text.literal().is_some() {
            return None;
        }
        Some(match to {
            Type::Date => format!("^ *{DAY} *$"),
            Type::Timestamp => format!("^ *{DAY}([ T]{TIME})? *$"),
            Type::TimestampTz => format!("^ *{DAY}([ T]{TIME}{ZONE})? *$"),
            Type::Time => format!("^ *{TIME} *$"),
            _ => return None,
        })
    }

    /// What is made of a text that looks so, or an error.
    pub(super) fn if_it_follows(
        text: &Expr,
        value: &Fragment,
        pattern: &str,
        made: &Fragment,
    ) -> Fragment {
        let condition = format!("{} !~ {}", value.at(Level::Atom), text_literal(pattern));
        guard::divided_if(text, &condition, made)
    }
}
