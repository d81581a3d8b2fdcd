//! DECODE of Oracle: the first value that is searched for says as what values are compared, and the first
//! result as what they are given, which is a text where it is NULL. The first value says the same of GREATEST
//! and LEAST.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/DECODE.html>,
//! <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/GREATEST.html>

use super::{Binder, Bound};
use crate::{dialects::Definition, tree::Expr, types::Type};

impl Binder<'_> {
    /// The arguments of `decode`, with texts for the numbers that the first of their kind makes texts;
    /// those of any other function as they are.
    pub(super) fn first_of_decode(
        &mut self,
        definitions: &[&Definition],
        args: Vec<Expr>,
    ) -> Bound<Vec<Expr>> {
        let name = definitions.first().map_or("", |definition| definition.name);
        if self.speaks_core() || !self.spec.traits().first_decodes {
            return Ok(args);
        }
        if ["greatest", "least"].contains(&name) {
            return self.moments_as_the_first(args, 0, |_| true);
        }
        // Which of the two is converted is not said.
        let mixed = |first: Option<&Expr>, second: Option<&Expr>| {
            first.is_some_and(|one| one.ty == Type::Seconds)
                && second.is_some_and(|two| two.ty == Type::Timestamp)
        };
        if (name == "nvl" && mixed(args.first(), args.get(1)))
            || (name == "nvl2" && mixed(args.get(1), args.get(2)))
        {
            return self.unsupported("a DATE or else a TIMESTAMP", self.place);
        }
        if name != "decode" {
            return Ok(args);
        }
        let count = args.len();
        let is_result = |at: usize| at > 0 && (at.is_multiple_of(2) || at + 1 == count);
        let args = self.moments_as_the_first(args, 1, |at| !is_result(at))?;
        let mut args = self.moments_as_the_first(args, 2, is_result)?;
        let searched =
            args.get(1).is_some_and(|first| first.text().is_some() || first.ty.is_text());
        let given = args.get(2).is_some_and(Expr::is_null);
        for (at, arg) in args.iter_mut().enumerate() {
            let becomes_text = if is_result(at) { given } else { searched };
            if !becomes_text {
                continue;
            }
            if arg.ty.is_date_or_timestamp() {
                let what = "a date that DECODE makes a text of, in the format of the session";
                return self.unsupported(what, arg.span);
            }
            if arg.ty.is_number() {
                *arg = self.cast_by("cast", arg.clone(), Type::Text, arg.span)?;
            }
        }
        Ok(args)
    }

    /// Moments as the first of them is one: a DATE has no part of a second.
    fn moments_as_the_first(
        &mut self,
        args: Vec<Expr>,
        first: usize,
        is_one: impl Fn(usize) -> bool,
    ) -> Bound<Vec<Expr>> {
        let wanted = args.get(first).map(|arg| arg.ty.clone());
        let Some(wanted @ (Type::Seconds | Type::Timestamp)) = wanted else { return Ok(args) };
        let mut made = Vec::with_capacity(args.len());
        for (at, arg) in args.into_iter().enumerate() {
            let moment = matches!(arg.ty, Type::Seconds | Type::Timestamp);
            made.push(if moment && arg.ty != wanted && is_one(at) {
                let span = arg.span;
                self.cast_by("cast", arg, wanted.clone(), span)?
            } else {
                arg
            });
        }
        Ok(made)
    }
}
