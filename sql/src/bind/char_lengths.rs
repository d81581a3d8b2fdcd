//! `char(n)` of several lengths as one value: Transact-SQL fills all of them up to the longest, of which a text
//! of the core does not know. They are refused.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/data-types/precision-scale-and-length-transact-sql>

use super::{Binder, Bound, marks::Mark};
use crate::tree::{Expr, ExprKind};

impl Binder<'_> {
    /// Refuses values that one of several texts is made of, where they are filled up to several lengths.
    pub(super) fn of_one_length<'e>(
        &self,
        values: impl IntoIterator<Item = &'e Expr>,
        span: super::Span,
    ) -> Bound<()> {
        if !self.spec.traits().limits_count {
            return Ok(());
        }
        let mut lengths = values.into_iter().filter_map(|value| self.filled_to(value));
        let first = lengths.next();
        if lengths.any(|length| Some(length) != first) {
            return self.unsupported("texts filled up to several lengths as one value", span);
        }
        Ok(())
    }

    /// The length that blanks fill a value up to.
    pub(super) fn filled_to(&self, expr: &Expr) -> Option<u32> {
        match &expr.kind {
            ExprKind::Column { .. } => self.marked.blanks_of(expr),
            ExprKind::Coerce { expr } => self.filled_to(expr),
            // No function of the dialect but a cast.
            ExprKind::Call(call) if call.name == "rpad" => {
                let length = call.args.get(1).and_then(Expr::integer);
                length.and_then(|length| u32::try_from(length).ok())
            }
            ExprKind::Call(call) if matches!(call.name, "coalesce" | "nullif" | "lag" | "lead") => {
                call.args.iter().find_map(|arg| self.filled_to(arg))
            }
            ExprKind::Case { branches, otherwise, .. } => {
                let all = branches.iter().map(|(_, then)| then).chain(otherwise.as_deref());
                all.into_iter().find_map(|then| self.filled_to(then))
            }
            _ => None,
        }
    }
}

/// The mark of a column of such a type, as the vendor spells it.
pub(super) fn mark(vendor: &str) -> Option<Mark> {
    let inside = ["char(", "nchar("].iter().find_map(|start| vendor.strip_prefix(start))?;
    inside.strip_suffix(')')?.trim().parse().ok().map(Mark::Blanks)
}
