//! DECODE of Oracle: the first value that is searched for says as what values are compared, and the first
//! result as what they are given, which is a text where it is NULL.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/DECODE.html>

use super::{Binder, Bound};
use crate::{dialects::Definition, tree::Expr, types::Type};

impl Binder<'_> {
    /// The arguments of `decode`, with texts for the numbers that the first of their kind makes texts;
    /// those of any other function as they are.
    pub(super) fn first_of_decode(
        &mut self,
        definitions: &[&Definition],
        mut args: Vec<Expr>,
    ) -> Bound<Vec<Expr>> {
        let decode = definitions.first().is_some_and(|definition| definition.name == "decode");
        if self.speaks_core() || !decode || !self.spec.traits().first_decodes {
            return Ok(args);
        }
        let count = args.len();
        let is_result = |at: usize| at > 0 && (at.is_multiple_of(2) || at + 1 == count);
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
}
