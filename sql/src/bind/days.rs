//! Intervals of whole days: a date plus such an interval may be of another type than a date plus
//! hours, so that a dialect can have lines of its own for it: `+ days(date, interval) -> date`. So can
//! months, which may have to keep the day: `+ months(timestamp, interval)`.

use super::{Binder, lower::is_whole_days, resolve::choose};
use crate::{
    dialects::Definition,
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

impl Binder<'_> {
    /// The line `<name> days(…)` for these arguments, if one of them is an interval of whole days.
    pub(super) fn days_definition(&self, name: &str, args: &[Expr]) -> Option<&'static Definition> {
        if !args.iter().any(is_whole_days) {
            return None;
        }
        let types: Vec<Type> = args.iter().map(|e| e.ty.clone()).collect();
        let all: Vec<&'static Definition> =
            self.spec.definitions(&format!("{name} days")).iter().collect();
        choose(&all, &types)
    }

    /// The line `<name> months(…)` for these arguments, if one of them is an interval of months.
    pub(super) fn months_definition(
        &self,
        name: &str,
        args: &[Expr],
    ) -> Option<&'static Definition> {
        let months = |arg: &Expr| match &arg.kind {
            ExprKind::Literal(Literal::Interval { months, .. }) => *months != 0,
            _ => false,
        };
        if self.speaks_core() || !args.iter().any(months) {
            return None;
        }
        let types: Vec<Type> = args.iter().map(|e| e.ty.clone()).collect();
        let all: Vec<&'static Definition> =
            self.spec.definitions(&format!("{name} months")).iter().collect();
        choose(&all, &types)
    }
}
