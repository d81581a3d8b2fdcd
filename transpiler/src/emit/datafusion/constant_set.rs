//! `sum(DISTINCT 7), max(x)` without groups: `DataFusion` makes a key of groups of the distinct value, leaves it out
//! because it is a constant, and then no rows have it too.

use super::dependencies::is_aggregate;
use crate::{emit::Emitter, rule::Emit};
use sql::tree::{Call, Expr, Select};

impl Emitter {
    /// Refuses distinct values of a constant beside another aggregate of the whole.
    pub(in crate::emit) fn no_set_of_a_constant(&self, select: &Select) -> Emit<()> {
        let has = |test: &dyn Fn(&Call) -> bool| {
            select.exprs().find(|expr| expr.any_call(&|call| is_aggregate(call) && test(call)))
        };
        if !select.group_by.is_empty() || has(&|call| !is_set(call)).is_none() {
            return Ok(());
        }
        match has(&|call| is_set(call) && call.args.iter().all(Expr::is_same_always)) {
            Some(expr) => self.refuse(
                "DISTINCT of what all rows have, beside another aggregate, is not done",
                expr.span,
            ),
            None => Ok(()),
        }
    }
}

/// Does it look at distinct values? Of the least and the greatest that makes no difference.
fn is_set(call: &Call) -> bool {
    call.distinct && !["min", "max"].contains(&call.name)
}
