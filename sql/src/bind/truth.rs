//! Truth values that are numbers, and numbers that are truth values.
//!
//! A dialect without a boolean type (MySQL) says so by definitions: `truth value(bool)` is the number
//! that stands for a truth value where a value is wanted, `condition(int8)` is the truth value of a
//! number where a condition is wanted. Without such lines nothing happens here.

use super::{Binder, Bound, resolve::choose};
use crate::{
    dialects::{ArgType, Definition},
    tree::{Call, Expr, ExprKind},
    types::Type,
};

/// The definition that turns a truth value into a number.
const VALUE: &str = "truth value";
/// The definitions that turn numbers into truth values.
const CONDITION: &str = "condition";

impl Binder<'_> {
    /// A value where no condition is wanted: a truth value as its number.
    pub(super) fn as_value(&mut self, expr: Expr) -> Bound<Expr> {
        if expr.ty != Type::Bool || self.speaks_core() {
            return Ok(expr);
        }
        match self.spec.definitions(VALUE).first() {
            Some(definition) => {
                let span = expr.span;
                self.expand(definition, vec![expr], None, span)
            }
            None => Ok(expr),
        }
    }

    /// A condition: a number as the dialect tells whether it is true.
    pub(super) fn as_condition(&mut self, expr: Expr) -> Bound<Expr> {
        if expr.ty == Type::Bool || self.speaks_core() {
            return Ok(expr);
        }
        let all: Vec<&'static Definition> = self.spec.definitions(CONDITION).iter().collect();
        // A constant text is one, but NULL is no text.
        let ty = if expr.text().is_some() { Type::Text } else { expr.ty.clone() };
        match choose(&all, std::slice::from_ref(&ty)) {
            Some(definition) if ty != Type::Unknown => {
                let span = expr.span;
                self.expand(definition, vec![expr], None, span)
            }
            _ => Ok(expr),
        }
    }

    /// Arguments as the definitions of that name want them: conditions where a truth value is an
    /// argument, numbers elsewhere.
    pub(super) fn as_wanted(
        &mut self,
        definitions: &[&Definition],
        args: Vec<Expr>,
    ) -> Bound<Vec<Expr>> {
        if self.speaks_core() || self.spec.definitions(VALUE).is_empty() {
            return Ok(args);
        }
        let mut wanted = Vec::with_capacity(args.len());
        for (index, arg) in args.into_iter().enumerate() {
            let condition = |d: &&Definition| matches!(d.arg(index), Some(ArgType::Is(Type::Bool)));
            wanted.push(if definitions.iter().any(condition) {
                self.as_condition(arg)?
            } else if self.is_form_of_any(definitions) {
                arg
            } else {
                let wide = |d: &&Definition| matches!(d.arg(index), Some(ArgType::Is(Type::Int8)));
                let value = self.as_value(arg)?;
                // Numbers are calculated with as BIGINT, whatever the column holds.
                if matches!(value.ty, Type::Int2 | Type::Int4) && definitions.iter().any(wide) {
                    let span = value.span;
                    self.cast_to(value, Type::Int8, span)?
                } else {
                    value
                }
            });
        }
        Ok(wanted)
    }

    /// `IS NULL` and `COUNT` look at no value.
    fn is_form_of_any(&self, definitions: &[&Definition]) -> bool {
        let _ = self;
        definitions.iter().all(|d| matches!(d.name, "is null" | "is not null" | "count"))
    }

    /// `ROUND(a / b, 2)` of a dialect with guard digits: the quotient rounded once.
    pub(super) fn rounds_quotient(&self, definition: &Definition, args: &[Expr]) -> Option<Expr> {
        if definition.name != "round"
            || self.speaks_core()
            || self.spec.definitions("guard digits").is_empty()
        {
            return None;
        }
        let (value, digits) = match args {
            [value] => (value, 0),
            [value, digits] => (value, digits.integer()?),
            _ => return None,
        };
        // There are nine digits at least; more are not asked for here.
        let digits = u32::try_from(digits).ok().filter(|digits| *digits <= 6)?;
        rounded_quotient(value, digits)
    }

    /// `FLOOR(a / b)` of exact numbers where a quotient has more digits than a target can hold: worked out
    /// without it.
    pub(super) fn whole_quotient(
        &mut self,
        definition: &Definition,
        args: &[Expr],
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let core = match definition.name {
            "floor" => {
                "quotient_trunc($1, $2, 0) - CASE WHEN ($1 < 0) <> ($2 < 0) AND \
                 quotient_trunc($1, $2, 0) * $2 <> $1 THEN 1 ELSE 0 END"
            }
            "ceil" => {
                "quotient_trunc($1, $2, 0) + CASE WHEN ($1 < 0) = ($2 < 0) AND \
                 quotient_trunc($1, $2, 0) * $2 <> $1 THEN 1 ELSE 0 END"
            }
            "trunc" => "quotient_trunc($1, $2, 0)",
            _ => return Ok(None),
        };
        let [Expr { kind: ExprKind::Call(call), ty: Type::Numeric(None), .. }] = args else {
            return Ok(None);
        };
        let exact = call.args.iter().all(|arg| arg.ty.decimal_shape().is_some());
        if self.speaks_core() || call.name != "/" || !exact {
            return Ok(None);
        }
        self.core_text(core, call.args.clone(), span).map(Some)
    }

    /// `CAST(a / b AS DECIMAL(10, 2))` of a dialect with guard digits: the quotient rounded once. As a
    /// text it shows its own digits; as a float it would show the guard digits.
    pub(super) fn cast_quotient(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        let guarded = !self.speaks_core() && !self.spec.definitions("guard digits").is_empty();
        if !guarded || to.is_character() || !has_guard_digits(&expr) {
            return Ok(expr);
        }
        let digits = match to {
            Type::Numeric(Some(shape)) => Some(shape.scale),
            ty if ty.is_integer() => Some(0),
            _ => None,
        };
        match digits.filter(|digits| *digits <= 6).and_then(|d| rounded_quotient(&expr, d)) {
            Some(rounded) => Ok(rounded),
            None => self.unsupported("a quotient that is converted", expr.span),
        }
    }

    /// Refuses a quotient as an operand where the dialect goes on with more digits than it shows
    /// (a line `guard digits(numeric)`): `2 / 3 * 3` is 2.0000 in MySQL, not 2.0001.
    pub(super) fn no_guard_digits(&self, name: &str, args: &[Expr]) -> Bound<()> {
        const SHOWN: [&str; 13] = [
            "coalesce",
            "ifnull",
            "if",
            "is null",
            "is not null",
            "round",
            "truth value",
            "count",
            "condition",
            "nullif",
            "isnull",
            "row_number",
            "any_value",
        ];
        if self.speaks_core()
            || self.spec.definitions("guard digits").is_empty()
            || SHOWN.contains(&name)
        {
            return Ok(());
        }
        match args.iter().find(|arg| has_guard_digits(arg)) {
            Some(arg) => self.unsupported("a quotient that is calculated with", arg.span),
            None => Ok(()),
        }
    }
}

