//! Windows: written in place, named by a WINDOW clause, or built on a named one.
//!
//! Source: PostgreSQL 15 manual, 4.2.8 (window function calls) and SELECT (WINDOW clause).

use super::{Binder, Bound, KeyUse, codes};
use crate::{
    dialects::{ArgType, Seen},
    tokens::standard::{EXCLUSIONS, HERE, UNBOUNDED},
    tree::{
        Exclude, Expr, ExprKind, Frame, FrameBound, FrameUnits, Literal, SortKey, SortTarget,
        Window,
    },
    types::Type,
};
use sqlparser::ast::{
    self, NamedWindowExpr, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};

impl Binder<'_> {
    pub(super) fn window(&mut self, over: &WindowType, span: super::Span) -> Bound<Window> {
        let seen = self.spec.traits().aliases.windows;
        if seen != Seen::No && self.scopes.last().is_some_and(|scope| scope.seen == Seen::No) {
            return self.with_outputs(seen, |binder| binder.window(over, span));
        }
        match over {
            WindowType::WindowSpec(spec) => self.window_spec(spec, span),
            WindowType::NamedWindow(name) => self.named_window(name, span),
        }
    }

    fn named_window(&mut self, name: &ast::Ident, span: super::Span) -> Bound<Window> {
        let name = self.fold(name);
        let windows = self.scopes.last().map(|scope| scope.windows.clone()).unwrap_or_default();
        let named = windows.into_iter().find(|window| self.fold(&window.0) == name);
        match named.map(|window| window.1) {
            // The definitions may name each other in a circle.
            Some(NamedWindowExpr::NamedWindow(other)) => {
                self.deeper(|binder| binder.named_window(&other, span))
            }
            Some(NamedWindowExpr::WindowSpec(spec)) => {
                self.deeper(|binder| binder.window_spec(&spec, span))
            }
            None => self.refuse(codes::UNSUPPORTED, format!("window `{name}` is not known"), span),
        }
    }

    fn window_spec(&mut self, spec: &WindowSpec, span: super::Span) -> Bound<Window> {
        let mut partition_by =
            spec.partition_by.iter().map(|e| self.partition(e)).collect::<Bound<Vec<Expr>>>()?;
        let mut order_by = spec
            .order_by
            .iter()
            .map(|key| self.inner_sort_key(key))
            .collect::<Bound<Vec<SortKey>>>()?;
        let windowed = |expr: &Expr| expr.any_call(&|call| call.over.is_some());
        let sorted = order_by.iter().filter_map(|key| match &key.target {
            SortTarget::Expr(expr) => Some(expr),
            SortTarget::Output(_) => None,
        });
        if partition_by.iter().chain(sorted).any(windowed) {
            return self.unsupported("a window function in a window", span);
        }
        if let Some(name) = &spec.window_name {
            // It adds to the named window and takes nothing away.
            let base = self.named_window(name, span)?;
            let twice = !base.order_by.is_empty() && !order_by.is_empty();
            if !partition_by.is_empty() || twice || base.frame.is_some() {
                return self.unsupported("a window that changes the one it is built on", span);
            }
            partition_by = base.partition_by;
            if order_by.is_empty() {
                order_by = base.order_by;
            }
        }
        let frame = match &spec.window_frame {
            None => None,
            Some(frame) => {
                let units = match frame.units {
                    WindowFrameUnits::Rows => FrameUnits::Rows,
                    WindowFrameUnits::Range => FrameUnits::Range,
                    WindowFrameUnits::Groups => FrameUnits::Groups,
                };
                let last = frame.end_bound.as_ref().unwrap_or(&frame.start_bound);
                let (exclude, last) = excluded(last).unzip();
                let exclude = exclude.unwrap_or_default();
                if exclude != Exclude::NoOthers && !self.spec.is_core() {
                    return self.unsupported("EXCLUDE of a window", span);
                }
                let (start, end) = match (last, &frame.end_bound) {
                    (None, end) => (&frame.start_bound, end.as_ref()),
                    (Some(start), None) => (&start.clone(), None),
                    (Some(end), Some(_)) => (&frame.start_bound, Some(&end.clone())),
                };
                let start = self.frame_bound(start)?;
                let end = end.map(|b| self.frame_bound(b)).transpose()?;
                Some(Frame { units, start, end, exclude })
            }
        };
        // A distance from a key is a distance from one key only.
        let distance = frame.as_ref().is_some_and(|frame| {
            frame.units == FrameUnits::Range
                && [Some(&frame.start), frame.end.as_ref()].into_iter().flatten().any(|bound| {
                    matches!(bound, FrameBound::Preceding(_) | FrameBound::Following(_))
                })
        });
        if !distance {
            order_by = self.keys_with_nan(order_by);
        }
        let frame = match frame {
            Some(frame) if distance => Some(self.in_days(frame, &order_by)?),
            frame => frame,
        };
        let by_ties = |frame: &Frame| {
            frame.units == FrameUnits::Range
                || matches!(frame.exclude, Exclude::Group | Exclude::Ties)
        };
        if frame.as_ref().is_none_or(by_ties) {
            for key in &order_by {
                self.keyed(&key.ty, KeyUse::Framed, key.span)?;
            }
        }
        Ok(Window { partition_by, order_by, frame })
    }

    /// The distances of a frame over dates: a number is one of days where a number added to a date is.
    fn in_days(&self, frame: Frame, order_by: &[SortKey]) -> Bound<Frame> {
        let date = |key: &SortKey| key.ty.is_date_or_timestamp();
        if self.speaks_core() || !order_by.iter().any(date) {
            return Ok(frame);
        }
        let days = self.spec.definitions("+").iter().any(|definition| {
            [Type::Timestamp, Type::Seconds]
                .map(|ty| [ArgType::Is(ty), ArgType::Is(Type::Int4)])
                .iter()
                .any(|args| definition.args == args)
        });
        let interval = |expr: Expr| {
            if !expr.ty.is_number() {
                return Ok(expr);
            }
            match expr.integer().and_then(|n| i32::try_from(n).ok()).filter(|_| days) {
                Some(days) => Ok(Expr {
                    kind: ExprKind::Literal(Literal::Interval { months: 0, days, micros: 0 }),
                    ty: Type::Interval,
                    span: expr.span,
                }),
                None => self.unsupported("RANGE of this number over dates", expr.span),
            }
        };
        let bound = |bound: FrameBound| {
            Ok(match bound {
                FrameBound::Preceding(expr) => FrameBound::Preceding(interval(expr)?),
                FrameBound::Following(expr) => FrameBound::Following(interval(expr)?),
                other => other,
            })
        };
        let Frame { units, start, end, exclude } = frame;
        Ok(Frame { units, start: bound(start)?, end: end.map(bound).transpose()?, exclude })
    }

    fn partition(&mut self, expr: &ast::Expr) -> Bound<Expr> {
        let expr = self.expr(expr)?;
        self.keys_apart([&expr])?;
        self.key(expr)
    }

    fn frame_bound(&mut self, bound: &WindowFrameBound) -> Bound<FrameBound> {
        Ok(match bound {
            WindowFrameBound::CurrentRow => FrameBound::CurrentRow,
            WindowFrameBound::Preceding(None) => FrameBound::UnboundedPreceding,
            WindowFrameBound::Following(None) => FrameBound::UnboundedFollowing,
            WindowFrameBound::Preceding(Some(e)) => FrameBound::Preceding(self.frame_offset(e)?),
            WindowFrameBound::Following(Some(e)) => FrameBound::Following(self.frame_offset(e)?),
        })
    }

    fn frame_offset(&mut self, expr: &ast::Expr) -> Bound<Expr> {
        let bound = self.expr(expr)?;
        // `RANGE '1 day' PRECEDING`: the literal is an interval.
        if bound.ty == Type::Unknown { self.coerce(bound, &Type::Interval) } else { Ok(bound) }
    }
}

