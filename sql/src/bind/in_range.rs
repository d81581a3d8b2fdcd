//! `datetime`, `smalldatetime` and `smallmoney` of Transact-SQL hold less than the core's types: a value beyond
//! them is an error there, wherever it is made.
//!
//! Sources: <https://learn.microsoft.com/en-us/sql/t-sql/data-types/datetime-transact-sql> (1753-01-01 through
//! 9999-12-31), <https://learn.microsoft.com/en-us/sql/t-sql/data-types/smalldatetime-transact-sql> (1900-01-01
//! through 2079-06-06), <https://learn.microsoft.com/en-us/sql/t-sql/data-types/money-and-smallmoney-transact-sql>
//! (-214,748.3648 to 214,748.3647).

use super::{Binder, Bound, operator::predicate};
use crate::{
    dialects,
    tree::{Expr, ExprKind, Literal},
    types::Type,
};
use model::NotComparableKind;
use sqlparser::ast;

/// So long an interval is at most that leads from days of these centuries to no end of `datetime`, also where some
/// of them are added: forty years.
const MONTHS_MAX: i64 = 480;
const DAYS_MAX: i64 = 14_600;
const MICROS_MAX: i64 = DAYS_MAX * 86_400_000_000;

impl Binder<'_> {
    /// A timestamp that was calculated as a value of type `to`: raised where that type has none.
    pub(super) fn made_in_range(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        let near = *to == Type::Ticks && is_near_today(&expr);
        if !is_calculated(&expr) || near || counts_from_a_day(&expr) {
            return Ok(Expr { ty: to.clone(), ..expr });
        }
        self.in_range(expr, to)
    }

    /// A value that becomes one of type `to`: raised where that type has none.
    pub(super) fn in_range(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        let (low, high) = match to {
            Type::Ticks => ("1753-01-01 00:00:00", "9999-12-31 23:59:59.997"),
            Type::Minutes => ("1900-01-01 00:00:00", "2079-06-06 23:59:00"),
            Type::Money => ("-214748.3648", "214748.3647"),
            _ => return Ok(expr),
        };
        let span = expr.span;
        let core = to.clone().core();
        let value = Expr { ty: core.clone(), ..expr };
        if day_of(&value).is_some_and(|day| low <= day && day <= high) {
            return Ok(Expr { ty: to.clone(), ..value });
        }
        // What it is calculated from is looked at once.
        let mut before = Vec::new();
        let value = unguarded(value, &mut before);
        let low = self.read_literal(low, &core, span)?;
        let high = self.read_literal(high, &core, span)?;
        let held = predicate("between", vec![value.clone(), low, high], span);
        let held = before.into_iter().fold(held, |all, one| predicate("and", vec![all, one], span));
        let raised = Expr::scalar("raise", vec![value.clone()], core, span);
        let kind = ExprKind::Case {
            operand: None,
            branches: vec![(held, value)],
            otherwise: Some(Box::new(raised)),
        };
        Ok(Expr { kind, ty: to.clone(), span })
    }

    /// A sum, difference or product of a `smallmoney`, which is one itself beside another or a whole number.
    pub(super) fn small_money(
        &self,
        name: &str,
        sides: [&ast::Expr; 2],
        value: Expr,
    ) -> Bound<Expr> {
        if !matches!(name, "+" | "-" | "*") || value.ty != Type::Money || self.speaks_core() {
            return Ok(value);
        }
        if self.is_small_money(sides) {
            return self.in_range(value, &Type::Money);
        }
        Ok(value)
    }
}

/// Is it the sum of a time and an interval, or put together from its parts? What is cut to its week is not.
fn is_calculated(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_calculated(expr),
        ExprKind::Call(call) => match call.name {
            "+" | "-" => {
                let cut = |arg: &Expr| arg.call().is_some_and(|call| call.name == "date_trunc");
                call.args.iter().any(|arg| arg.ty == Type::Interval) && !call.args.iter().any(cut)
            }
            name => name == "make_timestamp",
        },
        _ => false,
    }
}

