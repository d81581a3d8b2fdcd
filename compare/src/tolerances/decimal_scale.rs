//! `TL0003`: exact numbers that agree when both are rounded, half away from zero, to `digits`
//! after the point.
//!
//! The pair is rounded, not the column: a value keeps its own identity for every other match.
//! Floats are not exact numbers; a float tolerance speaks for them.

use super::{Excuse, Margin};
use crate::{kind::Meet, number::Number, value::Value};

/// PostgreSQL's largest scale of `numeric`.
const DIGITS_MAX: u32 = 16_383;

#[derive(Debug)]
pub(super) struct DecimalScale {
    digits: u32,
}

pub(super) fn compile(digits: u32) -> Result<DecimalScale, String> {
    if digits > DIGITS_MAX {
        return Err(format!("`digits` is {digits}; no exact number has more than {DIGITS_MAX}"));
    }
    Ok(DecimalScale { digits })
}

impl Excuse for DecimalScale {
    fn applies(&self, meet: &Meet) -> bool {
        // Integers have no digits after the point to round.
        *meet == Meet::Exact
    }

    fn excuses(&self, legacy: &Value<'_>, governed: &Value<'_>) -> Option<Margin> {
        let (Number::Finite(a), Number::Finite(b)) = (legacy.as_number()?, governed.as_number()?)
        else {
            return None;
        };
        (a.round(self.digits) == b.round(self.digits))
            .then(|| Margin::Exact((a.to_big() - b.to_big()).abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn margin(digits: u32, a: &str, b: &str) -> Option<String> {
        let value = |text| Value::Number(Number::parse(text).unwrap());
        compile(digits).unwrap().excuses(&value(a), &value(b)).map(|margin| margin.to_string())
    }

    #[test]
    fn both_sides_are_rounded_half_away_from_zero() {
        assert_eq!(margin(2, "1.005", "1.01").as_deref(), Some("0.005 absolute"));
        assert_eq!(margin(2, "1.00499999999999999999999999999999999999999999", "1.01"), None);
        assert_eq!(margin(2, "-1.005", "-1.01").as_deref(), Some("0.005 absolute"));
        assert_eq!(margin(2, "-1.005", "-1.00"), None);
        assert_eq!(margin(0, "0.5", "1").as_deref(), Some("0.5 absolute"));
        // Close, but on two sides of the rounding border.
        assert_eq!(margin(2, "1.0049", "1.0051"), None);
    }

    #[test]
    fn special_values_are_never_excused() {
        assert_eq!(margin(0, "NaN", "1"), None);
        assert_eq!(margin(0, "Infinity", "-Infinity"), None);
    }

    #[test]
    fn only_exact_numbers() {
        let rule = compile(2).unwrap();
        assert!(rule.applies(&Meet::Exact));
        assert!(!rule.applies(&Meet::Float) && !rule.applies(&Meet::Number));
        assert_eq!(rule.excuses(&Value::Int(1), &Value::Float(1.001)), None);
        assert!(compile(DIGITS_MAX + 1).is_err());
    }
}
