//! Texts beside decimals, where they become decimals of that very type: Transact-SQL rounds the text to
//! as many digits, and has an error for what is too long.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/data-types/data-type-precedence-transact-sql>

use super::{Binder, Bound};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

/// What takes texts and numbers in a way of its own.
const NAMES: [&str; 8] = ["+", "-", "*", "/", "%", "greatest", "least", "nullif"];

impl Binder<'_> {
    /// The operands of an operator or a call, texts among decimals as such decimals.
    pub(super) fn texts_as_decimals(&self, name: &str, args: Vec<Expr>) -> Bound<Vec<Expr>> {
        let is_text = |arg: &Expr| arg.ty == Type::Unknown && arg.text().is_some();
        if self.speaks_core()
            || !self.spec.traits().texts_take_digits
            || !NAMES.contains(&name)
            || !args.iter().any(is_text)
        {
            return Ok(args);
        }
        let others: Vec<&Type> = args.iter().map(|arg| &arg.ty).collect();
        let decimal = |ty: &&Type| matches!(ty, Type::Numeric(Some(_)) | Type::Money);
        let known = |ty: &&Type| ty.is_exact_number() || **ty == Type::Unknown;
        if !others.iter().any(decimal) || !others.iter().all(known) {
            return Ok(args);
        }
        let common = self.common_type(others, self.place)?;
        let read = |arg: Expr| if is_text(&arg) { self.coerce(arg, &common) } else { Ok(arg) };
        args.into_iter().map(read).collect()
    }
}

impl Binder<'_> {
    /// A text constant among the branches of a decimal value: all of them show as many digits. How one
    /// with more digits is rounded is not said.
    ///
    /// Source: <https://docs.snowflake.com/en/sql-reference/functions/coalesce> (one type for all)
    pub(super) fn with_scale(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        let (Type::Numeric(Some(shape)), Some(text)) = (to, expr.text()) else { return Ok(expr) };
        if !self.spec.traits().constants_take_scale || expr.ty != Type::Unknown {
            return Ok(expr);
        }
        let digits = text.trim();
        let plain = digits.strip_prefix(['+', '-']).unwrap_or(digits);
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction)
        {
            return match digits.parse::<f64>() {
                Ok(_) => self.unsupported("a number of this form beside decimals", expr.span),
                Err(_) => Ok(expr),
            };
        }
        let scale = usize::try_from(shape.scale).unwrap_or(0);
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > scale {
            return self
                .unsupported("a text of more digits than the decimals beside it", expr.span);
        }
        let sign = if digits.starts_with('-') { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if scale > 0 { "." } else { "" };
        let written = format!("{sign}{whole}{point}{fraction:0<scale$}");
        Ok(Expr { kind: ExprKind::Literal(Literal::Text(written)), ..expr })
    }
}

/// Digits of a text rounded to those that a decimal of type `ty` has; nothing where it has more before
/// the point, or where the text has an exponent.
pub(super) fn within(plain: String, text: &str, ty: &Type) -> Option<String> {
    let shape = match ty {
        Type::Numeric(Some(_)) | Type::Money => ty.decimal_shape()?,
        _ => return Some(plain),
    };
    if text.contains(['e', 'E']) {
        return None;
    }
    let scale = usize::try_from(shape.scale).ok()?;
    let places = usize::try_from(shape.precision.checked_sub(shape.scale)?).ok()?;
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let kept = fraction.get(..scale).unwrap_or(fraction);
    let up = fraction.as_bytes().get(scale).is_some_and(|digit| *digit >= b'5');
    let mut digits: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    if up {
        let mut rest = digits.iter_mut().rev();
        loop {
            match rest.next() {
                Some(digit) if *digit == b'9' => *digit = b'0',
                Some(digit) => {
                    *digit += 1;
                    break;
                }
                None => {
                    drop(rest);
                    digits.insert(0, b'1');
                    break;
                }
            }
        }
    }
    let rounded = String::from_utf8(digits).ok()?;
    let (whole, fraction) = rounded.split_at_checked(rounded.len().checked_sub(kept.len())?)?;
    if whole.trim_start_matches('0').len() > places {
        return None;
    }
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{whole}{dot}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::within;
    use crate::types::Type;

    #[test]
    fn texts_are_rounded_to_the_digits_of_a_decimal() {
        let two = Type::decimal(4, 2);
        for (text, ty, expected) in [
            ("3.144", &two, Some("3.14")),
            ("3.145", &two, Some("3.15")),
            ("9.995", &two, Some("10.00")),
            ("99.995", &two, None),
            ("99.99", &two, Some("99.99")),
            ("100", &two, None),
            ("7", &two, Some("7")),
            ("0.5", &Type::decimal(1, 0), Some("1")),
            ("2.34567", &Type::Money, Some("2.3457")),
            ("1e1", &two, None),
            ("1.23456", &Type::NUMERIC, Some("1.23456")),
        ] {
            assert_eq!(within(text.to_owned(), text, ty).as_deref(), expected, "{text} {ty}");
        }
    }
}