/// What the mark of a frame's last bound says, and the bound without it.
fn excluded(bound: &WindowFrameBound) -> Option<(Exclude, WindowFrameBound)> {
    let (distance, follows) = match bound {
        WindowFrameBound::Preceding(Some(distance)) => (&**distance, false),
        WindowFrameBound::Following(Some(distance)) => (&**distance, true),
        _ => return None,
    };
    let side = |distance: Option<Box<ast::Expr>>| {
        if follows {
            WindowFrameBound::Following(distance)
        } else {
            WindowFrameBound::Preceding(distance)
        }
    };
    let (mark, distance) = match distance {
        ast::Expr::BinaryOp { left, op: ast::BinaryOperator::Or, right } => (&**right, Some(left)),
        alone => (alone, None),
    };
    let ast::Expr::Identifier(mark) = mark else { return None };
    let mark = mark.value.as_str();
    let kinds = [Exclude::CurrentRow, Exclude::Group, Exclude::Ties];
    let (kind, rest) = EXCLUSIONS
        .iter()
        .zip(kinds)
        .find_map(|((_, known), kind)| Some((kind, mark.strip_prefix(known)?)))?;
    let bound = match (rest, distance) {
        ("", Some(distance)) => side(Some(distance.clone())),
        (UNBOUNDED, None) => side(None),
        (HERE, None) => WindowFrameBound::CurrentRow,
        _ => return None,
    };
    Some((kind, bound))
}
