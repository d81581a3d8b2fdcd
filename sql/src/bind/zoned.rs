//! Timestamps that carry a time zone (Trino): what reads their fields reads the clock of the zone.
//!
//! The core's `timestamptz` is an instant alone. So `t AT TIME ZONE 'z'` is the instant where an
//! instant is wanted, and the clock on the wall there where a call only takes plain timestamps. A
//! dialect says so by the line `wall clock(timestamptz, text)`, and of a function by `wall clock call
//! convert_timezone(text, timestamptz)`. Elsewhere an instant becomes the clock of the
//! session by itself (Redshift).

use super::{Binder, Bound, lower::text};
use crate::{
    dialects::{ArgType, Definition},
    tree::Expr,
    types::Type,
};
use sqlparser::ast::{self, FunctionArg, FunctionArgExpr};

/// The zone of a value.
#[derive(Debug, Clone, Copy)]
enum Zone<'a> {
    Written(&'a ast::Expr),
    Session,
}

impl Binder<'_> {
    /// The clock on the wall of `t AT TIME ZONE 'z'`; nothing for any other expression.
    pub(super) fn wall_clock(&mut self, expr: &ast::Expr) -> Bound<Option<Expr>> {
        if self.speaks_core() {
            return Ok(None);
        }
        match expr {
            ast::Expr::Nested(inner) => self.wall_clock(inner),
            ast::Expr::AtTimeZone { timestamp, time_zone } if self.spec.knows("wall clock") => {
                let mut args = vec![self.expr(timestamp)?, self.expr(time_zone)?];
                let span = self.span(expr);
                let plain = matches!(args.as_slice(), [first, _] if first.ty == Type::Timestamp);
                if plain && let [_, zone] = args.as_slice() {
                    // A clock of the session is an instant first.
                    let zone = zone.clone();
                    args = vec![self.apply("at time zone", args, span)?, zone];
                }
                if args.first().is_none_or(|instant| instant.ty != Type::TimestampTz) {
                    return Ok(None);
                }
                self.apply("wall clock", args, span).map(Some)
            }
            ast::Expr::Function(function) if self.zoned_parts(function).is_some() => {
                let there = self.call_in_a_zone(function)?;
                let zone = self.zone_of(expr).map(|zone| self.zone_named(zone)).transpose()?;
                match (there, zone) {
                    (Some(there), Some(zone)) => {
                        let span = self.span(expr);
                        self.apply("wall clock", vec![there, zone], span).map(Some)
                    }
                    _ => Ok(None),
                }
            }
            ast::Expr::Function(function) => {
                let called = function.name.to_string().to_lowercase();
                // In a zone of its arguments.
                let own = format!("wall clock call {called}");
                if self.spec.knows(&own) {
                    let span = self.span(expr);
                    return self.wall_clock_of_call(&own, function, span);
                }
                // In the zone of the session.
                let name = format!("wall clock {called}");
                if !self.spec.knows(&name) {
                    return Ok(None);
                }
                let instant = self.expr(expr)?;
                let zone = self.settings.get("time_zone").unwrap_or("UTC").to_owned();
                let span = self.span(expr);
                let zone = text(zone, span);
                self.apply(&name, vec![instant, zone], span).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The clock in the zone that a call of two arguments names first.
    fn wall_clock_of_call(
        &mut self,
        own: &str,
        function: &ast::Function,
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let all = arguments(function);
        let Some([zone, instant]) = all.as_deref() else { return Ok(None) };
        let args = vec![self.expr(zone)?, self.expr(instant)?];
        self.apply(own, args, span).map(Some)
    }

    /// A call whose value carries the zone of its last argument, by a line of one more such as
    /// `zoned date_trunc(text, timestamp, text)`: it is told the clock on the wall there, and the zone.
    pub(super) fn call_in_a_zone(&mut self, function: &ast::Function) -> Bound<Option<Expr>> {
        if self.speaks_core() {
            return Ok(None);
        }
        let Some((name, others, instant)) = self.zoned_parts(function) else { return Ok(None) };
        let Some(zone) = self.zone_of(instant) else { return Ok(None) };
        let span = self.span(instant);
        let zone = self.zone_named(zone)?;
        let Some(clock) = self.wall_clock(instant)? else { return Ok(None) };
        let mut args: Vec<Expr> =
            others.into_iter().map(|other| self.expr(other)).collect::<Bound<_>>()?;
        args.extend([clock, zone]);
        self.apply(&name, args, span).map(Some)
    }

    /// The name of the line, and the arguments, the last one apart.
    fn zoned_parts<'a>(
        &self,
        function: &'a ast::Function,
    ) -> Option<(String, Vec<&'a ast::Expr>, &'a ast::Expr)> {
        let name = format!("zoned {}", function.name.to_string().to_lowercase());
        if function.over.is_some() || !self.spec.knows(&name) {
            return None;
        }
        let mut all = arguments(function)?;
        let last = all.pop()?;
        Some((name, all, last))
    }

    /// The zone that a value carries, where the text says it.
    fn zone_of<'a>(&self, expr: &'a ast::Expr) -> Option<Zone<'a>> {
        match expr {
            ast::Expr::Nested(inner) => self.zone_of(inner),
            ast::Expr::AtTimeZone { time_zone, .. } => Some(Zone::Written(time_zone)),
            ast::Expr::Function(function) => {
                if let Some((_, _, instant)) = self.zoned_parts(function) {
                    return self.zone_of(instant);
                }
                let name = format!("wall clock {}", function.name.to_string().to_lowercase());
                self.spec.knows(&name).then_some(Zone::Session)
            }
            _ => None,
        }
    }

    fn zone_named(&mut self, zone: Zone<'_>) -> Bound<Expr> {
        match zone {
            Zone::Written(zone) => self.expr(zone),
            Zone::Session => {
                let zone = self.settings.get("time_zone").unwrap_or("UTC").to_owned();
                Ok(text(zone, self.place))
            }
        }
    }

    /// The same for argument `index` of a call, if it takes plain timestamps and no instants.
    pub(super) fn wall_clock_argument(
        &mut self,
        definitions: &[&Definition],
        index: usize,
        arg: &FunctionArg,
    ) -> Bound<Option<Expr>> {
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = arg else { return Ok(None) };
        let takes = |wanted: &[Type]| {
            definitions.iter().any(|d| match d.arg(index) {
                Some(ArgType::Is(ty)) => wanted.contains(ty),
                Some(ArgType::Moment) => wanted.contains(&Type::Timestamp),
                Some(ArgType::Any) => wanted.contains(&Type::TimestampTz),
                _ => false,
            })
        };
        if !takes(&[Type::Timestamp]) || takes(&[Type::TimestampTz]) {
            return Ok(None);
        }
        self.wall_clock(expr)
    }

    /// Does a line take the clock of the session, where an instant becomes that by itself?
    pub(super) fn takes_clock(&self, definition: &Definition, index: usize, ty: &Type) -> bool {
        *ty == Type::TimestampTz
            && matches!(definition.arg(index), Some(ArgType::Is(Type::Timestamp)))
            && !self.spec.definitions("implicit timestamp").is_empty()
    }

    /// Arguments of a call that takes plain timestamps and no instants: an instant is the clock of the
    /// session there, where a line `implicit timestamp(timestamptz)` says so.
    pub(super) fn without_zones(
        &mut self,
        definitions: &[&Definition],
        args: Vec<Expr>,
        span: super::Span,
    ) -> Bound<Vec<Expr>> {
        if self.spec.definitions("implicit timestamp").is_empty() {
            return Ok(args);
        }
        let takes = |index: usize, wanted: &Type| {
            definitions.iter().any(|d| match d.arg(index) {
                Some(ArgType::Is(ty)) => ty == wanted,
                Some(ArgType::Any) => true,
                _ => false,
            })
        };
        let mut plain = Vec::with_capacity(args.len());
        for (index, arg) in args.into_iter().enumerate() {
            let instant = arg.ty == Type::TimestampTz
                && takes(index, &Type::Timestamp)
                && !takes(index, &Type::TimestampTz);
            plain.push(if instant {
                self.apply("implicit timestamp", vec![arg], span)?
            } else {
                arg
            });
        }
        Ok(plain)
    }
}

/// The arguments of a call, where none has a name.
fn arguments(function: &ast::Function) -> Option<Vec<&ast::Expr>> {
    let ast::FunctionArguments::List(list) = &function.args else { return None };
    let plain = list.args.iter().map(|arg| match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)) => Some(arg),
        _ => None,
    });
    plain.collect()
}
