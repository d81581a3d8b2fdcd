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

impl Binder<'_> {
    /// The clock on the wall of `t AT TIME ZONE 'z'`; nothing for any other expression.
    pub(super) fn wall_clock(&mut self, expr: &ast::Expr) -> Bound<Option<Expr>> {
        if self.speaks_core() {
            return Ok(None);
        }
        match expr {
            ast::Expr::Nested(inner) => self.wall_clock(inner),
            ast::Expr::AtTimeZone { timestamp, time_zone } if self.spec.knows("wall clock") => {
                let args = vec![self.expr(timestamp)?, self.expr(time_zone)?];
                if args.first().is_none_or(|instant| instant.ty != Type::TimestampTz) {
                    return Ok(None);
                }
                let span = self.span(expr);
                self.apply("wall clock", args, span).map(Some)
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
        let ast::FunctionArguments::List(list) = &function.args else { return Ok(None) };
        let [
            FunctionArg::Unnamed(FunctionArgExpr::Expr(zone)),
            FunctionArg::Unnamed(FunctionArgExpr::Expr(instant)),
        ] = list.args.as_slice()
        else {
            return Ok(None);
        };
        let args = vec![self.expr(zone)?, self.expr(instant)?];
        self.apply(own, args, span).map(Some)
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
                Some(ArgType::Any) => wanted.contains(&Type::TimestampTz),
                _ => false,
            })
        };
        if !takes(&[Type::Timestamp]) || takes(&[Type::TimestampTz]) {
            return Ok(None);
        }
        self.wall_clock(expr)
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
