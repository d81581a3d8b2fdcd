//! Identifiers.

use super::Emitter;
use crate::{
    NAME_COLLISION,
    marks::escaped,
    rule::Emit,
    targets::{Target, is_reserved},
};
use model::{Diagnostic, Span};
use std::borrow::Cow;

impl Emitter {
    /// A name as the target writes it: quoted unless it is a plain lower-case word.
    ///
    /// # Errors
    /// DuckDB does not tell `a` from `A`: two such names in one statement are refused.
    pub(crate) fn name(&mut self, name: &str, span: Span) -> Emit<String> {
        if self.target == Target::DuckDb {
            // Most names are in lower case already, and were seen before.
            let upper = |b: u8| b.is_ascii_uppercase() || !b.is_ascii();
            let lower = if name.bytes().any(upper) {
                Cow::Owned(name.to_lowercase())
            } else {
                Cow::Borrowed(name)
            };
            match self.names.get(lower.as_ref()) {
                Some(known) if known == name => {}
                Some(known) => {
                    return Err(Box::new(Diagnostic::error(
                        NAME_COLLISION,
                        format!("duckdb does not tell the names `{known}` and `{name}` apart"),
                        Some(span),
                    )));
                }
                None => drop(self.names.insert(lower.into_owned(), name.to_owned())),
            }
        }
        Ok(quoted(name))
    }

    /// Rules write `lambda _e: …`, which would hide a column of that name from the operands in it.
    ///
    /// # Errors
    /// The statement has such a name.
    pub(crate) fn elements_are_apart(&self, text: &str) -> Result<(), Diagnostic> {
        let elements = text.split("lambda ").skip(1).filter_map(|rest| rest.split_once(':'));
        let hidden = elements
            .flat_map(|(names, _)| names.split(','))
            .find_map(|name| self.names.get_key_value(name.trim()));
        match hidden {
            None => Ok(()),
            Some((name, _)) => Err(Diagnostic::error(
                NAME_COLLISION,
                format!("duckdb would take the name `{name}` for an element of an array here"),
                None,
            )
            .with_hint("give the column another name in a subquery")),
        }
    }
}

pub(crate) fn quoted(name: &str) -> String {
    let mut chars = name.chars();
    let plain = chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !is_reserved(name);
    if plain { name.to_owned() } else { format!("\"{}\"", escaped(name).replace('"', "\"\"")) }
}

/// A text constant.
pub(crate) fn text_literal(text: &str) -> String {
    format!("'{}'", escaped(text).replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_only_where_needed() {
        for (name, expected) in [
            ("a_1", "a_1"),
            ("A", "\"A\""),
            ("order", "\"order\""),
            ("?column?", "\"?column?\""),
            ("a\"b", "\"a\"\"b\""),
            ("1a", "\"1a\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(name), expected);
        }
    }
}
