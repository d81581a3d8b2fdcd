//! What `ClickHouse` makes of NULL and of values of several types where others do as the core does: IN,
//! CASE, frames of windows, and rows that are told apart.

use super::{Binder, Bound, operator::predicate};
use crate::{
    dialects::{ArgType, Definition},
    tree::{
        Body, Expr, ExprKind, FrameBound, FrameUnits, FunctionKind, Query, SortKey, SortTarget,
        Window,
    },
    types::Type,
};

/// Window functions of one end of a frame.
const ENDS: [&str; 2] = ["first_value", "last_value"];

impl Binder<'_> {
    /// IN with a query whose left side may be NULL: NULL then, also of a query without rows.
    pub(super) fn of_null(&self, left: Expr, found: Expr, negated: bool) -> Expr {
        if !self.types_lack_null() || self.can_be_null(&left) == Some(false) {
            return found;
        }
        let span = found.span;
        let (name, known) = if negated { ("and", "=") } else { ("or", "<>") };
        let known = predicate(known, vec![left.clone(), left], span);
        predicate(name, vec![found, known], span)
    }

    /// Is the call NULL because a bare NULL stands for an array, or beside a constant text? Definitions
    /// look at the elements of the one and read the other.
    pub(super) fn is_nothing(&self, definition: &Definition, args: &[Expr]) -> bool {
        self.spec.traits().types_lack_null
            && definition.kind == FunctionKind::Scalar
            && args.iter().enumerate().any(|(index, arg)| {
                let read = definition.args.contains(&ArgType::Constant);
                arg.is_null() && (read || definition.arg(index) == Some(&ArgType::AnyArray))
            })
    }

    /// Is it an aggregate of a bare NULL of any type? One that makes an array is NULL then.
    pub(super) fn gathers_nothing(&self, definition: &Definition, args: &[Expr]) -> bool {
        self.spec.traits().types_lack_null
            && definition.kind == FunctionKind::Aggregate
            && definition.arg(0) == Some(&ArgType::Any)
            && args.first().is_some_and(Expr::is_null)
    }

    /// The conditions of `CASE x WHEN y`, where two NULLs are equal.
    pub(super) fn null_is_equal(&self, operand: &Expr, values: &[Expr]) -> Option<Vec<Expr>> {
        let may = |expr: &Expr| self.can_be_null(expr) != Some(false);
        if !self.types_lack_null() || !may(operand) || !values.iter().any(may) {
            return None;
        }
        let equal = |value: &Expr| {
            let args = vec![operand.clone(), value.clone()];
            predicate("is not distinct from", args, value.span)
        };
        Some(values.iter().map(equal).collect())
    }

    /// Is it the first or last of values that are never NULL?
    pub(super) fn has_no_nulls_at_ends(&self, name: &str, value: &Expr) -> bool {
        self.types_lack_null() && ENDS.contains(&name) && self.can_be_null(value) == Some(false)
    }

    /// Refuses the value of a frame that may have no rows, where a default stands for it.
    pub(super) fn frame_gives_value(&self, name: &str, value: &Expr, window: &Window) -> Bound<()> {
        let beside = window.frame.as_ref().is_some_and(|frame| {
            matches!(frame.start, FrameBound::Following(_))
                || matches!(frame.end, Some(FrameBound::Preceding(_)))
        });
        let defaults = self.types_lack_null() && self.can_be_null(value) != Some(true);
        if beside && defaults && ENDS.contains(&name) {
            return self.unsupported("a frame that may have no rows", value.span);
        }
        Ok(())
    }

    /// Refuses a RANGE by distance from a key that may be NULL: NULL counts as a number there.
    pub(super) fn range_has_numbers(&self, window: &Window) -> Bound<()> {
        let far = |bound: &FrameBound| {
            matches!(bound, FrameBound::Preceding(_) | FrameBound::Following(_))
        };
        let by_distance = window.frame.as_ref().is_some_and(|frame| {
            frame.units == FrameUnits::Range
                && (far(&frame.start) || frame.end.as_ref().is_some_and(far))
        });
        if !by_distance || !self.types_lack_null() {
            return Ok(());
        }
        let may = |key: &SortKey| match &key.target {
            SortTarget::Expr(expr) => self.can_be_null(expr) != Some(false),
            SortTarget::Output(_) => true,
        };
        match window.order_by.iter().find(|key| may(key)) {
            Some(key) => self.unsupported("RANGE by a key that may be NULL", key.span),
            None => Ok(()),
        }
    }

    /// Refuses rows that are told apart by integers of which one may be unsigned: the two are values
    /// of a variant then, and never equal.
    pub(super) fn same_integers(
        &self,
        left: &Query,
        right: &Query,
        span: super::Span,
    ) -> Bound<()> {
        let plain = |query: &Query, index: usize| match &query.body {
            Body::Select(select) => select.items.get(index).is_some_and(|item| {
                matches!(item.expr.kind, ExprKind::Column { .. } | ExprKind::Literal(_))
            }),
            _ => false,
        };
        let pairs = left.columns.iter().zip(&right.columns).enumerate();
        for (index, (one, two)) in pairs {
            let wide = [&one.ty, &two.ty].iter().any(|ty| **ty == Type::Int8);
            if wide && !(plain(left, index) && plain(right, index)) {
                return self.unsupported("integers of several kinds as one column", span);
            }
        }
        Ok(())
    }
}
