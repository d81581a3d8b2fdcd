//! Columns that take less than their core type does: no NULL where that is the rule, smaller numbers,
//! times of whole seconds, padded texts. Only what is known to be taken as it is, is stored there.

use super::target::Written;
use crate::{
    bind::{Binder, Bound, Span, enumerated, operator::predicate},
    dialects::Narrow,
    tree::{Cell, Column, Expr, ExprKind, Literal},
    types::Type,
};

impl Binder<'_> {
    /// Refuses a value that a column of the written table may not take as it is.
    pub(super) fn takes(&self, written: &Written, column: &Column, value: &Expr) -> Bound<()> {
        if self.is_solid(written, column) && self.can_be_null(value) != Some(false) {
            let what = format!("a value of column `{}` that may be NULL", column.name);
            return self.unsupported(&what, value.span);
        }
        let Some(spelling) = self.catalog.spelling(&written.target.path, &column.name) else {
            return Ok(());
        };
        self.holds(spelling, &column.name, &column.ty, value)
    }

    /// A value that is stored in a column of the written table, as the column takes it: with the blanks of its
    /// texts, and raised where it holds no such number.
    pub(super) fn narrowed(
        &mut self,
        written: &Written,
        column: &Column,
        value: Expr,
    ) -> Bound<Expr> {
        match self.catalog.spelling(&written.target.path, &column.name).map(str::to_owned) {
            Some(spelling) => self.narrowed_to(&spelling, &column.ty, value),
            None => Ok(value),
        }
    }

    /// The same of a column by its vendor's type.
    pub(super) fn narrowed_to(&mut self, spelling: &str, ty: &Type, value: Expr) -> Bound<Expr> {
        let writing = self.spec.traits().writing;
        let Some(narrow) = writing.columns.narrow(spelling, ty) else { return Ok(value) };
        if !writing.narrows || value.is_null() {
            return Ok(value);
        }
        match (narrow, ty) {
            (Narrow::Blanks, Type::Varchar(Some(most))) => self.filled(value, *most),
            (Narrow::SmallMoney, _) if !is_small_money(&value) => {
                let core = Expr { ty: Type::Money.core(), ..value };
                let held = self.in_range(core, &Type::Money)?;
                Ok(Expr { ty: Type::Money.core(), ..held })
            }
            _ => Ok(value),
        }
    }

    /// A text with blanks up to so many characters.
    fn filled(&self, value: Expr, most: u32) -> Bound<Expr> {
        let span = value.span;
        if let ExprKind::Literal(Literal::Text(text)) = &value.kind {
            let missing = usize::try_from(most).unwrap_or_default();
            let missing = missing.saturating_sub(text.chars().count());
            let text = format!("{text}{}", " ".repeat(missing));
            return Ok(Expr { kind: ExprKind::Literal(Literal::Text(text)), ..value });
        }
        if self.filled_to(&value) == Some(most) {
            return Ok(value);
        }
        // What is longer stays, and is an error of its own.
        let most = Expr { ty: Type::Int4, ..self.number(&most.to_string(), span) };
        let length = self.resolve("length", vec![value.clone()], span)?;
        let short = predicate("<", vec![length, most.clone()], span);
        let ty = value.ty.clone();
        let filled = self.resolve("rpad", vec![value.clone(), most], span)?;
        let kind = ExprKind::Case {
            operand: None,
            branches: vec![(short, filled)],
            otherwise: Some(Box::new(value)),
        };
        Ok(Expr { kind, ty, span })
    }

    /// The same of a column by its vendor's type.
    pub(super) fn holds(&self, spelling: &str, name: &str, ty: &Type, value: &Expr) -> Bound<()> {
        if enumerated::is_enumerated_type(spelling) {
            let listed = value.is_null()
                || constant_text(value).is_some_and(|text| enumerated::is_listed(spelling, text));
            let what = format!("storing this value in column `{name}` of type `{spelling}`");
            return if listed { Ok(()) } else { self.unsupported(&what, value.span) };
        }
        let Some(narrow) = self.spec.traits().writing.columns.narrow(spelling, ty) else {
            return Ok(());
        };
        let known = value.is_null()
            || match narrow {
                Narrow::Whole(low, high) => value.integer().is_some_and(|n| low <= n && n <= high),
                Narrow::Coarse(digits) => has_digits(value, digits),
                Narrow::SmallMoney => is_small_money(value),
                Narrow::Blanks => match ty {
                    _ if self.spec.traits().writing.columns.char_blanks_go => {
                        constant_text(value).is_some_and(|text| !text.ends_with(' '))
                    }
                    Type::Varchar(Some(most)) => {
                        let full = |text: &str| u32::try_from(text.chars().count()) == Ok(*most);
                        self.filled_to(value) == Some(*most)
                            || constant_text(value).is_some_and(full)
                    }
                    _ => false,
                },
            };
        if known {
            return Ok(());
        }
        let what = format!("storing this value in column `{name}` of type `{spelling}`");
        self.unsupported(&what, value.span)
    }

    /// The clock without the digits behind the second that a column has no room for. Whether they are cut or
    /// rounded makes no other moment than the clock may have shown.
    pub(super) fn clipped_clock(&self, spelling: &str, ty: &Type, value: Expr) -> Bound<Expr> {
        let narrow = self.spec.traits().writing.columns.narrow(spelling, ty);
        let Some(Narrow::Coarse(digits @ (0 | 3))) = narrow else { return Ok(value) };
        if !is_clock(&value) {
            return Ok(value);
        }
        let span = value.span;
        let unit = if digits == 0 { "second" } else { "milliseconds" };
        let unit = Literal::Text(unit.to_owned());
        let unit = Expr { kind: ExprKind::Literal(unit), ty: Type::Text, span };
        self.resolve("date_trunc", vec![unit, value], span)
    }

    /// A value that is written for a column of the table, as the column takes it.
    pub(super) fn taken(&mut self, written: &Written, column: &Column, value: Expr) -> Bound<Expr> {
        let value = self.narrowed(written, column, value)?;
        match self.catalog.spelling(&written.target.path, &column.name) {
            Some(spelling) => self.clipped_clock(spelling, &column.ty, value),
            None => Ok(value),
        }
    }

    /// The same of a value or a default.
    pub(super) fn takes_cell(&self, written: &Written, column: &Column, cell: &Cell) -> Bound<()> {
        match cell {
            Cell::Value(value) => self.takes(written, column, value),
            Cell::Default => self.given(written, &[], written.target.span),
        }
    }

    /// Refuses to leave out a column that takes no NULL.
    pub(super) fn given(&self, written: &Written, columns: &[Column], span: Span) -> Bound<()> {
        let missing = written
            .columns
            .iter()
            .find(|c| self.is_solid(written, c) && !columns.iter().any(|one| one.name == c.name));
        match missing {
            Some(column) => {
                let what = format!("leaving out column `{}`, which takes no NULL,", column.name);
                self.unsupported(&what, span)
            }
            None => Ok(()),
        }
    }

    fn is_solid(&self, written: &Written, column: &Column) -> bool {
        self.types_lack_null()
            && !self
                .catalog
                .nullable(&written.target.path)
                .is_some_and(|nullable| nullable.contains(&column.name))
    }
}

