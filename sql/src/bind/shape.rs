//! How many digits an exact result can have.
//!
//! PostgreSQL's `numeric` has no limit, the targets' decimals have: a bound on the digits of each
//! expression tells a rule which target type holds every value.

use crate::{
    tree::Expr,
    types::{DecimalShape, Type},
};

/// A shape that holds the values of both.
pub(super) fn holds(a: DecimalShape, b: DecimalShape) -> DecimalShape {
    let scale = a.scale.max(b.scale);
    let whole = whole(a).max(whole(b));
    DecimalShape { precision: whole.saturating_add(scale), scale }
}

fn whole(shape: DecimalShape) -> u32 {
    shape.precision.saturating_sub(shape.scale)
}

/// The numeric result type of a call, from its arguments' types and literal values.
pub(super) fn of_call(name: &str, args: &[Type], digits: Option<i64>) -> Type {
    let shape = |index: usize| args.get(index).and_then(Type::decimal_shape);
    let one = shape(0);
    let both = one.zip(shape(1));
    let result = match name {
        "+" | "-" => both.map(|(a, b)| {
            let mut sum = holds(a, b);
            sum.precision = sum.precision.saturating_add(1);
            sum
        }),
        "*" => both.map(|(a, b)| DecimalShape {
            precision: a.precision.saturating_add(b.precision),
            scale: a.scale.saturating_add(b.scale),
        }),
        "%" | "mod" => both.map(|(a, b)| holds(a, b)),
        "unary -" | "unary +" | "abs" | "min" | "max" | "lag" | "lead" => one,
        // A sum over up to 10^19 rows.
        "sum" => one.map(|a| DecimalShape { precision: a.precision.saturating_add(19), ..a }),
        "round" | "trunc" if args.len() == 1 => one.map(integral),
        "ceil" | "ceiling" | "floor" | "sign" => one.map(integral),
        "round" | "trunc" => one.zip(digits).map(|(a, digits)| {
            let scale = u32::try_from(digits.max(0)).unwrap_or(0).min(a.scale);
            DecimalShape { precision: whole(a).saturating_add(1).saturating_add(scale), scale }
        }),
        "div" => one.map(|a| DecimalShape {
            precision: whole(a).max(1).saturating_add(shape(1).map_or(38, |b| b.scale)),
            scale: 0,
        }),
        "quotient" | "quotient_trunc" => both.zip(digits).map(|((a, b), digits)| {
            let scale = u32::try_from(digits.max(0)).unwrap_or(0);
            let whole = whole(a).saturating_add(b.scale).saturating_add(1);
            DecimalShape { precision: whole.saturating_add(scale).min(38), scale }
        }),
        "greatest" | "least" | "coalesce" | "nullif" => one,
        // Seconds count in microseconds, the other fields in whole numbers.
        "extract second" | "extract epoch" => Some(DecimalShape { precision: 20, scale: 6 }),
        "extract milliseconds" => Some(DecimalShape { precision: 11, scale: 3 }),
        field if field.starts_with("extract ") => Some(DecimalShape { precision: 19, scale: 0 }),
        _ => None,
    };
    // Only what comes from unsigned integers is one: a digit more for what has as many by chance.
    let unsigned = Type::UNSIGNED.decimal_shape();
    if result.is_some() && result == unsigned && !args.contains(&Type::UNSIGNED) {
        return Type::decimal(21, 0);
    }
    Type::Numeric(result)
}

fn integral(shape: DecimalShape) -> DecimalShape {
    DecimalShape { precision: whole(shape).saturating_add(1), scale: 0 }
}

/// How many digits behind the point a number keeps that is rounded, or cut, to a constant number of them.
pub(super) fn scale_rounded_to(expr: &Expr) -> Option<u32> {
    let call = expr.call().filter(|call| matches!(call.name, "round" | "trunc"))?;
    match call.args.as_slice() {
        [_] => Some(0),
        [_, digits] => digits.integer().and_then(|digits| u32::try_from(digits.max(0)).ok()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_results() {
        let (a, b) = (Type::decimal(15, 2), Type::decimal(4, 3));
        assert_eq!(of_call("+", &[a.clone(), b.clone()], None), Type::decimal(17, 3));
        assert_eq!(of_call("*", &[a.clone(), b], None), Type::decimal(19, 5));
        assert_eq!(of_call("*", &[a.clone(), Type::Int4], None), Type::decimal(25, 2));
        assert_eq!(of_call("sum", std::slice::from_ref(&a), None), Type::decimal(34, 2));
        assert_eq!(of_call("/", &[a.clone(), a.clone()], None), Type::NUMERIC);
        assert_eq!(of_call("round", &[a, Type::Int4], Some(1)), Type::decimal(15, 1));
    }
}
