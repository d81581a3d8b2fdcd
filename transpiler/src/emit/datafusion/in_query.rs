//! IN with a query on `DataFusion`, which knows NULL there only in some places.
//!
//! As a condition of its own, `x NOT IN (…)` is an anti join that sees NULLs, unless the query names
//! columns from around it. Anywhere else it becomes a flag that is false where SQL says NULL: right
//! under AND and OR, where the two leave the same rows, and wrong under NOT or as a value.

use crate::emit::Emitter;
use crate::{rule::Emit, targets::Target};
use sql::tree::{Expr, ExprKind};

impl Emitter {
    /// Refuses a condition in which `DataFusion` would take NULL for false where that shows.
    pub(in crate::emit) fn in_queries_are_done(&self, condition: &Expr) -> Emit<()> {
        if self.target() != Target::DataFusion {
            return Ok(());
        }
        self.keeps_nulls(condition, true)
    }

    /// `alone`: is it one of the conditions that all have to hold?
    fn keeps_nulls(&self, condition: &Expr, alone: bool) -> Emit<()> {
        let span = condition.span;
        match &condition.kind {
            ExprKind::Call(call) if ["and", "or"].contains(&call.name) => {
                let alone = alone && call.name == "and";
                call.args.iter().try_for_each(|arg| self.keeps_nulls(arg, alone))
            }
            ExprKind::Call(call) if call.name == "not" => match call.args.as_slice() {
                [arg] if matches!(arg.kind, ExprKind::InQuery { negated: false, .. }) => {
                    self.anti_join(arg, alone)
                }
                args if args.iter().any(holds_query) => {
                    self.refuse("NOT of an IN with a query is not done", span)
                }
                _ => Ok(()),
            },
            ExprKind::InQuery { negated: true, .. } => self.anti_join(condition, alone),
            // IN itself becomes a flag that is false for NULL, which leaves the same rows here.
            kind if !matches!(kind, ExprKind::InQuery { .. }) && holds_query(condition) => {
                self.refuse("IN with a query as a value is not done", span)
            }
            _ => Ok(()),
        }
    }

    fn anti_join(&self, condition: &Expr, alone: bool) -> Emit<()> {
        match &condition.kind {
            ExprKind::InQuery { correlated: true, .. } => {
                self.refuse("NOT IN with a correlated query is not done", condition.span)
            }
            _ if !alone => self.refuse("NOT IN with a query under OR is not done", condition.span),
            _ => Ok(()),
        }
    }
}

fn holds_query(expr: &Expr) -> bool {
    expr.any_part(&|part| matches!(part.kind, ExprKind::InQuery { .. }))
}