/// Is it the clock of the session?
fn is_clock(value: &Expr) -> bool {
    value.call().is_some_and(|call| call.name == "localtimestamp" && call.args.is_empty())
}

/// A constant text, as it is stored.
fn constant_text(value: &Expr) -> Option<&str> {
    match &value.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(text),
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => constant_text(expr),
        _ => None,
    }
}

/// Is it a constant that a `smallmoney` holds, or what raises where it holds it not: a cast to it, or a sum of two?
fn is_small_money(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Literal(Literal::Number(digits) | Literal::Typed(digits)) => {
            digits.parse::<f64>().is_ok_and(|number| number.abs() <= 214_748.364_7)
        }
        ExprKind::Call(call) if call.name == "unary -" => call.args.iter().all(is_small_money),
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_small_money(expr),
        ExprKind::Case { branches, otherwise, .. } => {
            let raises = |e: &Expr| e.call().is_some_and(|call| call.name == "raise");
            otherwise.as_deref().is_some_and(raises)
                || branches.iter().any(|(_, then)| raises(then))
        }
        _ => false,
    }
}

/// Is it a time of no more digits behind the second: a constant, or a date?
fn has_digits(value: &Expr, most: u32) -> bool {
    match &value.kind {
        ExprKind::Literal(Literal::Typed(text)) => text.split_once('.').is_none_or(|(_, rest)| {
            let digits = rest.chars().take_while(char::is_ascii_digit).collect::<String>();
            u32::try_from(digits.trim_end_matches('0').len()).is_ok_and(|digits| digits <= most)
        }),
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => expr.ty == Type::Date,
        // What was cut for the column.
        ExprKind::Call(call) if call.name == "date_trunc" => {
            let unit = call.args.first().and_then(Expr::text);
            let whole = unit == Some("second") || (unit == Some("milliseconds") && most >= 3);
            (whole && call.args.get(1).is_some_and(is_clock)) || value.ty == Type::Date
        }
        _ => value.ty == Type::Date,
    }
}
