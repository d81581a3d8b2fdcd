//! What follows a call, put onto the aggregates and window functions of its lowered form.

use super::{Binder, Bound, lower::Decoration};
use crate::{
    tree::{
        Call, Exclude, Expr, ExprKind, Frame, FrameBound, FrameUnits, FunctionKind, SortKey,
        SortTarget,
    },
    types::Type,
};
use sqlparser::ast::NullTreatment;

/// Functions whose value depends on where the frame ends.
pub(super) const OF_FRAMES: [&str; 2] = ["last_value", "nth_value"];

impl Binder<'_> {
    /// Puts what follows a call onto the aggregates and window functions of its lowered form.
    pub(super) fn decorate_lowered(
        &self,
        expr: &mut Expr,
        decoration: &Decoration,
        span: super::Span,
    ) -> Bound<()> {
        let mut found = 0;
        // Where the definition gives a call a frame, that call is meant and no other.
        let framed = expr.any_call(&is_framed);
        self.decorate_inside(expr, decoration, framed, &mut found, span)?;
        let bare = !decoration.distinct
            && decoration.filter.is_none()
            && decoration.order_by.is_empty()
            && decoration.over.is_none()
            && decoration.nulls.is_none();
        if found == 0 && !bare {
            return self.unsupported("DISTINCT, FILTER, ORDER BY or OVER with this function", span);
        }
        Ok(())
    }

    fn decorate_inside(
        &self,
        expr: &mut Expr,
        decoration: &Decoration,
        framed: bool,
        found: &mut u32,
        span: super::Span,
    ) -> Bound<()> {
        let visit = |inner: &mut Expr, found: &mut u32| {
            self.decorate_inside(inner, decoration, framed, found, span)
        };
        match &mut expr.kind {
            ExprKind::Call(call) if takes_decoration(call, framed) => {
                *found += 1;
                self.decorate_call(call, decoration, span)
            }
            ExprKind::Call(call) => call.args.iter_mut().try_for_each(|arg| visit(arg, found)),
            ExprKind::Cast { expr } | ExprKind::Coerce { expr } => visit(expr, found),
            ExprKind::Case { operand, branches, otherwise } => {
                if let Some(operand) = operand {
                    visit(operand, found)?;
                }
                for (when, then) in branches {
                    visit(when, found)?;
                    visit(then, found)?;
                }
                otherwise.as_mut().map_or(Ok(()), |e| visit(e, found))
            }
            ExprKind::InList { expr, list, .. } => {
                visit(expr, found)?;
                list.iter_mut().try_for_each(|e| visit(e, found))
            }
            ExprKind::Subscript { base, index } => {
                visit(base, found)?;
                visit(index, found)
            }
            ExprKind::Array(items) | ExprKind::Row(items) => {
                items.iter_mut().try_for_each(|e| visit(e, found))
            }
            _ => Ok(()),
        }
    }

    /// Writes the frame that a dialect gives to an ordered window without one, where it is not the
    /// core's: the whole partition, or for a first or last value the rows up to this one.
    pub(super) fn unframed(&self, call: &mut Call, span: super::Span) -> Bound<()> {
        let open = |over: &crate::tree::Window| over.frame.is_none() && !over.order_by.is_empty();
        if self.spec.traits().last_value_needs_frame
            && !self.speaks_core()
            && OF_FRAMES.contains(&call.name)
            && call.over.as_ref().is_some_and(open)
        {
            return self.unsupported(&format!("`{}` without a frame", call.name), span);
        }
        if self.speaks_core() || self.spec.definitions("unframed").is_empty() {
            return Ok(());
        }
        let end = match (call.kind, call.name) {
            (FunctionKind::Aggregate, _) => FrameBound::UnboundedFollowing,
            (FunctionKind::Window, "first_value" | "last_value" | "nth_value") => {
                FrameBound::CurrentRow
            }
            _ => return Ok(()),
        };
        if let Some(over) = &mut call.over
            && open(over)
        {
            let start = FrameBound::UnboundedPreceding;
            over.frame = Some(Frame {
                units: FrameUnits::Rows,
                start,
                end: Some(end),
                exclude: Exclude::NoOthers,
            });
        }
        Ok(())
    }

    /// `IGNORE NULLS` and `RESPECT NULLS`.
    fn treat_nulls(
        &self,
        call: &mut Call,
        nulls: Option<NullTreatment>,
        span: super::Span,
    ) -> Bound<()> {
        let window = call.kind == FunctionKind::Window;
        match nulls {
            None => {}
            Some(NullTreatment::IgnoreNulls) if window => {
                if !call.ignore_nulls && !self.spec.traits().ignores_nulls {
                    return self.unsupported("IGNORE NULLS of this function", span);
                }
                call.ignore_nulls = true;
            }
            Some(NullTreatment::IgnoreNulls) => {
                if let Some(value) = call.args.first().cloned() {
                    let not_null = super::operator::predicate("is not null", vec![value], span);
                    call.filter = Some(both(call.filter.take(), not_null, span));
                }
            }
            Some(NullTreatment::RespectNulls) if window => call.ignore_nulls = false,
            Some(NullTreatment::RespectNulls)
                if call.name == "array_agg" && call.filter.is_none() => {}
            // Nearly all other aggregates leave NULLs out.
            Some(NullTreatment::RespectNulls) => {
                return self.unsupported("RESPECT NULLS of this function", span);
            }
        }
        Ok(())
    }

    fn decorate_call(
        &self,
        call: &mut Call,
        decoration: &Decoration,
        span: super::Span,
    ) -> Bound<()> {
        let window = call.kind == FunctionKind::Window;
        if window && (decoration.distinct || decoration.filter.is_some()) {
            return self.unsupported("DISTINCT or FILTER of a window function", span);
        }
        if window && decoration.over.is_none() {
            return self.unsupported("a window function without OVER", span);
        }
        self.treat_nulls(call, decoration.nulls, span)?;
        call.distinct |= decoration.distinct;
        if call.distinct {
            self.keys_apart(&call.args)?;
        }
        let mut trimmed = None;
        if call.distinct || matches!(call.name, "min" | "max" | "mode") {
            for arg in &mut call.args {
                if call.name == "count" {
                    *arg = self.key(arg.clone())?;
                } else if call.name == "string_agg" && !self.keys_fold() {
                    // Of texts that differ in blanks at their end the one without stands there.
                    let key = self.key(arg.clone())?;
                    if key != *arg && arg.literal().is_none() {
                        let shown = self.resolve("left_open", vec![key.clone()], span)?;
                        trimmed = Some((key, arg.clone(), shown.clone()));
                        *arg = shown;
                    }
                } else if call.distinct || self.keys_fold() {
                    // Where only blanks at the end do not count, the least text is the least as it is.
                    self.no_text(&arg.ty, &format!("`{}`", call.name), span)?;
                }
            }
        }
        if let Some(filter) = &decoration.filter {
            call.filter = Some(both(call.filter.take(), filter.clone(), span));
        }
        if call.order_by.is_empty() {
            call.order_by.clone_from(&decoration.order_by);
        }
        if let Some((key, arg, shown)) = &trimmed {
            for sorted in &mut call.order_by {
                if let SortTarget::Expr(expr) = &mut sorted.target
                    && (plain(expr).is_same(plain(key)) || plain(expr).is_same(plain(arg)))
                {
                    *expr = shown.clone();
                }
            }
        }
        if call.distinct {
            // `varchar` as text is the same value, but has to be the same expression.
            for key in &mut call.order_by {
                let SortTarget::Expr(sorted) = &mut key.target else { continue };
                let arg = call.args.iter().find(|arg| as_text(arg).is_same(plain(sorted)));
                if let Some(arg) = arg {
                    *sorted = arg.clone();
                }
            }
        }
        let among = |key: &SortKey| match &key.target {
            SortTarget::Expr(key) => call.args.iter().any(|arg| plain(arg).is_same(plain(key))),
            SortTarget::Output(_) => false,
        };
        if call.distinct && !call.order_by.iter().all(among) {
            return self.unsupported("DISTINCT in another order than that of the values", span);
        }
        let own = call.over.take().and_then(|window| window.frame);
        call.over.clone_from(&decoration.over);
        match (own, &mut call.over) {
            (None, _) => {}
            // What the text says goes before the definition's frame.
            (own, Some(over)) => over.frame = over.frame.take().or(own),
            (Some(_), None) => return self.unsupported("this function without OVER", span),
        }
        if let Some(over) = &mut call.over
            && call.kind != FunctionKind::OrderedSet
            && !call.order_by.is_empty()
        {
            // The order of the values, where it holds for a window, is that of the window.
            if !over.order_by.is_empty() || over.frame.is_some() || call.distinct {
                return self.unsupported("an order of the values and a window", span);
            }
            over.order_by = std::mem::take(&mut call.order_by);
            over.frame = Some(Frame {
                units: FrameUnits::Rows,
                start: FrameBound::UnboundedPreceding,
                end: Some(FrameBound::UnboundedFollowing),
                exclude: Exclude::NoOthers,
            });
        }
        self.unframed(call, span)
    }
}

