//! Decimals where a function takes whole numbers alone: `SUBSTR(s, 2 * n)` of Oracle, whose numbers are
//! decimals. A dialect says so by the line `whole number(numeric)`.

use super::{
    Binder, Bound,
    resolve::{accepts, choose},
};
use crate::{
    dialects::{ArgType, Definition},
    tree::Expr,
    types::Type,
};

const FORM: &str = "whole number";

impl Binder<'_> {
    /// Arguments as the definitions want them.
    pub(super) fn as_whole_numbers(
        &mut self,
        definitions: &[&Definition],
        args: Vec<Expr>,
    ) -> Bound<Vec<Expr>> {
        if self.speaks_core() || !self.spec.knows(FORM) {
            return Ok(args);
        }
        let types: Vec<Type> = args.iter().map(|arg| arg.ty.clone()).collect();
        if choose(definitions, &types).is_some() {
            return Ok(args);
        }
        let mut whole = Vec::with_capacity(args.len());
        for (index, arg) in args.into_iter().enumerate() {
            let wanted = |d: &&Definition| d.arg(index) == Some(&ArgType::Is(Type::Int4));
            let taken = definitions.iter().any(|d| accepts(*d, index, &arg.ty));
            let decimal = matches!(arg.ty, Type::Numeric(_));
            whole.push(if decimal && !taken && definitions.iter().any(wanted) {
                let span = arg.span;
                self.apply(FORM, vec![arg], span)?
            } else {
                arg
            });
        }
        Ok(whole)
    }
}