/// Is the value a quotient, which the dialect keeps with more digits than it shows?
pub(super) fn has_guard_digits(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => match call.name {
            "quotient" => !is_rounded(call),
            "coalesce" | "greatest" | "least" | "unary -" | "abs" | "min" | "max" | "nullif" => {
                call.args.iter().any(has_guard_digits)
            }
            _ => false,
        },
        ExprKind::Case { branches, otherwise, .. } => {
            branches.iter().any(|(_, then)| has_guard_digits(then))
                || otherwise.as_deref().is_some_and(has_guard_digits)
        }
        ExprKind::Coerce { expr } => has_guard_digits(expr),
        // One of the same digits is of a definition: it says how wide the quotient is.
        ExprKind::Cast { expr: inner } => {
            let scale = |ty: &Type| ty.decimal_shape().map(|shape| shape.scale);
            scale(&expr.ty) == scale(&inner.ty) && has_guard_digits(inner)
        }
        ExprKind::Scalar(query) => match &query.body {
            crate::tree::Body::Select(select) => {
                select.items.iter().any(|item| has_guard_digits(&item.expr))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Was the quotient rounded to the digits that it has? Then these are all of it, and they stand behind
/// a conversion: `ROUND(ROUND(a / b, 1), 2)` rounds what has one digit.
fn is_rounded(quotient: &Call) -> bool {
    quotient.args.get(2).is_some_and(|digits| matches!(digits.kind, ExprKind::Coerce { .. }))
}

/// A quotient with so many digits, rounded once.
pub(super) fn rounded_quotient(expr: &Expr, digits: u32) -> Option<Expr> {
    let shape = |ty: &Type| {
        let shape = ty.decimal_shape()?;
        let whole = shape.precision.checked_sub(shape.scale)?;
        Some(Type::decimal((whole + 1 + digits).min(38), digits))
    };
    let kind = match &expr.kind {
        ExprKind::Call(call) if call.name == "quotient" && !is_rounded(call) => {
            let mut call = call.clone();
            let count = call.args.get_mut(2)?;
            let number = crate::tree::Literal::Number(digits.to_string());
            let literal = Expr { kind: ExprKind::Literal(number), ..count.clone() };
            count.kind = ExprKind::Coerce { expr: Box::new(literal) };
            ExprKind::Call(call)
        }
        ExprKind::Case { operand: None, branches, otherwise } => {
            let branches: Option<Vec<(Expr, Expr)>> = branches
                .iter()
                .map(|(when, then)| Some((when.clone(), rounded_quotient(then, digits)?)))
                .collect();
            let otherwise = match otherwise.as_deref() {
                None => None,
                Some(other) => Some(Box::new(rounded_quotient(other, digits)?)),
            };
            ExprKind::Case { operand: None, branches: branches?, otherwise }
        }
        ExprKind::Literal(crate::tree::Literal::Null) => {
            ExprKind::Literal(crate::tree::Literal::Null)
        }
        // A definition's own width.
        ExprKind::Cast { expr: inner } if has_guard_digits(expr) => {
            return rounded_quotient(inner, digits);
        }
        _ => return None,
    };
    Some(Expr { kind, ty: shape(&expr.ty)?, span: expr.span })
}
