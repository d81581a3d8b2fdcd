//! What `ClickHouse` makes of NULL and of values of several types where others do as the core does: IN,
//! CASE, frames of windows, and rows that are told apart.

use super::{Binder, Bound, nullability::default_of, operator::predicate};
use crate::{
    dialects::{ArgType, Definition},
    tree::{
        Body, Expr, ExprKind, FrameBound, FrameUnits, FunctionKind, Query, SortKey, SortTarget,
        Window,
    },
    types::Type,
};
use sqlparser::ast::FunctionArg;

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

    /// The arguments of `coalesce` that its type is made of there: not bare NULLs, and none behind one
    /// that cannot be NULL.
    pub(super) fn that_may_be_given(
        &mut self,
        name: &str,
        written: Vec<FunctionArg>,
        span: super::Span,
    ) -> Bound<Vec<FunctionArg>> {
        let chooses = matches!(name, "coalesce" | "ifnull");
        if !chooses || !self.types_lack_null() || written.len() < 2 {
            return Ok(written);
        }
        let mut given: Vec<FunctionArg> = Vec::with_capacity(written.len());
        let mut kinds: Vec<Type> = Vec::with_capacity(written.len());
        // The first of which is not known whether it can be NULL: its type may be that of the call.
        let mut unknown = None;
        for arg in &written {
            let (bound, known) = self.with_nullability(arg, span)?;
            if bound.as_ref().is_some_and(Expr::is_null) {
                continue;
            }
            if let Some(bound) = bound {
                unknown = unknown.or_else(|| known.is_none().then_some(kinds.len()));
                kinds.push(bound.ty);
            }
            given.push(arg.clone());
            if known == Some(false) {
                break;
            }
        }
        if let Some(first) = unknown {
            let mut behind = kinds.iter().skip(first);
            let kind = behind.next();
            if behind.any(|other| kind.is_some_and(|kind| !alike(kind, other))) {
                return self.unsupported(
                    "values of several types of which is not known whether they can be NULL",
                    span,
                );
            }
        }
        // The other has two arguments, of which a bare NULL has no type anyway.
        Ok(if given.is_empty() || name == "ifnull" { written } else { given })
    }

    /// Refuses to look for what may be NULL in an array that is no constant and has no NULL: the default of
    /// the type is found for it there.
    pub(super) fn sought_is_no_default(
        &self,
        name: &str,
        args: &[Expr],
        span: super::Span,
    ) -> Bound<()> {
        let [array, sought] = args else { return Ok(()) };
        let looks = self.types_lack_null() && matches!(name, "has" | "indexof" | "countequal");
        let open = looks
            && (array.any_part(&|part| matches!(part.kind, ExprKind::Column { .. }))
                || array.any_query(&mut |_| true))
            && self.holds_null(array) != Some(true)
            && self.can_be_null(sought) != Some(false);
        if open {
            return self.unsupported("a search for what may be NULL in an array of a row", span);
        }
        Ok(())
    }

    /// The conditions of `CASE x WHEN y`, where two NULLs are equal.
    pub(super) fn null_is_equal(&self, operand: &Expr, values: &[Expr]) -> Option<Vec<Expr>> {
        let may = |expr: &Expr| self.can_be_null(expr) != Some(false);
        if !self.types_lack_null() || !may(operand) || !values.iter().any(may) {
            return None;
        }
        Some(values.iter().map(|value| self.same_but_nan(operand, value)).collect())
    }

    /// Is it the first or last of values that are never NULL?
    pub(super) fn has_no_nulls_at_ends(&self, name: &str, value: &Expr) -> bool {
        self.types_lack_null() && ENDS.contains(&name) && self.can_be_null(value) == Some(false)
    }

    /// Has the value of a frame a default because the frame may have no rows?
    pub(super) fn frame_has_default(
        &self,
        name: &str,
        value: &Expr,
        window: &Window,
    ) -> Bound<bool> {
        let beside = window.frame.as_ref().is_some_and(|frame| {
            matches!(frame.start, FrameBound::Following(_))
                || matches!(frame.end, Some(FrameBound::Preceding(_)))
        });
        if !beside || !self.types_lack_null() || !ENDS.contains(&name) {
            return Ok(false);
        }
        match self.can_be_null(value) {
            Some(may) => Ok(!may),
            None => self.unsupported("a frame that may have no rows", value.span),
        }
    }

    /// The value, or the default of its type.
    pub(super) fn or_default(&self, value: Expr) -> Bound<Expr> {
        let (ty, span) = (value.ty.clone(), value.span);
        match default_of(&ty, span) {
            Some(default) => Ok(Expr { ty, ..predicate("coalesce", vec![value, default], span) }),
            None => self.unsupported("the default of this type for a frame without rows", span),
        }
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
            if (one.ty == Type::UNSIGNED) != (two.ty == Type::UNSIGNED) && one.ty.is_exact_number()
            {
                return self
                    .unsupported("integers with a sign and without one as one column", span);
            }
            let wide = [&one.ty, &two.ty].iter().any(|ty| **ty == Type::Int8);
            if wide && !(plain(left, index) && plain(right, index)) {
                return self.unsupported("integers of several kinds as one column", span);
            }
        }
        Ok(())
    }
}

/// Is a value of the one shown as it is where the result is of the other?
fn alike(one: &Type, other: &Type) -> bool {
    let text = |ty: &Type| ty.is_text() || *ty == Type::Unknown;
    one.base() == other.base()
        || (one.is_integer() && other.is_integer())
        || (text(one) && text(other))
}
