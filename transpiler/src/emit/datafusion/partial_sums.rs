//! `count(DISTINCT a), sum(d)`: `DataFusion` adds up by the distinct value first and then the sums, which have
//! ten digits more than it has planned with: what compares them is an error.

use super::dependencies::is_aggregate;
use crate::{emit::Emitter, targets::Target};
use sql::{
    tree::{Call, Select},
    types::Type,
};
use std::borrow::Cow;

/// Digits of decimals whose sums have as many as there are, and sums of them no more.
const DIGITS: u32 = 28;

/// Does an aggregate look at distinct values?
pub(in crate::emit) fn takes_sets(select: &Select) -> bool {
    let set = |call: &Call| is_aggregate(call) && call.distinct;
    select.exprs().any(|expr| expr.any_call(&set))
}

impl Emitter {
    /// What is added up, with as many digits as the sum has in any case.
    pub(in crate::emit) fn addend<'a>(&self, call: &Call, args: &'a str) -> Cow<'a, str> {
        let sum = call.name == "sum" && !call.distinct && is_aggregate(call);
        match call.args.as_slice() {
            [arg] if sum && self.target() == Target::DataFusion => match &arg.ty {
                Type::Numeric(Some(shape))
                    if self.aggregate_orders.of_sets && shape.precision < DIGITS =>
                {
                    Cow::Owned(format!("CAST({args} AS DECIMAL({DIGITS}, {}))", shape.scale))
                }
                _ => Cow::Borrowed(args),
            },
            _ => Cow::Borrowed(args),
        }
    }
}
