//! `TL0007`: exact numbers whose difference is at most `max`.
//!
//! `|legacy - governed| ≤ max` in exact arithmetic, where `max` is the number that was written: 0.01
//! means one hundredth and not the float next to it. Integers are exact numbers too, but so are keys:
//! they are compared within it only where the scope names their column or type. Special values are
//! never excused.

use super::{Excuse, Margin, distance::Exacts};
use crate::{kind::Meet, value::Value};
use bigdecimal::BigDecimal;

#[derive(Debug)]
pub(super) struct DecimalAbsolute {
    max: BigDecimal,
    integers: bool,
}

/// The limit `max`; `integers`: does the scope name a column or a type?
pub(super) fn compile(max: f64, integers: bool) -> Result<DecimalAbsolute, String> {
    Ok(DecimalAbsolute { max: Exacts::limit(max)?, integers })
}

impl Excuse for DecimalAbsolute {
    fn applies(&self, meet: &Meet) -> bool {
        *meet == Meet::Exact || (self.integers && *meet == Meet::Int)
    }

    fn excuses(&self, legacy: &Value<'_>, governed: &Value<'_>) -> Option<Margin> {
        let distance = Exacts::of(legacy, governed)?.distance();
        (distance <= self.max).then_some(Margin::Exact(distance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Number;

    fn margin(max: f64, a: &str, b: &str) -> Option<String> {
        let value = |text| Value::Number(Number::parse(text).unwrap());
        let rule = compile(max, false).unwrap();
        rule.excuses(&value(a), &value(b)).map(|margin| margin.to_string())
    }

    #[test]
    fn the_limit_is_the_number_as_written() {
        assert_eq!(margin(0.01, "1.00", "1.01").as_deref(), Some("0.01 absolute"));
        assert_eq!(margin(0.01, "-1.01", "-1").as_deref(), Some("0.01 absolute"));
        // The double next to 0.01 is larger than this.
        assert_eq!(margin(0.01, "1", "1.0100000000000000001"), None);
        assert_eq!(margin(0.01, "1", "0.9899999999999999999999999999999999999999"), None);
        assert_eq!(margin(0.0, "1", "1.0000001"), None);
    }

    #[test]
    fn special_values_and_floats_are_left_alone() {
        assert_eq!(margin(1e300, "NaN", "1"), None);
        assert_eq!(margin(1e300, "Infinity", "1"), None);
        let rule = compile(1.0, true).unwrap();
        assert_eq!(rule.excuses(&Value::Int(1), &Value::Float(1.5)), None);
        assert!(!rule.applies(&Meet::Float) && !rule.applies(&Meet::Number));
    }

    #[test]
    fn integers_only_where_they_are_named() {
        let named = compile(1.0, true).unwrap();
        assert!(named.applies(&Meet::Int) && named.applies(&Meet::Exact));
        assert!(named.excuses(&Value::Int(7), &Value::Int(8)).is_some());
        assert!(named.excuses(&Value::Int(7), &Value::Int(9)).is_none());
        assert!(!compile(1.0, false).unwrap().applies(&Meet::Int));
    }

    #[test]
    fn limits_are_finite_and_not_negative() {
        for bad in [-0.5, f64::NAN, f64::INFINITY] {
            assert!(compile(bad, false).unwrap_err().contains("finite"));
        }
    }
}
