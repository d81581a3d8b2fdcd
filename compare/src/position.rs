//! Where values lie: the classes that no distance bridges, and the line inside a class.

use crate::{
    kind::Meet,
    number::{Exact, Number},
    value::{Instant, Value},
};
use std::cmp::Ordering;

/// What no distance bridges: a finite value never meets NULL, NaN or an infinity.
pub(crate) fn class(value: &Value<'_>) -> u8 {
    const FINITE: u8 = 0;
    let of_float = |value: f64| match value {
        value if value.is_nan() => 2,
        f64::INFINITY => 3,
        f64::NEG_INFINITY => 4,
        _ => FINITE,
    };
    match value {
        Value::Null => NULL_CLASS,
        Value::Float(value) => of_float(*value),
        Value::Single(value) => of_float(f64::from(*value)),
        Value::Half(value) => of_float(f64::from(*value)),
        Value::Number(Number::NaN) => 2,
        Value::Number(Number::Infinity) => 3,
        Value::Number(Number::NegativeInfinity) => 4,
        value => match value.as_instant() {
            Some(Instant::Infinity) => 3,
            Some(Instant::NegativeInfinity) => 4,
            _ => FINITE,
        },
    }
}

/// The class of NULL.
pub(crate) const NULL_CLASS: u8 = 1;

/// Where a value lies on the line of its column. Values of one class and column are comparable.
#[derive(Debug, Clone)]
pub(crate) enum Position {
    /// NULL, NaN or an infinity, all alike within a class.
    Alike,
    Float(f64),
    Number(Exact),
    Nanos(i128),
}

impl Position {
    pub(crate) fn of(value: &Value<'_>, meet: &Meet) -> Self {
        if class(value) != 0 {
            return Self::Alike;
        }
        if let (Some(float), Meet::Float) = (value.as_float(), meet) {
            return Self::Float(float);
        }
        let number = value.as_number().or_else(|| value.as_float().map(Number::from_f64));
        match (number, value, value.as_instant()) {
            (Some(Number::Finite(exact)), ..) => Self::Number(exact),
            (_, Value::Time(nanos), _) => Self::Nanos(i128::from(*nanos)),
            (.., Some(Instant::At(nanos))) => Self::Nanos(nanos),
            _ => Self::Alike,
        }
    }

    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Nanos(a), Self::Nanos(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }
}

/// Do the values of this meet lie on a line?
pub(crate) fn is_scalar(meet: &Meet) -> bool {
    let off_line = matches!(meet, Meet::Text | Meet::Json);
    !off_line && !matches!(meet, Meet::List(_) | Meet::Struct(_) | Meet::Map(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a rule makes NaN and NULL one class, both lie at the same place whatever their bits.
    #[test]
    fn what_is_not_finite_is_all_alike() {
        let nan = |bits| Value::Float(f64::from_bits(bits));
        for value in [Value::Null, nan(0x7ff8_0000_0000_0000), nan(0xfff8_0000_0000_0001)] {
            assert!(matches!(Position::of(&value, &Meet::Float), Position::Alike));
        }
        assert!(matches!(Position::of(&Value::Float(1.0), &Meet::Float), Position::Float(_)));
        assert_eq!(class(&Value::Null), NULL_CLASS);
        assert_ne!(class(&Value::Float(f64::NAN)), class(&Value::Null));
    }
}