/// Does the call of a lowered form take what follows the call in the text?
fn takes_decoration(call: &Call, framed: bool) -> bool {
    is_aggregate(call) && if framed { is_framed(call) } else { call.over.is_none() }
}

/// Has it a window that is a frame alone, as only definitions write one?
pub(super) fn is_framed(call: &Call) -> bool {
    call.over.as_ref().is_some_and(|window| {
        window.partition_by.is_empty() && window.order_by.is_empty() && window.frame.is_some()
    })
}

/// The expression without a conversion that changes nothing.
fn plain(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Coerce { expr } => plain(expr),
        _ => expr,
    }
}

/// The text behind a conversion to text.
fn as_text(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Cast { expr: inner }
            if expr.ty == Type::Text && matches!(inner.ty, Type::Text | Type::Varchar(_)) =>
        {
            plain(inner)
        }
        _ => plain(expr),
    }
}

/// The conjunction of two conditions, the first of which may be missing.
pub(super) fn both(one: Option<Expr>, two: Expr, span: super::Span) -> Expr {
    match one {
        None => two,
        Some(one) => super::operator::predicate("and", vec![one, two], span),
    }
}

const fn is_aggregate(call: &Call) -> bool {
    matches!(call.kind, FunctionKind::Aggregate | FunctionKind::OrderedSet | FunctionKind::Window)
}