/// The value without the guards of what it is calculated from, and their conditions.
fn unguarded(expr: Expr, conditions: &mut Vec<Expr>) -> Expr {
    let Expr { kind, ty, span } = expr;
    let kind = match kind {
        ExprKind::Cast { expr } => ExprKind::Cast { expr: Box::new(unguarded(*expr, conditions)) },
        ExprKind::Coerce { expr } => {
            ExprKind::Coerce { expr: Box::new(unguarded(*expr, conditions)) }
        }
        ExprKind::Call(mut call) if matches!(call.name, "+" | "-" | "*") => {
            call.args = call.args.into_iter().map(|arg| unguarded(arg, conditions)).collect();
            ExprKind::Call(call)
        }
        ExprKind::Case { operand: None, mut branches, otherwise: Some(otherwise) }
            if branches.len() == 1 && otherwise.call().is_some_and(|call| call.name == "raise") =>
        {
            match branches.pop() {
                Some((held, value)) => {
                    conditions.push(held);
                    value.kind
                }
                None => ExprKind::Case { operand: None, branches, otherwise: Some(otherwise) },
            }
        }
        other => other,
    };
    Expr { kind, ty, span }
}

/// Is it the clock's time or a constant of these centuries, and known intervals that lead to no end of `datetime`?
fn is_near_today(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_near_today(expr),
        ExprKind::Call(call) if matches!(call.name, "+" | "-") => call
            .args
            .iter()
            .all(|arg| if arg.ty == Type::Interval { is_short(arg) } else { is_near_today(arg) }),
        ExprKind::Literal(Literal::Typed(day)) => {
            ["19", "20", "21", "22"].iter().any(|century| day.starts_with(century))
        }
        ExprKind::Call(call) => {
            dialects::open_of_core(call.name) == Some(NotComparableKind::Clock)
                || (call.name == "timezone" && call.args.iter().any(is_near_today))
        }
        _ => false,
    }
}

/// Is it a known interval of some years at most?
fn is_short(expr: &Expr) -> bool {
    let within = |times: i64, of: i64, most: i64| {
        times.checked_mul(of).is_some_and(|all| all.unsigned_abs() <= most.unsigned_abs())
    };
    let of = |literal: &Expr, times: i64| match literal.literal() {
        Some(Literal::Interval { months, days, micros }) => {
            within(times, i64::from(*months), MONTHS_MAX)
                && within(times, i64::from(*days), DAYS_MAX)
                && within(times, *micros, MICROS_MAX)
        }
        _ => false,
    };
    match expr.call() {
        Some(call) if call.name == "*" => {
            call.args.iter().find_map(Expr::integer).is_some_and(|times| {
                call.args.iter().filter(|arg| arg.ty == Type::Interval).all(|arg| of(arg, times))
            })
        }
        Some(call) if call.name == "unary -" => call.args.iter().all(is_short),
        _ => of(expr, 1),
    }
}

/// Is it so many units after a fixed day as another day is: `DATEADD(month, DATEDIFF(month, 0, d), 0)`? That is in
/// the range that the other day is in.
fn counts_from_a_day(expr: &Expr) -> bool {
    let Some(call) = expr.call() else { return false };
    let of_rows = |part: &Expr| matches!(part.kind, ExprKind::Column { .. });
    let fixed = call.args.first().is_some_and(|base| !base.any_part(&of_rows));
    fixed
        && call.args.get(1).is_some_and(|units| {
            units.any_call(&|call| {
                call.name.starts_with("extract")
                    || (call.name == "-" && call.args.iter().all(|arg| arg.ty == Type::Date))
            })
        })
}

/// The day of a constant.
fn day_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Typed(text)) => Some(text),
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } if expr.ty == Type::Date => {
            day_of(expr)
        }
        _ => None,
    }
}
