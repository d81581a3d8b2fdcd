//! Truth values that are numbers, and numbers that are truth values.
//!
//! A dialect without a boolean type (MySQL) says so by definitions: `truth value(bool)` is the number
//! that stands for a truth value where a value is wanted, `condition(int8)` is the truth value of a
//! number where a condition is wanted. Without such lines nothing happens here.

use super::{Binder, Bound, resolve::choose};
use crate::{
    dialects::{ArgType, Definition},
    tree::Expr,
    types::Type,
};

/// The definition that turns a truth value into a number.
const VALUE: &str = "truth value";
/// The definitions that turn numbers into truth values.
const CONDITION: &str = "condition";

impl Binder<'_> {
    /// A value where no condition is wanted: a truth value as its number.
    pub(super) fn as_value(&mut self, expr: Expr) -> Bound<Expr> {
        if expr.ty != Type::Bool || self.speaks_core() {
            return Ok(expr);
        }
        match self.spec.definitions(VALUE).first() {
            Some(definition) => {
                let span = expr.span;
                self.expand(definition, vec![expr], None, span)
            }
            None => Ok(expr),
        }
    }

    /// A condition: a number as the dialect tells whether it is true.
    pub(super) fn as_condition(&mut self, expr: Expr) -> Bound<Expr> {
        if expr.ty == Type::Bool || self.speaks_core() {
            return Ok(expr);
        }
        self.no_list_number(&expr)?;
        let expr = self.all_digits(expr)?;
        let all: Vec<&'static Definition> = self.spec.definitions(CONDITION).iter().collect();
        // A constant text is one, but NULL is no text.
        let ty = if expr.text().is_some() { Type::Text } else { expr.ty.clone() };
        match choose(&all, std::slice::from_ref(&ty)) {
            Some(definition) if ty != Type::Unknown => {
                let span = expr.span;
                self.expand(definition, vec![expr], None, span)
            }
            _ => Ok(expr),
        }
    }

    /// Arguments as the definitions of that name want them: conditions where a truth value is an
    /// argument, numbers elsewhere.
    pub(super) fn as_wanted(
        &mut self,
        definitions: &[&Definition],
        args: Vec<Expr>,
    ) -> Bound<Vec<Expr>> {
        if self.speaks_core() || self.spec.definitions(VALUE).is_empty() {
            return Ok(args);
        }
        let mut wanted = Vec::with_capacity(args.len());
        for (index, arg) in args.into_iter().enumerate() {
            let condition = |d: &&Definition| matches!(d.arg(index), Some(ArgType::Is(Type::Bool)));
            wanted.push(if definitions.iter().any(condition) {
                self.as_condition(arg)?
            } else if self.is_form_of_any(definitions) {
                arg
            } else {
                let wide = |d: &&Definition| matches!(d.arg(index), Some(ArgType::Is(Type::Int8)));
                let value = self.as_value(arg)?;
                // A line of one argument says what becomes of a short one.
                let own = |d: &&Definition| {
                    matches!(d.args.as_slice(), [ArgType::Is(wanted)] if *wanted == value.ty)
                };
                // Numbers are calculated with as BIGINT, whatever the column holds.
                if matches!(value.ty, Type::Int2 | Type::Int4)
                    && definitions.iter().any(wide)
                    && !definitions.iter().any(own)
                {
                    let span = value.span;
                    self.cast_to(value, Type::Int8, span)?
                } else {
                    value
                }
            });
        }
        Ok(wanted)
    }

    /// `IS NULL` and `COUNT` look at no value.
    fn is_form_of_any(&self, definitions: &[&Definition]) -> bool {
        let _ = self;
        definitions.iter().all(|d| matches!(d.name, "is null" | "is not null" | "count"))
    }
}
